"""The site's clock: the time of this machine, or one that a command line pins."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from solidot_spider.base import clock

Clock = Callable[[], datetime]
"""Returns the site's time; it is asked at each request."""


def pinned(value: str | None) -> Clock:
    """The clock that ``--clock`` names: an ISO time, a file that holds one, or None for the time of this machine.

    The file is read at each request. One that is read while it is written leaves the time before it.

    Raises:
        ClockError: it names no time now.
    """
    if value is None:
        return clock.now
    last = clock.pinned_time(value)

    def now() -> datetime:
        nonlocal last
        with suppress(clock.ClockError):
            last = clock.pinned_time(value)
        return last

    return now
