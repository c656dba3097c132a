"""The rate limiter that every request passes: the gap between two, a ``Retry-After``, the breaker, the run's end.

All hosts of the site share it. Waits use the monotonic clock, and each ends at once when the run does.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from contextlib import suppress
from time import monotonic

from scrapy.exceptions import IgnoreRequest

from solidot_spider.middlewares.circuit_breaker import CircuitBreaker

logger = logging.getLogger(__name__)

LONGEST_TRIAL = 300.0
"""Seconds; a trial of which nothing is heard for so long has failed. A component may have kept its answer to itself."""

INTERRUPTED = "interrupted"


class NotTriedError(IgnoreRequest):
    """The run ended before this request was sent; the message says why."""


class RateLimiter:
    """Lets one request go at a time.

    Args:
        delay: the mean gap between two requests in seconds.
        jitter: the share by which a gap may be shorter or longer.
        patience: how long the site may not answer, in seconds.
    """

    def __init__(self, delay: float, jitter: float, patience: float) -> None:
        self.jitter = jitter
        self.low, self.high = max(0.0, delay * (1 - jitter)), delay * (1 + jitter)
        self.breaker = CircuitBreaker(patience)
        self.ended = ""
        """Why nothing more is asked; '' while requests may go."""
        self.has_hung_up = False
        """Whether the run's end cut off requests on the wire."""
        self.deadline = math.inf
        """When ``minutes=`` is over, on the monotonic clock; no wait for a site in trouble goes beyond it."""
        self._passed = self._next = 0.0
        self._held_until = self._trial_ends = 0.0
        self._queue = asyncio.Lock()
        self._changed = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def mean_gap(self) -> float:
        """The mean gap between two requests, in seconds."""
        return (self.low + self.high) / 2

    def set_floor(self, seconds: float) -> None:
        """Let no gap be shorter (``Crawl-delay``); jitter only adds to it."""
        if seconds > self.low:
            self.low, self.high = seconds, max(self.high, seconds * (1 + self.jitter))
            self._next = max(self._next, self._passed + seconds)

    async def turn(self) -> None:
        """Wait until a request may go.

        Raises:
            NotTriedError: the run ended first.
        """
        async with self._queue:
            while not self.ended:
                self._changed.clear()
                now = monotonic()
                wait = self._wait(now)
                if wait <= 0:
                    self._pass(now)
                    return
                await _first_of(self._changed, wait)
        raise NotTriedError(self.ended)

    def sent(self) -> None:
        """The request that passed last is on the wire: if the program was late, the gap counts from now."""
        now = monotonic()
        self._next = max(self._next, now + self._next - self._passed)
        self._passed = now

    async def pause(self, seconds: float) -> bool:
        """Wait before a retry; False if the run ended first."""
        await _first_of(self._over, seconds)
        return not self.ended

    def hold(self, seconds: float) -> None:
        """Ask nothing for so long (``Retry-After``); a wait longer than the patience left ends the run."""
        now = monotonic()
        if seconds > self.breaker.patience_left(now):
            self.end(f"the site asks to wait {seconds:.0f} s, longer than SOLIDOT_PATIENCE has left")
            return
        if now + seconds > self._held_until:
            self._held_until = now + seconds
            logger.warning("The site asks to wait: nothing is asked for %.0f s", seconds)

    def answered(self) -> None:
        """An attempt brought an answer."""
        if self.breaker.is_open:
            logger.warning("The site answers again")
            self._changed.set()
        self.breaker.answered()

    def failed(self) -> None:
        """An attempt failed."""
        before = self.breaker.is_open, self.breaker.is_on_trial
        now = monotonic()
        self.breaker.failed(now)
        if (self.breaker.is_open, self.breaker.is_on_trial) == before:
            return
        self._changed.set()
        if self.breaker.has_given_up(now):
            self.end(f"the site does not answer, and SOLIDOT_PATIENCE={self.breaker.patience / 60:g} minutes are over")
        else:
            wait = self.breaker.next_trial - now
            logger.warning("Too many failed attempts: nothing is asked for %.0f s, then one trial", wait)

    def end(self, reason: str) -> None:
        """Ask nothing more; every wait ends now."""
        if not self.ended:
            self.ended = reason
            self._changed.set()
            self._over.set()

    def _wait(self, now: float) -> float:
        """Seconds until the next request may go; while a trial is on the wire, until nobody believes in it any more."""
        if self.breaker.is_on_trial:
            if now < self._trial_ends:
                return self._trial_ends - now
            self.failed()
        trouble = max(self._held_until, self.breaker.next_trial if self.breaker.is_open else 0.0)
        if trouble > max(now, self.deadline):
            self.end("the minutes are over before the site can be asked again")
            return math.inf
        return max(self._next, trouble) - now

    def _pass(self, now: float) -> None:
        if self.breaker.is_open:
            self.breaker.start_trial()
            self._trial_ends = now + LONGEST_TRIAL
        self._passed = now
        self._next = now + random.uniform(self.low, self.high)  # noqa: S311 - no secret


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, or for so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), None if seconds == math.inf else seconds)
