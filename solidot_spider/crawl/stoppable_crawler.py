"""Scrapy's crawler, with waits that end when the crawl is stopped: Scrapy itself waits for each before it stops."""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import Any

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from twisted.internet.tcp import Connection

from solidot_spider.crawl import component_checks, setting_checks
from solidot_spider.crawl.session import session_of
from solidot_spider.crawl.watched_engine import WatchedEngine, WatchedSignals
from solidot_spider.middlewares.rate_limiter import INTERRUPTED, RateLimiter
from solidot_spider.middlewares.throttle import ThrottleMiddleware

logger = logging.getLogger(__name__)

GRACE = 5.0
"""Seconds that pages on the wire have to come in when a crawl is stopped."""


class StoppableCrawler(Crawler):
    """A crawler that stops soon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signals = WatchedSignals(self)

    is_stopping = False
    """Whether it was stopped, or has finished."""

    error: Exception | None = None
    """Why the crawl could not begin or go on, where Scrapy or a component raised; None if none did."""

    def crawl(self, *args: Any, **kwargs: Any) -> Any:
        """Crawl; an error is kept in ``error`` and ends the crawl."""
        crawling: Any = super().crawl(*args, **kwargs)
        return crawling.addErrback(lambda failure: self._broke(failure.value))

    async def crawl_async(self, *args: Any, **kwargs: Any) -> None:
        """Crawl; an error is kept in ``error`` and ends the crawl."""
        try:
            await super().crawl_async(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run ends in a sentence
            self._broke(error)

    def _broke(self, error: Exception) -> None:
        self.error = error
        session_of(self).faults.add("the crawl", error)
        logger.debug("The crawl broke", exc_info=error)

    def _create_engine(self) -> ExecutionEngine:
        setting_checks.check(self.settings)  # again: an add-on may have changed them
        component_checks.check(self.settings)
        return WatchedEngine(self, lambda _: self.stop_async())

    @property
    def has_begun(self) -> bool:
        """Whether all components of the crawl could be made."""
        return self._engine is not None

    @property
    def limiter(self) -> RateLimiter | None:
        """The crawl's rate limiter; None before it begins."""
        throttle = self.get_downloader_middleware(ThrottleMiddleware) if self.has_begun else None
        return throttle.limiter if throttle else None

    async def stop_async(self) -> None:
        """Stop: requests on the wire have a few seconds left, nothing more is asked.

        Scrapy calls this for a crawl that has finished, too.
        """
        self.is_stopping = True
        if self.limiter is not None and not session_of(self).is_closed:
            self.limiter.end(INTERRUPTED)
            asyncio.get_running_loop().call_later(GRACE, _hang_up, self.limiter)
        await super().stop_async()


def _hang_up(limiter: RateLimiter) -> None:
    """Close the connections that a page is still awaited on: its time-out may be longer than who stops us waits."""
    reactor: Any = importlib.import_module("twisted.internet.reactor")  # the one that Scrapy has installed
    limiter.has_hung_up = True
    for reader in reactor.getReaders():
        if isinstance(reader, Connection):
            reader.abortConnection()  # type: ignore[no-untyped-call]
