"""The spider ``story``: fetches stories by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from solidot_spider import sids as ids
from solidot_spider.sids import ArgumentError, Sids
from solidot_spider.spiders.asking import Arguments, AskingSpider


class StorySpider(AskingSpider):
    """Fetches stories by their ids.

    Spider arguments (``-a NAME=VALUE``):
        sid: one story id; stands alone.
        sids: ids and ranges (``79500-79600,80001``), or ``@FILE`` with one a line (``@-``: standard input).
        limit: the most story pages to ask.
        minutes: stop asking after so many minutes.
    """

    name = "story"

    def __init__(self, *_: Any, arguments: Arguments | None = None, **given: str) -> None:
        if arguments is None:  # Scrapy's own commands make spiders without any
            arguments = read_arguments(given) if given else Arguments(Sids())
        super().__init__(arguments)

    @staticmethod
    def read_arguments(given: Mapping[str, str]) -> Arguments:
        """The arguments of a crawl, checked; see ``read_arguments``."""
        return read_arguments(given)


NAMES = ("sid", *(field.name for field in fields(Arguments)))


def read_arguments(given: Mapping[str, str]) -> Arguments:
    """The arguments of a crawl; those that begin with ``_`` are a scheduler's own.

    Raises:
        ArgumentError: which value is wrong, and what is allowed.
    """
    given = {name: value for name, value in given.items() if not name.startswith("_")}
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        raise ArgumentError(f"unknown argument {', '.join(unknown)}; story takes {', '.join(NAMES)}")
    if "sid" in given and "sids" in given:
        raise ArgumentError("sid= stands alone; put it into sids= to ask for several")
    if "sid" in given:
        one = ids.parse_one(given["sid"])
        chosen = Sids([(one, one)])
    elif "sids" in given:
        chosen = ids.parse(given["sids"])
    else:
        raise ArgumentError("no story named; give -a sid=79532 or -a sids=79500-79600")
    return Arguments(chosen, _limit(given.get("limit")), _minutes(given.get("minutes")))


def _limit(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()) or int(value[:12]) < 1:
        raise ArgumentError(f"limit={value}: not a number of pages; give a whole number from 1 on")
    return int(value)


def _minutes(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e6:
        raise ArgumentError(f"minutes={value}: not a time; give a number of minutes above 0, such as 90 or 0.5")
    return number
