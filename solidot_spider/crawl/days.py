"""Parses days, in Beijing, as people give them: ``2024-10-18``, ``20241018``, ``today``, ``3 days ago`` and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from solidot_spider.base.clock import BEIJING
from solidot_spider.base.sids import ArgumentError

ONE = timedelta(days=1)
FIRST = date(2005, 1, 1)
"""The site had no story before."""

ALLOWED = "give 2024-10-18, 20241018, today, yesterday or 3 days ago"

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{4})(\d\d)(\d\d)", re.ASCII)
_AGO = re.compile(r"(\d{1,5}) days? ago", re.ASCII)


def parse(name: str, text: str, now: datetime) -> date:
    """The day of an argument.

    Args:
        name: the argument's name.
        text: its value.
        now: the time, which says what today is.

    Raises:
        ArgumentError: it is no day, or none that the site can have.
    """
    today = now.astimezone(BEIJING).date()
    value = text.strip()
    ago = _AGO.fullmatch(value)
    if value in ("today", "yesterday"):
        day = today if value == "today" else today - ONE
    elif ago:
        day = today - int(ago[1]) * ONE
    else:
        day = _date(value, f"{name}={text}: not a day; {ALLOWED}")
    if not FIRST <= day <= today:
        raise ArgumentError(f"{name}={text}: {day} is not between {FIRST} and today, {today} in Beijing")
    return day


def is_one(text: str) -> bool:
    """Whether a text means a day, be it one that there is or not."""
    value = text.strip()
    return value in ("today", "yesterday") or bool(_AGO.fullmatch(value) or _DAY.fullmatch(value))


def between(first: date, last: date) -> Iterator[date]:
    """The days from the first to the last, both included."""
    while first <= last:
        yield first
        first += ONE


def _date(value: str, refusal: str) -> date:
    found = _DAY.fullmatch(value)
    try:
        return date(*(int(part) for part in found.groups() if part)) if found else _refuse(refusal)
    except ValueError as error:
        raise ArgumentError(refusal) from error


def _refuse(refusal: str) -> date:
    raise ArgumentError(refusal)
