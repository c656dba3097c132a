"""The pace of a crawl: the gap between two requests, drawn anew for each. Times are seconds of a monotonic clock."""

from __future__ import annotations

import math
import random

LATE = 0.05
"""Seconds from a request's turn to the wire, after which the gap counts anew."""

STALE = 1.0
"""Seconds after which the turn is over: a process that was stopped between the two must not ask in another's turn."""


class Pace:
    """Knows when the next request may go.

    Args:
        delay: the mean gap in seconds.
        jitter: the share by which a gap may be shorter or longer.
    """

    def __init__(self, delay: float, jitter: float) -> None:
        self.jitter = jitter
        self.low, self.high = max(0.0, delay * (1 - jitter)), delay * (1 + jitter)
        self.floor = 0.0
        """The gap that the site asks for at least."""
        self.gap = self._drawn()
        """Between the last request and the next one."""
        self.passed = -math.inf
        """When the last request passed."""

    @property
    def mean(self) -> float:
        """The mean gap."""
        return (self.low + self.high) / 2

    def set_floor(self, seconds: float) -> None:
        """Let no gap be shorter (``Crawl-delay``); jitter only adds to it."""
        self.floor = max(self.floor, seconds)
        if seconds > self.low:
            self.low, self.high = seconds, max(self.high, seconds * (1 + self.jitter))
            self.gap = max(self.gap, seconds)

    def wait(self, now: float) -> float:
        """Seconds until the next request may go; not above 0 if it may."""
        return self.passed + self.gap - now

    def go(self, now: float) -> None:
        """A request passes."""
        self.passed = now
        self.gap = self._drawn()

    def is_late(self, now: float) -> bool:
        """Whether the gap of other runs must count anew."""
        return self.high > 0 and now - self.passed > LATE

    def is_stale(self, now: float) -> bool:
        """Whether the last request's turn is over."""
        return self.high > 0 and now - self.passed > STALE

    def sent(self, now: float) -> None:
        """The request that passed last is on the wire: if the program was late, the gap counts from now."""
        self.passed = now

    def _drawn(self) -> float:
        return random.uniform(self.low, self.high)  # noqa: S311 - no secret
