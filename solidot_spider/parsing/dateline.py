"""The dateline ``发表于 2024年10月18日 22时58分 星期五``: minutes, in Beijing time.

A strict pattern cuts it out, python-dateutil reads it: alone, dateutil would find a date in almost any text.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from dateutil import parser

from solidot_spider.base.clock import BEIJING

# Story pages have a space behind 发表于, lists and comments have none; NBSP and breaks count as space.
_DATELINE = re.compile(
    r"发表于\s*(?P<date>\d{4}\s*年\s*(?:0?[1-9]|1[0-2])\s*月\s*(?:0?[1-9]|[12]\d|3[01])\s*日)"
    r"\s*(?P<time>(?:[01]?\d|2[0-3])\s*时\s*[0-5]?\d\s*分(?:\s*[0-5]?\d\s*秒)?)"
    r"(?:\s*(?P<weekday>(?:星期|周)[一二三四五六日天]))?"
)
_PUBDATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:?\d\d)?")


class Dateline(NamedTuple):
    """A time with its zone, and whether the weekday beside it is the date's own (True where none stands)."""

    at: datetime
    weekday_agrees: bool


class ChineseDates(parser.parserinfo):
    """The words of a Chinese date, for dateutil."""

    JUMP = [*parser.parserinfo.JUMP, "年", "月", "日"]  # noqa: RUF012 - parserinfo declares plain lists
    WEEKDAYS = [  # noqa: RUF012
        ("星期一", "周一"),
        ("星期二", "周二"),
        ("星期三", "周三"),
        ("星期四", "周四"),
        ("星期五", "周五"),
        ("星期六", "周六"),
        ("星期日", "周日"),
    ]
    HMS = [("h", "hour", "时"), ("m", "minute", "分"), ("s", "second", "秒")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__(dayfirst=False, yearfirst=True)


_CHINESE = ChineseDates()
_PARSER = parser.parser(_CHINESE)
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=BEIJING)


def read(text: str) -> Dateline | None:
    """The first dateline in ``text``; None where none stands or its numbers are no date."""
    found = _DATELINE.search(text)
    if found is None:
        return None
    try:
        day, moment = _parsed(found["date"]), _parsed(found["time"])
    except (ValueError, OverflowError):
        return None
    at = day.replace(hour=moment.hour, minute=moment.minute, second=moment.second)
    named = found["weekday"]
    return Dateline(at, named is None or _CHINESE.weekday(named.replace("天", "日")) == at.weekday())


@lru_cache(maxsize=4096)
def _parsed(text: str) -> datetime:
    """A day at midnight, or a time of day; eight or nine stories share a day, 1,440 minutes are all there are."""
    return _PARSER.parse(text, default=_MIDNIGHT)


def read_pubdate(text: str) -> datetime | None:
    """The JSON-LD ``pubDate`` (``2024-10-18T22:58:07``, Beijing time without a zone); None where it is no time."""
    found = _PUBDATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{found['zone'] or ''}")
    except ValueError:
        return None
    return moment.astimezone(BEIJING) if moment.tzinfo else moment.replace(tzinfo=BEIJING)
