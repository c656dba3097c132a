"""Gives civil time, from one place.

Records, visits, run names and the revisit policy ask ``now()``. ``SOLIDOT_CLOCK`` pins it for tests and
demonstrations; waits and deadlines use the monotonic clock and are never pinned.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The site's zone. Solidot began in 2005; China has kept one offset without summer time since 1991."""


SKEW = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_last = _EPOCH
"""The last time that a pinned clock told."""


class ClockError(ValueError):
    """``SOLIDOT_CLOCK`` holds no time."""


def now() -> datetime:
    """The time, in UTC; pinned by ``SOLIDOT_CLOCK``, an ISO time or a file that holds one.

    Raises:
        ClockError: the variable (or its file) holds no ISO time with an offset.
    """
    global _last  # noqa: PLW0603 - one clock for a process
    pinned = os.environ.get("SOLIDOT_CLOCK")
    if pinned is None or pinned == "":
        return datetime.now(UTC)
    _last = pinned_time(pinned)
    return _last


def last() -> datetime:
    """The time, in UTC; where the clock cannot tell it any more, the last one that it told."""
    try:
        return now()
    except ClockError:
        return _last


def pinned_time(value: str) -> datetime:
    """The time that ``value`` names: itself an ISO time with an offset, or the path of a file holding one."""
    text = value
    try:
        if not value[:4].isdigit() or os.sep in value:
            text = Path(value).read_text(encoding="utf-8").strip()
        moment = datetime.fromisoformat(text)
    except (OSError, ValueError) as error:
        raise ClockError(
            f"SOLIDOT_CLOCK={value}: neither an ISO time such as 2024-10-18T22:58:00+08:00 "
            f"nor a file that holds one ({error})"
        ) from error
    if moment.tzinfo is None:
        raise ClockError(f"SOLIDOT_CLOCK={value}: a time without an offset; add Z or +08:00")
    return moment.astimezone(UTC)


def parsed(text: str) -> datetime:
    """The time that a file or a store has; the beginning of 1970 where that is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _EPOCH
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def earlier(text: str, by: timedelta) -> str:
    """The ISO time that is so long before another one; '', which sorts before all times, where there is none."""
    try:
        return (datetime.fromisoformat(text) - by).isoformat(timespec="seconds")
    except (OverflowError, ValueError):
        return ""


def iso(moment: datetime) -> str:
    """A time as records and files have it: UTC, to the second, ``2024-10-18T14:58:07+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def is_ahead(moment: str, now: datetime) -> bool:
    """Whether a time that was written down cannot be believed: it is after now, since a clock was ahead.

    Args:
        moment: the time, ISO 8601.
        now: the time now.
    """
    return parsed(moment) > now + SKEW
