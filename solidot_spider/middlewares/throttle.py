"""Downloader middleware that sends each request in its turn and reports every attempt's end to the rate limiter.

Settings: ``DOWNLOAD_DELAY``, ``DOWNLOAD_DELAY_JITTER``, ``SOLIDOT_PATIENCE``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from solidot_spider.base import options
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.rate_limiter import RateLimiter
from solidot_spider.middlewares.wire import NotTriedError

SLOT = "solidot"
"""The one downloader slot of all the site's hosts; the rate limiter keeps its delay."""

FAILED_BEFORE = "solidot_failed_before"
"""The ``meta`` key of a retry: why the attempt before it failed."""

LONGEST_WAIT = 1e9
"""Seconds; a longer ``Retry-After`` counts as this one."""


class GivenUpError(IgnoreRequest):
    """The run ended before a retry; the message says why the attempt before it failed."""


class ThrottleMiddleware:
    """Holds each request until the rate limiter lets it go, and reports how its attempt ended."""

    def __init__(self, crawler: Crawler, limiter: RateLimiter) -> None:
        self.crawler = crawler
        self.limiter = limiter
        self._waited = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The middleware of a crawl, with a rate limiter of its own."""
        settings = crawler.settings
        patience = options.load(settings).patience * 60
        delay, jitter = settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("DOWNLOAD_DELAY_JITTER")
        return cls(crawler, RateLimiter(delay, jitter, patience))

    async def process_request(self, request: Request) -> None:
        """Wait for the request's turn.

        Raises:
            NotTriedError: the run ended first.
            GivenUpError: the run ended before a retry.
        """
        request.meta["download_slot"] = SLOT
        began = monotonic()
        try:
            await self.limiter.turn()
        except NotTriedError:
            if request.meta.get(FAILED_BEFORE):
                raise GivenUpError(request.meta[FAILED_BEFORE]) from None
            raise
        finally:
            self._waited += monotonic() - began
            self.crawler.stats.set_value("solidot/rate_limit/waited_seconds", round(self._waited, 3))

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy's interface
        """Report an answer: a good one or a failed attempt; either may ask to wait."""
        if http_outcome.is_answer(response.status):
            self.limiter.answered()
        else:
            self._failed()
        seconds = retry_after(response)
        if seconds > 0:
            self.limiter.hold(seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's interface
        """Report an attempt without an answer; a request that was never sent is no attempt."""
        if not isinstance(exception, IgnoreRequest):
            self._failed()

    def _failed(self) -> None:
        self.limiter.failed()
        self.crawler.stats.set_value("solidot/circuit_breaker/opened", self.limiter.breaker.openings)


def limiter_of(crawler: Crawler) -> RateLimiter:
    """The rate limiter of a crawl.

    Raises:
        RuntimeError: the settings took the middleware out.
    """
    throttle = crawler.get_downloader_middleware(ThrottleMiddleware)
    if throttle is None:
        raise RuntimeError("solidot_spider.middlewares.throttle.ThrottleMiddleware is not among DOWNLOADER_MIDDLEWARES")
    return throttle.limiter


def retry_after(response: Response) -> float:
    """The seconds that ``Retry-After`` asks for, the longest of several; 0 if it asks for nothing.

    Each value is a number or a date. A date counts from the answer's own ``Date``: the site's clock may differ from
    ours.
    """
    return max((_seconds(value, response) for value in response.headers.getlist("Retry-After")), default=0.0)


def _seconds(header: bytes, response: Response) -> float:
    value = header.decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT)
    until = _date(value)
    if until is None:
        return 0.0
    sent = _date((response.headers.get("Date") or b"").decode("latin-1"))
    return max(0.0, (until - (sent or datetime.now(UTC))).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (OverflowError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
