"""Spider arguments (``-a NAME=VALUE``), read and checked; what all spiders take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from solidot_spider.base.sids import ArgumentError, Sids


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a spider is given.

    Attributes:
        sids: the ids, asked in ascending order; None for all of a kind that the store knows of.
        limit: the most story pages to ask, None for all.
        minutes: the time after which nothing more is asked, None for none.
        refresh: ask what is settled, too.
        only: ask only ids of this kind (``outcome.KINDS``), '' for any.
        is_single: whether one story is asked whatever the store has, and what changed is shown.
        to: the newest story of the site, None where its lists are to tell.
        days: the first and the last day to look through, None where days are not asked for.
    """

    sids: Sids | None
    limit: int | None = None
    minutes: float | None = None
    refresh: bool = False
    only: str = ""
    is_single: bool = False
    to: int | None = None
    days: tuple[date, date] | None = None


def known(spider: str, names: tuple[str, ...], given: Mapping[str, str]) -> dict[str, str]:
    """The arguments without those that begin with ``_``, which are a scheduler's own.

    Raises:
        ArgumentError: the spider takes no such argument.
    """
    own = {name: value for name, value in given.items() if not name.startswith("_")}
    unknown = [name for name in own if name not in names]
    if unknown:
        raise ArgumentError(f"unknown argument {', '.join(unknown)}; {spider} takes {', '.join(names)}")
    return own


def refresh(value: str | None) -> bool:
    """Whether ``refresh=`` is given and true.

    Raises:
        ArgumentError: it is something else.
    """
    if value not in (None, "true", "false"):
        raise ArgumentError(f"refresh={value}: give true or false")
    return value == "true"


def limit(value: str | None) -> int | None:
    """``limit=``: a number of story pages; None where it is not given.

    Raises:
        ArgumentError: it is something else.
    """
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()) or int(value[:12]) < 1:
        raise ArgumentError(f"limit={value}: not a number of pages; give a whole number from 1 on")
    return int(value)


def minutes(value: str | None) -> float | None:
    """``minutes=``: a time above 0; None where it is not given.

    Raises:
        ArgumentError: it is something else.
    """
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e6:
        raise ArgumentError(f"minutes={value}: not a time; give a number of minutes above 0, such as 90 or 0.5")
    return number
