"""Reads and writes lengths of time as people do: ``3h``, ``2 h 5 min``."""

from __future__ import annotations

import re
from datetime import timedelta

_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(m|min|h|d)", re.ASCII)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}

ALLOWED = "give 90m, 3h or 2d"


def parse(text: str) -> timedelta:
    """The length of ``90m``, ``3h`` or ``2d``.

    Raises:
        ValueError: it is none, or nothing.
    """
    found = _LENGTH.fullmatch(text.strip())
    length = timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else timedelta()
    if length <= timedelta():
        raise ValueError(f"{text}: no length of time; {ALLOWED}")
    return length


def duration(seconds: float) -> str:
    """A length of time in its two greatest units: ``2 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((index for index, (count, _) in enumerate(units) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count) or "0 s"
