"""Downloader middleware that retries failed attempts, each after a longer pause: 2, 4, 8 seconds, give or take half.

Settings: ``SOLIDOT_BACKOFF`` and Scrapy's ``RETRY_*``.
"""

from __future__ import annotations

import random
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings

from solidot_spider.base import options
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.throttle import FAILED_BEFORE, limiter_of


class BackoffRetryMiddleware(RetryMiddleware):
    """Scrapy's retries with exponential back-off; a run that has ended retries nothing."""

    crawler: Crawler

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.backoff = options.load(settings).backoff
        """Seconds before the first retry."""
        self._waited = 0.0

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override] # Scrapy awaits it
        """The request again after its pause, or the answer as it is."""
        retry = None if limiter_of(self.crawler).over else super().process_response(request, response)
        if not isinstance(retry, Request):
            return response
        retry.meta[FAILED_BEFORE] = f"answered {http_outcome.named(response.status)}"
        return retry if await self._pause(retry) else response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        """The request again after its pause, or nothing."""
        retry = None if limiter_of(self.crawler).over else super().process_exception(request, exception)
        if not isinstance(retry, Request):
            return None
        retry.meta[FAILED_BEFORE] = http_outcome.of_error(exception)[1]
        return retry if await self._pause(retry) else None

    async def _pause(self, retry: Request) -> bool:
        """Wait before a retry; False if the run ended first."""
        doubled = self.backoff * 2.0 ** (retry.meta["retry_times"] - 1)
        seconds = doubled * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        began = monotonic()
        goes_on = await limiter_of(self.crawler).pause(seconds)
        self._waited += monotonic() - began
        self.crawler.stats.set_value("solidot/retry/waited_seconds", round(self._waited, 3))
        return goes_on
