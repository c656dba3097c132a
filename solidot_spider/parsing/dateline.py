"""Parses the two times of a story page, the dateline and the JSON-LD's, both in Beijing time.

The dateline is ``2024年10月18日 22时58分 星期五`` behind a fixed word; a strict pattern cuts it out and python-dateutil
parses it, since dateutil alone would find a date in almost any text. The JSON-LD has ``2024-10-18T22:58:07``.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from dateutil import parser

from solidot_spider.base.clock import BEIJING
from solidot_spider.parsing.markup import POSTED

# Story pages have a space behind the first word, lists and comments have none; NBSP and breaks count as space.
_DATELINE = re.compile(
    POSTED + r"\s*(?P<date>[0-9]{4}\s*年\s*(?:0?[1-9]|1[0-2])\s*月\s*(?:0?[1-9]|[12][0-9]|3[01])\s*日)"
    r"\s*(?P<time>(?:[01]?[0-9]|2[0-3])\s*时\s*[0-5]?[0-9]\s*分(?:\s*[0-5]?[0-9]\s*秒)?)"
    r"(?:\s*(?P<weekday>(?:星期|周)[一二三四五六日天]))?"
)
_OTHER_ZONE = re.compile(r"\s*[(（]?\s*(?:UTC|GMT)(?!\s*\+0?8)", re.IGNORECASE)
_PUBDATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:?\d\d)?", re.ASCII)
_YEARS = range(1990, 2200)
"""Years that can be calculated with; dates far off raise."""


FIRST_YEAR = 2005
"""The site is a year younger."""


class Dateline(NamedTuple):
    """A time with its zone, and whether the weekday beside it is that of the date (True if no weekday is there)."""

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


class FoundDateline(NamedTuple):
    """A dateline in a text, and the offset behind it."""

    at: datetime
    weekday_agrees: bool
    end: int


def find_all(text: str) -> list[FoundDateline]:
    """The datelines in a text that can be a story's, in order: none before the site began, none in another zone."""
    all_found = []
    for found in _DATELINE.finditer(text):
        dated = _dateline(found)
        if dated and dated.at.year >= FIRST_YEAR and not _OTHER_ZONE.match(text, found.end()):
            all_found.append(FoundDateline(dated.at, dated.weekday_agrees, found.end()))
    return all_found


def parse(text: str) -> Dateline | None:
    """The first dateline in a text; None if it has none, or one whose numbers are no date."""
    found = _DATELINE.search(text)
    return _dateline(found) if found else None


def _dateline(found: re.Match[str]) -> Dateline | None:
    if int(found["date"][:4]) not in _YEARS:  # dateutil takes the year 1 for 2001
        return None
    try:
        day, time = _parse_part(found["date"]), _parse_part(found["time"])
    except (ValueError, OverflowError):
        return None
    at = day.replace(hour=time.hour, minute=time.minute, second=time.second)
    weekday = found["weekday"]
    return Dateline(at, weekday is None or _CHINESE.weekday(weekday.replace("天", "日")) == at.weekday())


@lru_cache(maxsize=4096)  # eight or nine stories share a day, and a day has 1,440 minutes
def _parse_part(text: str) -> datetime:
    """A day at midnight, or a time of day on any date."""
    return _PARSER.parse(text, default=_MIDNIGHT)


def parse_pubdate(text: str) -> datetime | None:
    """The JSON-LD's time, in Beijing time if it names no zone; None if it is no time."""
    found = _PUBDATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{found['zone'] or ''}")
        in_beijing = moment.astimezone(BEIJING) if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    except (ValueError, OverflowError):
        return None
    return in_beijing if in_beijing.year in _YEARS else None
