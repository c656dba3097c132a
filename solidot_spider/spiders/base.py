"""The base of the spiders: asks for stories by their ids, in ascending order, and yields what their pages say."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from solidot_spider.base import clock, options, site
from solidot_spider.base.outcome import TROUBLE, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import arguments, plain_crawl, sharing, stopping
from solidot_spider.crawl.arguments import Argument, Arguments
from solidot_spider.crawl.control import FetchedPage
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.report import NOTE
from solidot_spider.crawl.session import Session
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.rate_limiter import RateLimiter
from solidot_spider.middlewares.throttle import limiter_of
from solidot_spider.parsing import page
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.record import Draft
from solidot_spider.spiders.fetch import Fetched, fetch, fetch_robots


class SidSpider(Spider):
    """Asks for each id of its session's plan once; a spider of its own kind finds ids on its way.

    Attributes:
        takes: the arguments that it takes.
        needs_store: whether it works on a store only.
        session: what the crawl shares with its other components.
        options: the program's options.
    """

    allowed_domains: ClassVar[list[str]] = [site.DOMAIN]
    takes: ClassVar[tuple[Argument, ...]] = ()
    needs_store: ClassVar[bool] = False
    session: Session
    options: options.Options

    @classmethod
    def parse_arguments(cls, given: Mapping[str, str]) -> Arguments:
        """The checked arguments of a crawl (``-a NAME=VALUE``).

        Raises:
            ArgumentError: which value is wrong, and what is allowed.
        """
        return cls.arguments_of(arguments.parsed(cls.name, cls.takes, given))

    @classmethod
    def arguments_of(cls, values: Mapping[str, Any]) -> Arguments:
        """The arguments of a crawl from their values."""
        return Arguments(Sids(), **values)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider of a crawl; arguments come here only if no ``CrawlRun`` has checked them."""
        spider = super().from_crawler(crawler, *args)
        spider.session = plain_crawl.session(crawler, kwargs, cls.parse_arguments)
        spider.options = options.load(crawler.settings)
        return spider

    @property
    def base(self) -> str:
        """Where the site is, without a slash at its end."""
        return self.options.site_url

    @property
    def limiter(self) -> RateLimiter:
        """The rate limiter of this crawl."""
        return limiter_of(self.crawler)

    def has_work(self) -> bool:
        """Whether there is anything to ask the site for."""
        return stopping.has_work(self.session)

    async def plans(self) -> AsyncGenerator[Plan]:
        """The ids to ask, as they are found."""
        yield self.session.plan

    def all_settled(self) -> None:
        """Every id asked has its outcome: a spider may compare and remark."""

    async def start(self) -> AsyncIterator[Any]:
        """Fetch robots.txt, ask the stories, each when there is room for it, then settle what is open."""
        session = self.session
        given = (self.crawler, self.name, self.parse_arguments)
        if session.is_plain and not plain_crawl.begins(*given, needs_store=self.needs_store):
            return
        if not self.has_work():
            return
        sharing.share(session, self.limiter, self.options)
        if (minutes := session.arguments.minutes) is not None:
            self.limiter.expire_after(minutes * 60, f"minutes={minutes:g} are over")
        if not await self._fetch_robots():
            return
        try:
            async with aclosing(self._requests()) as requests:
                async for request in requests:
                    yield request
        except Exception as error:  # noqa: BLE001 - what was asked still gets its outcome
            session.faults.add("the making of requests", error)
        try:
            await stopping.settle(session, self.limiter, self._fetch_known)
            self.all_settled()
        except Exception as error:  # noqa: BLE001 - the run ends, and says so
            session.faults.add("what follows the last request", error)

    async def _requests(self) -> AsyncGenerator[Request]:
        """A request for each id, when there is room for it and the run may go on."""
        session = self.session
        async with aclosing(self.plans()) as plans:
            async for plan in plans:
                for sid in session.extend(plan):
                    await self._room()
                    if await stopping.must_stop(session, self.limiter, self._fetch_known):
                        return
                    session.ask(sid)
                    yield self._request(sid)

    async def _fetch_robots(self) -> bool:
        """Whether robots.txt could be fetched; if not, no id is asked, and each gets its outcome."""
        ending = await fetch_robots(self.crawler, self.base)
        if ending is None:
            return True
        outcome, reason = ending
        if self.limiter.over:  # it might have come
            outcome, self.session.stopped = Outcome.NOT_TRIED, self.session.stopped or self.limiter.over
        reason = reason if reason.startswith("robots.txt") else f"robots.txt: {reason}"
        self.session.give_up(outcome, reason)
        self.session.list_failed(TROUBLE, reason)
        return False

    async def _room(self) -> None:
        """Wait until another request can be sent: a hundred thousand ids are never queued."""
        engine = self.crawler.engine
        assert engine is not None
        if engine.needs_backout():
            await self.crawler.signals.wait_for(signals.scheduler_empty)

    def _request(self, sid: int) -> Request:
        url, errback = site.story_url(sid, self.base), partial(self.failed, sid=sid)
        return Request(url, callback=self.parse, errback=errback, cb_kwargs={"sid": sid})

    def parse(self, response: Response, sid: int | None = None) -> Iterator[Draft]:
        """A story page: the story on its way to the pipelines, or an outcome."""
        sid = sid or site.asked_sid(response.url)
        if sid is None:
            return
        now, recorder = clock.now(), self.session.recorder
        recorder.received(sid, response, now)
        ending = http_outcome.of_status(response.status)
        if ending is not None:
            recorder.record(sid, *ending)
            return
        parsed = self._parse_page(response, sid, now)
        if isinstance(parsed, StoryPage):
            recorder.ledger.note(sid, parsed.notes)
            for note in parsed.notes:
                self.crawler.stats.inc_value(f"{NOTE}{note}")
            yield Draft(parsed, now)
        elif isinstance(parsed, Missing):
            recorder.control.saw_home(response.body, response.url)
            recorder.record(sid, Outcome.MISSING, parsed.reason)
        else:
            recorder.record(sid, Outcome.UNPARSED, parsed.reason)

    def _parse_page(self, response: Response, sid: int, now: datetime) -> StoryPage | Missing | Unparsed:
        try:
            return page.parse(response.body, response.url, sid, now)
        except Exception as error:  # a fault of the parser must not cost the other ids their run
            self.logger.exception("Story %d: fault in the parser", sid)
            return Unparsed(f"fault in the parser ({type(error).__name__})")

    def failed(self, failure: Failure, sid: int) -> None:
        """No answer came for a story."""
        assert failure.value is not None
        self.session.recorder.record(sid, *http_outcome.of_error(failure.value))

    async def fetch(self, path: str) -> Fetched:
        """A page of the site that is no story asked for."""
        return await fetch(self.crawler, f"{self.base}{path}")

    async def _fetch_known(self, path: str) -> FetchedPage | None:
        """A control or a known answer; it is never stored and counts nowhere."""
        response, reason = await self.fetch(path)
        if response is not None and (not reason or response.status in http_outcome.MISSING):
            return FetchedPage(response.body, response.url)
        self.logger.info("Known story %s: %s", path, reason)
        return None
