"""Scrapy's crawler, with waits that end when the crawl is stopped: Scrapy itself waits for each before it stops."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler

from solidot_spider.crawl import component_checks, setting_checks
from solidot_spider.crawl.session import session_of
from solidot_spider.crawl.watched_engine import WatchedEngine, WatchedSignals
from solidot_spider.middlewares.rate_limiter import INTERRUPTED, RateLimiter
from solidot_spider.middlewares.throttle import ThrottleMiddleware

logger = logging.getLogger(__name__)

_FINISHED, _BY_SETTING = "finished", "closespider_"
"""Scrapy's reason of a crawl that has asked all, and the beginning of those of ``CLOSESPIDER_TIMEOUT`` and its like."""


class StoppableCrawler(Crawler):
    """A crawler that stops soon, whatever stops it."""

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
        return _StoppableEngine(self, lambda _: self.stop_async())

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
        self.end(INTERRUPTED)
        await super().stop_async()

    def end(self, why: str) -> None:
        """Ask nothing more."""
        if self.limiter is not None and not session_of(self).is_closed:
            self.limiter.end(why)


class _StoppableEngine(WatchedEngine):
    """An engine that lets its waits end before it waits for them."""

    async def close_spider_async(self, *, reason: str = "cancelled") -> None:
        assert isinstance(self.crawler, StoppableCrawler)
        if reason.startswith(_BY_SETTING):
            name = reason.upper()
            self.crawler.end(f"{name}={self.settings[name]} is reached")
        elif reason != _FINISHED:
            self.crawler.end(session_of(self.crawler).faults.of_run or reason)
        await super().close_spider_async(reason=reason)
