"""The session of a crawl: what its spider, middlewares, pipelines and extensions share.

It holds the arguments, the ids to ask, their outcomes and the store. ``CrawlRun`` opens and closes it; Scrapy's own
commands (``parse``, ``shell``) get one that asks nothing and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from solidot_spider.base.outcome import OK, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.exit_status import Facts
from solidot_spider.crawl.faults import Faults
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.proof import ParserProof
from solidot_spider.crawl.recorder import Recorder
from solidot_spider.crawl.stated_answers import Statement
from solidot_spider.middlewares.rate_limiter import INTERRUPTED, RateLimiter
from solidot_spider.middlewares.throttle import ThrottleMiddleware
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store

_ATTRIBUTE = "solidot_session"
"""Where a crawler keeps its session, so that both are freed together."""


class Session:
    """What one crawl knows.

    Args:
        arguments: the checked spider arguments.
        plan: the ids to ask; a spider may find more on its way.
        store: where visits are kept; None without a store.
        run_id: the run's number in the store.
        asks_all: whether ids are asked that the store has settled, too.
        known_stories: what is known of a few stories where the store knows none.
    """

    def __init__(  # noqa: PLR0913 - all that a crawl begins with
        self,
        arguments: Arguments,
        plan: Plan,
        store: Store | None = None,
        run_id: int = 0,
        *,
        asks_all: bool = True,
        known_stories: Sequence[Statement] = (),
    ) -> None:
        self.arguments = arguments
        self.plan = plan
        self.store = store
        self.run_id = run_id
        self.asks_all = asks_all
        self.ledger = Ledger()
        self.recorder = Recorder(self.ledger, store, run_id)
        self.faults = Faults(self.recorder)
        if self.recorder.withdrawals is not None:
            self.recorder.withdrawals.is_believed = arguments.believes_missing
        can_tell = store is not None and not arguments.is_single
        self.proof = ParserProof(store, self.recorder, known_stories) if store and can_tell else None
        """Whether the parser fits the site; None for a run that cannot tell: of one story, or without a store."""
        self.remarks: list[str] = []
        """What the summary says beside the counts."""
        self.list_status, self.list_reason = OK, ""
        """The exit status that the list pages alone would give, and why."""
        self.stopped = ""
        """Why the run ended before its last id; '' if it did not."""
        self.interrupted = False
        self.breaker_openings = 0
        self._asking = plan.sids
        self._last_asked = self.asked = 0
        self.is_closed = self.is_plain = False
        """``is_plain``: whether Scrapy runs the crawl without a ``CrawlRun``."""

    def attach(self, crawler: Crawler) -> None:
        """Become the session of this crawler: connect to its signals, count outcomes in its stats."""
        vars(crawler)[_ATTRIBUTE] = self
        self.faults.attach(crawler)
        crawler.signals.connect(self._spider_closed, signals.spider_closed)
        self.ledger.counted = partial(_count, crawler)

    def _spider_closed(self, spider: Spider, reason: str) -> None:
        throttle = spider.crawler.get_downloader_middleware(ThrottleMiddleware)
        self.close(reason, throttle.limiter if throttle else None)

    @property
    def total(self) -> int:
        """How many ids the run is to ask."""
        limit = self.arguments.limit
        return len(self.plan.sids) if limit is None else min(limit, len(self.plan.sids))

    def extend(self, found: Plan) -> Sids:
        """Add ids that the spider has found to the plan; those to ask next, without those asked before."""
        if found is not self.plan:
            self._asking, self._last_asked = found.sids.without(self.plan.sids), 0
            self.plan = self.plan.joined(found)
        if self.proof is not None:
            self.proof.plan(self._asking)
        return self._asking

    def ask(self, sid: int) -> None:
        """An id is asked."""
        self.asked += 1
        self._last_asked = sid
        self.recorder.ask(sid)

    def give_up(self, outcome: Outcome, reason: str) -> None:
        """No id can be asked: all get the same outcome, unless the run's end has given them theirs."""
        if self.is_closed:
            return
        self.ledger.settle_rest(self.plan.sids.ranges, outcome, reason)
        self._asking = Sids()

    def list_failed(self, status: int, reason: str) -> None:
        """A list page did not come or could not be read: what the exit status would be for that alone, and why."""
        self.list_status = max(self.list_status, status)
        self.list_reason = self.list_reason or reason

    @contextmanager
    def using_store(self) -> Iterator[Store]:
        """The store, for the time of a ``with`` block; if it cannot be used the block and the run end."""
        assert self.store is not None
        try:
            yield self.store
        except StoreError as error:
            self.recorder.fail(error)

    def close(self, reason: str, limiter: RateLimiter | None) -> None:
        """Close the ledger, once: what a stopped run left is ``not tried``, what no control confirmed is ``failed``.

        Args:
            reason: Scrapy's finish reason.
            limiter: the crawl's rate limiter; None if the crawl could not begin.
        """
        if self.is_closed:
            return
        self.is_closed = True
        ended = limiter.ended if limiter else ""
        self.interrupted = ended == INTERRUPTED or (reason == "shutdown" and not self.faults.of_run)
        self.stopped = self.stopped or ended or (INTERRUPTED if self.interrupted else "") or self.faults.of_run
        if limiter:
            limiter.turns.close()
            self.breaker_openings = limiter.breaker.openings
        self.recorder.close()
        why = self.stopped or reason
        self.ledger.close(why)
        self.ledger.settle_rest(self._asking.after(self._last_asked).ranges, Outcome.NOT_TRIED, why)
        if limiter and self.ledger.counts[Outcome.NOT_TRIED]:
            self.stopped = self.stopped or limiter.over
        if self.proof is not None:
            self.proof.close()
            self.remarks += self.proof.remarks
        if self.recorder.commits and (ahead := self.recorder.commits.ahead):
            self.remarks.append(f"the store had times after now of {ahead} ids, not believed: a clock was ahead")

    def facts(self, *, cannot_write: bool = False) -> Facts:
        """What the exit status depends on beside the ledger."""
        return Facts(
            cannot_write=cannot_write or bool(self.recorder.store_error),
            questions=[
                *self.recorder.tally.questions(self.ledger, self.plan.sids),
                *(self.recorder.withdrawals.questions if self.recorder.withdrawals else ()),
                *(self.proof.questions if self.proof else ()),
            ],
            list_status=self.list_status,
            list_reason=self.list_reason,
            is_disturbed=self.interrupted or self.breaker_openings > 0 or bool(self.faults.of_run),
            fault=self.faults.of_run,
            stopped=self.stopped,
            has_lost_lock=self.recorder.commits is not None and self.recorder.commits.has_lost_lock,
        )


def _count(crawler: Crawler, outcome: Outcome, count: int) -> None:
    with suppress(RuntimeError):  # a crawl that could not begin has no stats
        crawler.stats.inc_value(f"solidot/outcome/{outcome.replace(' ', '_')}", count)


def session_of(crawler: Crawler, arguments: Arguments | None = None) -> Session:
    """The session of a crawl.

    Args:
        crawler: the crawl.
        arguments: what to ask without a store, if no ``CrawlRun`` made the crawler; None for nothing.
    """
    session: Session | None = vars(crawler).get(_ATTRIBUTE)
    if session is None:
        given = arguments or Arguments(Sids())
        session = Session(given, Plan(given.sids or Sids()))
        session.is_plain = True
        session.attach(crawler)
    return session
