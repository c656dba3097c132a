"""Scrapy's crawler, with waits that end when the crawl is stopped: Scrapy itself waits for each before it stops."""

from __future__ import annotations

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler

from solidot_spider.crawl.session import session_of
from solidot_spider.middlewares.rate_limiter import INTERRUPTED, RateLimiter
from solidot_spider.middlewares.throttle import ThrottleMiddleware

_FINISHED, _BY_SETTING = "finished", "closespider_"
"""Scrapy's reason of a crawl that has asked all, and the beginning of those of ``CLOSESPIDER_TIMEOUT`` and its like."""


class StoppableCrawler(Crawler):
    """A crawler that stops soon, whatever stops it."""

    def _create_engine(self) -> ExecutionEngine:
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
        self.end(INTERRUPTED)
        await super().stop_async()

    def end(self, why: str) -> None:
        """Ask nothing more."""
        if self.limiter is not None and not session_of(self).is_closed:
            self.limiter.end(why)


class _StoppableEngine(ExecutionEngine):
    """An engine that lets its waits end before it waits for them."""

    async def close_spider_async(self, *, reason: str = "cancelled") -> None:
        assert isinstance(self.crawler, StoppableCrawler)
        if reason.startswith(_BY_SETTING):
            name = reason.upper()
            self.crawler.end(f"{name}={self.settings[name]} is reached")
        elif reason != _FINISHED:
            self.crawler.end(reason)
        await super().close_spider_async(reason=reason)
