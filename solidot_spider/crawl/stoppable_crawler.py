"""Scrapy's crawler, with waits that end when the crawl is stopped: Scrapy itself waits for each before it stops."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from scrapy.crawler import Crawler
from twisted.internet.tcp import Connection

from solidot_spider.crawl.session import session_of
from solidot_spider.middlewares.rate_limiter import INTERRUPTED, RateLimiter
from solidot_spider.middlewares.throttle import ThrottleMiddleware

GRACE = 5.0
"""Seconds that pages on the wire have to come in when a crawl is stopped."""


class StoppableCrawler(Crawler):
    """A crawler that stops soon."""

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
