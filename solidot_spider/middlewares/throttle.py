"""Pacing: every request passes the gate, every attempt's end is told to it, and a failed one waits for its retry."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from solidot_spider.base import options
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.rate_limit import Gate, NotTriedError

SLOT = "solidot"
"""The one downloader slot of all the site's hosts; the gate keeps its delay."""


MOST = 1e9
"""Seconds that nobody waits."""

FAILED = "solidot_failed"
"""The mark of a retry: what the attempt before it failed with."""


class GivenUpError(IgnoreRequest):
    """The run ended before a retry; the message is what the attempt before it failed with."""


class PacingMiddleware:
    """Holds each request until its turn, and tells the gate what became of it."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The pace that Scrapy's own settings and ``SOLIDOT_PATIENCE`` name."""
        settings = crawler.settings
        patience = options.load(settings).patience
        return cls(Gate(settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("DOWNLOAD_DELAY_JITTER"), patience * 60))

    async def process_request(self, request: Request) -> None:
        """Wait for the request's turn.

        Raises:
            NotTriedError: the run ends first.
            GivenUpError: it ends before a retry.
        """
        request.meta["download_slot"] = SLOT
        try:
            await self.gate.turn()
        except NotTriedError:
            if request.meta.get(FAILED):
                raise GivenUpError(request.meta[FAILED]) from None
            raise

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - Scrapy's interface
        """An answer: a good one, or a failed attempt; either may hold a wish to wait."""
        if http_outcome.is_answer(response.status):
            self.gate.answered()
        else:
            self.gate.failed()
        seconds = retry_after(response)
        if seconds > 0:
            self.gate.hold(seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's interface
        """No answer; a request that we held back ourselves was no attempt."""
        if not isinstance(exception, IgnoreRequest):
            self.gate.failed()


class BackoffMiddleware(RetryMiddleware):
    """Scrapy's retries, each after a longer pause: 2, 4, 8 seconds, give or take half."""

    crawler: Crawler

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override] # Scrapy awaits it
        """The request again after its pause, or the answer as it is."""
        retry = None if gate_of(self.crawler).ended else super().process_response(request, response)
        if not isinstance(retry, Request):
            return response
        retry.meta[FAILED] = f"answered {http_outcome.named(response.status)}"
        return retry if await self._pause(retry) else response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        """The request again after its pause, or nothing."""
        retry = None if gate_of(self.crawler).ended else super().process_exception(request, exception)
        if not isinstance(retry, Request):
            return None
        retry.meta[FAILED] = http_outcome.of_error(exception)[1]
        return retry if await self._pause(retry) else None

    async def _pause(self, retry: Request) -> bool:
        seconds = options.load(self.crawler.settings).backoff * 2.0 ** (retry.meta["retry_times"] - 1)
        return await gate_of(self.crawler).pause(seconds * random.uniform(0.5, 1.5))  # noqa: S311 - no secret


def gate_of(crawler: Crawler) -> Gate:
    """The gate of a crawl.

    Raises:
        RuntimeError: the settings took the middleware out.
    """
    pacing = crawler.get_downloader_middleware(PacingMiddleware)
    if pacing is None:
        raise RuntimeError("solidot_spider.middlewares.throttle.PacingMiddleware is not among DOWNLOADER_MIDDLEWARES")
    return pacing.gate


def retry_after(response: Response) -> float:
    """The seconds that ``Retry-After`` asks for, the longest of several; 0 where it asks for nothing.

    Each is a number or a date. A date is counted from the answer's own ``Date``, since the site's clock may differ
    from ours.
    """
    return max((_seconds(value, response) for value in response.headers.getlist("Retry-After")), default=0.0)


def _seconds(header: bytes, response: Response) -> float:
    value = header.decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), MOST)
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
