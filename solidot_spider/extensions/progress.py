"""Shows the progress of a crawl on a terminal: done and total, outcomes, pages a minute, time left.

Setting: ``SOLIDOT_PROGRESS``, which ``crawl`` sets if standard error is a terminal.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from logging import StreamHandler
from time import monotonic
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.log import get_scrapy_root_handler
from tqdm import tqdm

from solidot_spider.base.durations import duration
from solidot_spider.base.outcome import Outcome
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.session import session_of
from solidot_spider.middlewares.throttle import limiter_of

EVERY = 0.5
"""Seconds between two looks at the ledger."""

FORM = "{n_fmt}/{total_fmt} |{bar:20}| {desc}"

LONG = 10
"""A crawl of so many ids says before it begins what it asks, and for how long."""


class Progress:
    """The bar of one crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._shown = ExitStack()
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The progress of a crawl.

        Raises:
            NotConfigured: nobody watches it.
        """
        if not crawler.settings.getbool("SOLIDOT_PROGRESS"):
            raise NotConfigured
        progress = cls(crawler)
        crawler.signals.connect(progress.begin, signals.spider_opened)
        crawler.signals.connect(progress.end, signals.spider_closed)
        return progress

    def begin(self) -> None:
        """The crawl begins."""
        handler = get_scrapy_root_handler()
        if isinstance(handler, StreamHandler) and handler.stream is sys.stderr:
            handler.setStream(_AboveBar())
        total = session_of(self.crawler).total
        bar = tqdm(total=total, file=sys.stderr, leave=False, dynamic_ncols=True, bar_format=FORM)
        self._watch = asyncio.ensure_future(self._follow(self._shown.enter_context(bar)))

    def end(self) -> None:
        """The crawl is over; the summary takes the bar's place."""
        if self._watch:
            self._watch.cancel()
        self._shown.close()

    async def _follow(self, bar: tqdm[Any]) -> None:
        session = session_of(self.crawler)
        began = 0.0
        while True:
            if not began and session.ledger.in_flight:  # not before: robots.txt may ask for another pace
                began = monotonic()
                if session.total >= LONG:
                    tqdm.write(plan(session.total, limiter_of(self.crawler).pace.mean), file=sys.stderr)
            bar.n, bar.total = session.ledger.total, session.total  # a spider may find more ids on its way
            bar.set_description_str(state(session.ledger, monotonic() - began, session.total))
            await asyncio.sleep(EVERY)


class _AboveBar:
    """A stream whose lines do not break the bar."""

    def write(self, text: str) -> None:
        tqdm.write(text, file=sys.stderr, end="")

    def flush(self) -> None:
        sys.stderr.flush()


def plan(total: int, gap: float) -> str:
    """What a crawl will ask, and how long that takes with a mean gap of so many seconds."""
    return f"asking {total:,} stories, one each {gap:.2g} s: about {duration(total * gap)}"


def state(ledger: Ledger, seconds: float, total: int) -> str:
    """Outcomes, pages a minute, time left."""
    done = ledger.total
    outcomes = ", ".join(f"{ledger.counts[each]} {each}" for each in Outcome if ledger.counts[each])
    if not done or not seconds:
        return outcomes
    left = seconds / done * (total - done)
    return f"{outcomes}; {done / seconds * 60:.0f} a minute, {duration(left)} left"
