"""Spider arguments (``-a NAME=VALUE``): each declared once, with meaning and check; a spider names those it takes.

A new argument is a function that checks it, an ``Argument``, a field of ``Arguments``, and its name in ``SPIDERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from solidot_spider.base import clock, spelling
from solidot_spider.base import sids as ids
from solidot_spider.base.outcome import KINDS
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl import days

MOST_MINUTES = 1e6


@dataclass(frozen=True, slots=True)
class Arguments:
    """The checked arguments of a crawl.

    Attributes:
        sids: the ids, asked in ascending order; None for all of a kind that the store has.
        limit: the most story pages to ask, None for all.
        minutes: the minutes after which nothing more is asked, None for no limit.
        refresh: ask settled ids, too.
        only: ask only ids of this kind (``outcome.KINDS``), '' for any.
        is_single: one story is asked whatever the store has, and the crawl shows its changes.
        believes_missing: stored stories that are missing are withdrawn, however many they are.
        to: the newest story of the site, None to find it in the site's lists.
        days: the first and the last day to read, None for a spider that reads no days.
        wait: the minutes to wait for another run's end.
    """

    sids: Sids | None
    limit: int | None = None
    minutes: float | None = None
    refresh: bool = False
    only: str = ""
    is_single: bool = False
    believes_missing: bool = False
    to: int | None = None
    days: tuple[date, date] | None = None
    wait: float = 0.0


class Argument(NamedTuple):
    """An argument that a spider can take.

    Attributes:
        name: its name.
        parse: makes its value of its text, or raises ``ArgumentError``.
        meaning: what it does, in a line for ``--help``.
    """

    name: str
    parse: Callable[[str], Any]
    meaning: str


def _refresh(text: str) -> bool:
    if text not in ("true", "false"):
        raise ArgumentError(f"refresh={text}: give true or false")
    return text == "true"


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:12]) < 1:
        raise ArgumentError(f"limit={text}: not a number of pages; give a whole number from 1 on")
    return int(text)


def _minutes(name: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 < number < MOST_MINUTES:
            raise ArgumentError(f"{name}={text}: not a time; give a number of minutes above 0, such as 90 or 0.5")
        return number

    return parse


def _only(text: str) -> str:
    if text not in KINDS:
        raise ArgumentError(f"only={text}: no kind of ids; there is {', '.join(KINDS)}")
    return text


def _believe(text: str) -> bool:
    if text != "missing":
        raise ArgumentError(f"believe={text}: give missing, to let many stories be withdrawn at once")
    return True


def _to(text: str) -> int:
    try:
        return ids.parse_one(text)
    except ArgumentError as error:
        raise ArgumentError(str(error).replace("sid=", "to=", 1)) from error


def _day(name: str) -> Callable[[str], date]:
    return lambda text: days.parse(name, text, clock.now())


SID = Argument("sid", ids.parse_one, "one story, asked whatever the store has; stands alone")
SIDS = Argument("sids", ids.parse, "ids and ranges with commas, or @FILE with one a line, @- for standard input")
LIMIT = Argument("limit", _limit, "ask at most so many story pages, then stop")
MINUTES = Argument("minutes", _minutes("minutes"), "ask nothing more after so many minutes")
WAIT = Argument("wait", _minutes("wait"), "wait so many minutes for the end of another run that holds the store")
REFRESH = Argument("refresh", _refresh, "true asks settled ids, too")
ONLY = Argument("only", _only, f"ask only ids of a kind: {', '.join(KINDS)}")
BELIEVE = Argument("believe", _believe, "missing: stored stories that are missing are withdrawn, however many they are")
TO = Argument("to", _to, "the newest story of the site, whatever its lists show")
SINCE = Argument("since", _day("since"), "the first day")
UNTIL = Argument("until", _day("until"), "the last day; today if it is not given")
DATE = Argument("date", _day("date"), "one day")


def parsed(spider: str, taken: tuple[Argument, ...], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the arguments that are given; those that begin with ``_`` are a scheduler's own, and ignored.

    Raises:
        ArgumentError: the spider takes no such argument, or a value is wrong.
    """
    known = {argument.name: argument for argument in taken}
    own = {name: text for name, text in given.items() if not name.startswith("_")}
    unknown = [name for name in own if name not in known]
    if unknown:
        hint = spelling.question(unknown[0], known, "-a ").replace("?", "=?")
        raise ArgumentError(f"unknown argument {', '.join(unknown)}; {spider} takes {', '.join(known)}{hint}")
    values = {name: argument.parse(own[name]) for name, argument in known.items() if name in own}
    if "believe" in values:
        values["believes_missing"] = values.pop("believe")
    return values
