"""The rate limiter that every request passes: the gap between two, a ``Retry-After``, the breaker, the run's end.

All hosts of the site share it, and all runs on a store. Waits use the monotonic clock, and end at once with the run.
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
from solidot_spider.middlewares.shared_turns import Turns
from solidot_spider.middlewares.wire import NotTriedError, Wire
from solidot_spider.store.politeness import News, Turn

logger = logging.getLogger(__name__)

INTERRUPTED = "interrupted"

GRACE = 5.0
"""Seconds that pages on the wire have to come in when a crawl is stopped, or when its time is over."""

SMALL = 1.0
"""Seconds of a wait that are no news to this run: two clocks differ."""

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
        self.turns = Turns()
        """Those of this run alone, or of all runs on its store."""
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
        self._held_until = 0.0
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
                wait = self._wait(monotonic())
                if wait <= 0:
                    wait = self._adopted(await self.turns.take(self.pace.gap))
                if wait <= 0 and not self.ended:
                    if self.breaker.is_open:
                        self.breaker.start_trial(monotonic())
                    self.pace.go(monotonic())
                    return
                await _first_of(self._changed, wait)
        raise NotTriedError(self.over)

    @property
    def over(self) -> str:
        """Why the run or its time ended; '' while requests may go."""
        return self.ended or self.expired

    async def send(self) -> None:
        """The request that passed last goes to the wire, if that is not too late for its turn; else in a new turn.

        Raises:
            NotTriedError: the run or its time ended first.
        """
        while self.pace.is_stale(monotonic()):
            self.breaker.is_on_trial = False
            await self.turn()
        now = monotonic()
        if self.pace.is_late(now):
            self.turns.tell(News(is_asked=True))
        self.pace.sent(now)

    def set_floor(self, seconds: float) -> None:
        """Let no gap be shorter (``Crawl-delay``)."""
        self.pace.set_floor(seconds)
        self.turns.tell(News(crawl_delay=self.pace.floor))

    async def pause(self, seconds: float) -> bool:
        """Wait before a retry; False if the run or its time ended first."""
        if not self.over:
            await _first_of(self._over, seconds)
        return not self.over

    def hold(self, seconds: float, *, is_news: bool = True) -> None:
        """Ask nothing for so long (``Retry-After``); a wait longer than the patience left ends the run."""
        now = monotonic()
        if is_news:
            self.turns.tell(News(held=seconds))
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
            self.turns.tell(News(pause=0.0))
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
        self.turns.tell(News(trial=self.breaker.next_trial - now, pause=self.breaker.pause))
        self._await_trial(now)

    def _await_trial(self, now: float) -> None:
        if self.breaker.has_given_up(now):
            self.end(f"the site does not answer, and SOLIDOT_PATIENCE={self.breaker.patience / 60:g} minutes are over")
        elif (wait := self.breaker.next_trial - now) > 0:
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

    def _adopted(self, turn: Turn) -> float:
        """Seconds until the next turn; what other runs have heard from the site holds for this one, too."""
        if turn.held > SMALL:
            self.hold(turn.held, is_news=False)
        if turn.pause and (turn.trial > SMALL or not self.breaker.is_open):
            now = monotonic()
            self.breaker.adopt(now, turn.trial, turn.pause)
            self._await_trial(now)
        return turn.wait

    def _wait(self, now: float) -> float:
        """Seconds until the next request may go; while a trial is on the wire, until nobody believes in it any more."""
        if self.breaker.is_on_trial:
            if now < self.breaker.trial_ends:
                return self.breaker.trial_ends - now
            self.failed()
        trouble = max(self._held_until, self.breaker.next_trial if self.breaker.is_open else 0.0)
        if trouble > max(now, self.deadline):
            self.end("the minutes are over before the site can be asked again")
            return math.inf
        return max(self.pace.wait(now), trouble - now)


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, or for so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), None if seconds == math.inf else seconds)
