"""The rate limiter that every request passes: the gap between two, a ``Retry-After``, the breaker, the run's end.

All hosts of the site share it. Waits use the monotonic clock, and each ends at once when the run does.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from solidot_spider.middlewares.circuit_breaker import CircuitBreaker
from solidot_spider.middlewares.pace import Pace
from solidot_spider.middlewares.wire import NotTriedError, Wire

logger = logging.getLogger(__name__)

LONGEST_TRIAL = 300.0
"""Seconds; a trial of which nothing is heard for so long has failed. A component may have kept its answer to itself."""

INTERRUPTED = "interrupted"

GRACE = 5.0
"""Seconds that pages on the wire have to come in when a crawl is stopped, or when its time is over."""

LAST_QUESTIONS = 10.0
"""Seconds, beside one gap, to confirm what is missing when the time is over."""


class RateLimiter:
    """Lets one request go at a time.

    Args:
        delay: the mean gap between two requests in seconds.
        jitter: the share by which a gap may be shorter or longer.
        patience: how long the site may not answer, in seconds.
    """

    def __init__(self, delay: float, jitter: float, patience: float) -> None:
        self.pace = Pace(delay, jitter)
        self.breaker = CircuitBreaker(patience)
        self.ended = ""
        """Why nothing more is asked; '' while requests may go."""
        self.expired = ""
        """Why no story is asked any more, though what confirms those that came is for a while; '' while stories are."""
        self.wire = Wire()
        self.deadline = math.inf
        """When the time is over, on the monotonic clock; no wait for a site in trouble goes beyond it."""
        self.at_end: list[Callable[[], object]] = []
        """Called when the run ends before its last id: what waits elsewhere may have to hurry."""
        self._held_until = self._trial_ends = 0.0
        self._queue = asyncio.Lock()
        self._changed = asyncio.Event()
        self._over = asyncio.Event()

    async def turn(self) -> None:
        """Wait until a request may go.

        Raises:
            NotTriedError: the run or its time ended first.
        """
        before = self.expired
        async with self._queue:
            while not self.ended and self.expired == before:
                self._changed.clear()
                now = monotonic()
                wait = self._wait(now)
                if wait <= 0:
                    self._pass(now)
                    return
                await _first_of(self._changed, wait)
        raise NotTriedError(self.over)

    @property
    def over(self) -> str:
        """Why the run or its time ended; '' while requests may go."""
        return self.ended or self.expired

    def sent(self) -> None:
        """The request that passed last is on the wire."""
        self.pace.sent(monotonic())

    async def pause(self, seconds: float) -> bool:
        """Wait before a retry; False if the run or its time ended first."""
        if not self.over:
            await _first_of(self._over, seconds)
        return not self.over

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
        """Ask nothing more; every wait ends now, and that for an answer soon."""
        if not self.ended:
            self.ended = reason
            self._changed.set()
            self._over.set()
            self.wire.cut_later(GRACE, reason)
            for call in self.at_end:
                call()

    def expire_after(self, seconds: float, reason: str) -> None:
        """Ask no story after so many seconds; soon after that the run ends."""
        self.deadline = monotonic() + seconds
        asyncio.get_running_loop().call_later(seconds, self._expire, reason)

    def _expire(self, reason: str) -> None:
        if not self.ended:
            self.expired = reason
            self._changed.set()
            self._over.set()
            self.wire.cut_later(GRACE, reason)
            asyncio.get_running_loop().call_later(LAST_QUESTIONS + self.pace.high, self.end, reason)

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
        return max(self.pace.wait(now), trouble - now)

    def _pass(self, now: float) -> None:
        if self.breaker.is_open:
            self.breaker.start_trial()
            self._trial_ends = now + LONGEST_TRIAL
        self.pace.go(now)


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, or for so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), None if seconds == math.inf else seconds)
