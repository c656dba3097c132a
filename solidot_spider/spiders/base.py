"""What every spider does with its ids: ask each once, name its outcome, and confirm what is missing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from functools import partial
from time import monotonic
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.python.failure import Failure

from solidot_spider.base import clock, options, site
from solidot_spider.base.outcome import HOME_FOR_ALL, NOT_WRITTEN, OK, TROUBLE, Ledger, Outcome, exit_status
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.control import Answer, Health
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.recorder import Answers
from solidot_spider.crawl.session import Session
from solidot_spider.crawl.verdict import Question
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.rate_limit import INTERRUPTED, Gate
from solidot_spider.middlewares.robots import RobotsMiddleware
from solidot_spider.middlewares.throttle import gate_of
from solidot_spider.parsing import page
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.record import Draft
from solidot_spider.store.database import StoreError
from solidot_spider.store.store import Store


class AskingSpider(Spider):
    """Asks for stories by their ids, in ascending order, and settles each in its ledger.

    Attributes:
        base: where the site is, without a slash at its end.
        ledger: what became of the ids so far.
        answers: what came for them, and where it is kept.
        arguments: what was given.
        choice: which ids are asked.
        stopped: why the run ended before its last id; '' while it has not.
        interrupted: whether a signal ended the run.
    """

    allowed_domains: ClassVar[list[str]] = [site.DOMAIN]
    needs_store: ClassVar[bool] = False
    base = site.CANONICAL

    def __init__(
        self, *_: Any, arguments: Arguments | None = None, session: Session | None = None, **given: str
    ) -> None:
        super().__init__()
        if arguments is None:  # Scrapy's own commands make spiders without any
            arguments = self.read_arguments(given) if given else Arguments(Sids())
        self.arguments = arguments
        self.session = session or Session(Plan(arguments.sids or Sids()))
        self.choice = self.session.plan
        self.remarks: list[str] = []
        """What the summary says beside the counts."""
        self.lists_status, self.lists_reason = OK, ""
        """What the list pages alone would make the exit status, and why."""
        self.ledger = Ledger()
        self.answers = Answers(self.ledger)
        if self.session.store is not None:
            self.answers.keep_in(self.session.store, self.session.run_id)
        self.stopped = ""
        self.interrupted = False
        self.is_finished = False
        self._batch = self.choice.sids
        self._last_asked = self._number = 0

    @staticmethod
    def read_arguments(given: Mapping[str, str]) -> Arguments:
        """The arguments of a crawl (``-a NAME=VALUE``), checked.

        Raises:
            ArgumentError: which value is wrong, and what is allowed.
        """
        raise ArgumentError(f"this spider takes no arguments, not {', '.join(given)}")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider of a crawl."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.base = options.read(crawler.settings).site_url
        crawler.signals.connect(spider.item_dropped, signals.item_dropped)
        crawler.signals.connect(spider.item_failed, signals.item_error)
        return spider

    @property
    def total(self) -> int:
        """How many ids the run is to ask."""
        limit = self.arguments.limit
        return len(self.choice.sids) if limit is None else min(limit, len(self.choice.sids))

    @property
    def gate(self) -> Gate:
        """What every request of this crawl passes."""
        return gate_of(self.crawler)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to ask the site for."""
        return bool(self.choice.sids.ranges)

    async def batches(self) -> AsyncGenerator[Plan]:
        """The ids to ask, as they are found."""
        yield self.choice

    async def start(self) -> AsyncIterator[Any]:
        """First robots.txt, then the stories, held back so that only what can be asked now is made; then controls."""
        if not self.has_work or not await self._allowed():
            return
        if self.arguments.minutes is not None:
            self.gate.deadline = monotonic() + self.arguments.minutes * 60
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                self._take(batch)
                for sid in self._batch:
                    await self._room()
                    self.stopped = self.stopped or self.cap()
                    if self.stopped or await self._is_ill():
                        break
                    self._number += 1
                    self._last_asked = sid
                    self.answers.ask(sid)
                    yield self._request(sid)
                if self.stopped:
                    break
        await self.answers.all_came()
        await self.answers.confirm(self._fetch)
        self.all_settled()

    @contextmanager
    def kept(self) -> Iterator[Store]:
        """The run's store; where it cannot be used the run ends, and says so."""
        assert self.session.store is not None
        assert self.answers.writer is not None
        try:
            yield self.session.store
        except StoreError as error:
            self.answers.writer.error = self.answers.writer.error or str(error)

    def all_settled(self) -> None:
        """Every id asked has its outcome: what there is to remark of the whole."""

    def _take(self, batch: Plan) -> None:
        """Ask these ids next, but those that were asked before."""
        if batch is self.choice:
            self._batch = batch.sids
            return
        before = self.choice
        self._batch, self._last_asked = batch.sids.without(before.sids), 0
        self.choice = Plan(
            Sids([*before.sids.ranges, *batch.sids.ranges]),
            before.settled_before + batch.settled_before,
            before.not_due + batch.not_due,
        )

    async def _is_ill(self) -> bool:
        """Whether a control is due, and finds the site not well: then the run stops."""
        if self.answers.control.is_due and await self.answers.confirm(self._fetch) is Health.ILL:
            self.stopped = HOME_FOR_ALL
        return bool(self.stopped)

    async def _allowed(self) -> bool:
        """Whether robots.txt could be had; where it could not, no id is asked, and each gets its outcome."""
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots is None:
            return True
        try:
            await robots.rules(self.base)
        except Exception as error:  # noqa: BLE001 - whatever it is, it has an outcome
            outcome, reason = http_outcome.of_error(error)
            reason = reason if reason.startswith("robots.txt") else f"robots.txt: {reason}"
            self.ledger.settle_rest(self.choice.sids.ranges, outcome, reason)
            self._batch = Sids()
            self.lists_status, self.lists_reason = TROUBLE, reason
            return False
        return True

    async def _room(self) -> None:
        """Wait until another request can be sent: a hundred thousand ids are never queued."""
        engine = self.crawler.engine
        assert engine is not None
        if engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def cap(self) -> str:
        """Why nothing more is asked; '' while something may be."""
        limit = self.arguments.limit
        if self.store_error:
            return NOT_WRITTEN
        if self.gate.ended:
            return self.gate.ended
        if limit is not None and self._number >= limit:
            return f"limit={limit} reached"
        if monotonic() >= self.gate.deadline:
            return f"minutes={self.arguments.minutes:g} are over"
        return ""

    def _request(self, sid: int) -> Request:
        return Request(
            site.story_url(sid, self.base),
            callback=self.parse,
            errback=partial(self.gone, sid=sid),
            cb_kwargs={"sid": sid},
        )

    def parse(self, response: Response, sid: int | None = None) -> Iterator[Draft]:
        """A story page: the story on its way to the pipelines, or an outcome."""
        sid = sid or site.asked_sid(response.url)
        if sid is None:
            return
        now = clock.now()
        self.answers.came(sid, response, now)
        ending = http_outcome.of_status(response.status)
        if ending is not None:
            self._settle(sid, *ending)
            return
        said = self._read(response, sid)
        if isinstance(said, StoryPage):
            self._note(said.notes)
            yield Draft(said, now)
        elif isinstance(said, Missing):
            self.answers.control.saw_home(response.body, response.url)
            self._settle(sid, Outcome.MISSING, said.reason)
        else:
            self._settle(sid, Outcome.UNPARSED, said.reason)

    def _read(self, response: Response, sid: int) -> StoryPage | Missing | Unparsed:
        try:
            return page.read(response.body, response.url, sid)
        except Exception as error:  # a fault of the parser must not cost the other ids their run
            self.logger.exception("Story %d: fault in the parser", sid)
            return Unparsed(f"fault in the parser ({type(error).__name__})")

    def gone(self, failure: Failure, sid: int) -> None:
        """No answer came for a story."""
        assert failure.value is not None
        if self.gate.has_hung_up:
            self._settle(sid, Outcome.NOT_TRIED, self.gate.ended)
        else:
            self._settle(sid, *http_outcome.of_error(failure.value))

    def item_dropped(self, item: Draft, exception: BaseException) -> None:
        """A record failed its check."""
        self._settle(item.page.sid, Outcome.UNPARSED, str(exception))

    def item_failed(self, item: Draft, failure: Failure) -> None:
        """A pipeline is at fault: the id is told of all the same."""
        self._settle(item.page.sid, Outcome.UNPARSED, f"fault in a pipeline ({type(failure.value).__name__})")

    def exported(self, record: dict[str, Any], *, is_written: bool) -> None:
        """A record is in the feed, or could not be written there; in a store it is already."""
        outcome, reason = (Outcome.STORED, "") if is_written else (Outcome.FAILED, NOT_WRITTEN)
        self._settle(record["sid"], outcome, reason, record if is_written else None)

    def _settle(self, sid: int, outcome: Outcome, reason: str = "", record: dict[str, Any] | None = None) -> None:
        if reason and outcome is not Outcome.MISSING and sid in self.ledger.open:
            self.logger.info("Story %d %s: %s", sid, outcome, reason)
        self.answers.settle(sid, outcome, reason, record)

    def _note(self, notes: list[str]) -> None:
        for note in notes:
            self.crawler.stats.inc_value(f"page/{note}")

    async def _fetch(self, path: str) -> Answer | None:
        """A page for the control; it is never stored and counts nowhere."""
        response, reason = await self.get(path)
        if response is not None and (not reason or response.status in http_outcome.MISSING):
            return response.body, response.url
        self.logger.info("Control %s: %s", path, reason)
        return None

    async def get(self, path: str) -> tuple[Response | None, str]:
        """A page that is no story asked for, with why it is none; None where no answer came."""
        assert self.crawler.engine is not None
        request = Request(f"{self.base}{path}", callback=NO_CALLBACK)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, no page came
            return None, http_outcome.of_error(error)[1]
        ending = http_outcome.of_status(response.status)
        return response, ending[1] if ending else ""

    @property
    def was_disturbed(self) -> bool:
        """Whether the run ended by a signal, or the site did not answer for a while."""
        return self.interrupted or self.gate.breaker.openings > 0

    @property
    def questions(self) -> list[Question]:
        """The questions that the run must pass, with their answers."""
        return self.answers.tally.questions(self.ledger, self.choice.sids)

    @property
    def store_error(self) -> str:
        """Why the store could not be written; '' while it can."""
        return self.answers.writer.error if self.answers.writer else ""

    def exit_status(self, *, cannot_write: bool) -> int:
        """The exit status of the run, as far as it has come."""
        return exit_status(
            self.ledger,
            interrupted=self.interrupted,
            breaker_opened=self.gate.breaker.openings > 0,
            cannot_write=cannot_write or bool(self.store_error),
            failed_question=any(question.why for question in self.questions),
            lists=self.lists_status,
        )

    def finish(self, reason: str) -> None:
        """Close the ledger: what a stopped run left is ``not tried``, what it could not confirm ``failed``."""
        if self.is_finished:
            return
        self.is_finished = True
        self.interrupted = reason == "shutdown" or self.gate.ended == INTERRUPTED
        self.stopped = self.stopped or self.gate.ended or (INTERRUPTED if self.interrupted else "")
        self.answers.close()
        why = self.stopped or reason
        self.ledger.close(why)
        self.ledger.settle_rest(self._batch.after(self._last_asked).ranges, Outcome.NOT_TRIED, why)
