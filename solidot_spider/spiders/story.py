"""The spider ``story``: fetches stories by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solidot_spider import sids as ids
from solidot_spider.choice import Arguments
from solidot_spider.outcome import KINDS
from solidot_spider.session import Session
from solidot_spider.sids import ArgumentError, Sids
from solidot_spider.spiders.asking import AskingSpider


class StorySpider(AskingSpider):
    """Fetches stories by their ids.

    Spider arguments (``-a NAME=VALUE``):
        sid: one story id; stands alone.
        sids: ids and ranges (``79500-79600,80001``), or ``@FILE`` with one a line (``@-``: standard input).
        limit: the most story pages to ask.
        minutes: stop asking after so many minutes.
        refresh: ``true`` asks what is settled, too.
        only: asks only the ids that are ``failed``, ``refused``, ``unparsed``, ``missing``, ``not-tried`` or ``gaps``.
    """

    name = "story"

    def __init__(
        self, *_: Any, arguments: Arguments | None = None, session: Session | None = None, **given: str
    ) -> None:
        if arguments is None:  # Scrapy's own commands make spiders without any
            arguments = read_arguments(given) if given else Arguments(Sids())
        super().__init__(arguments, session)

    @staticmethod
    def read_arguments(given: Mapping[str, str]) -> Arguments:
        """The arguments of a crawl, checked; see ``read_arguments``."""
        return read_arguments(given)


NAMES = ("sid", "sids", "limit", "minutes", "refresh", "only")


def read_arguments(given: Mapping[str, str]) -> Arguments:
    """The arguments of a crawl; those that begin with ``_`` are a scheduler's own.

    Raises:
        ArgumentError: which value is wrong, and what is allowed.
    """
    given = {name: value for name, value in given.items() if not name.startswith("_")}
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        raise ArgumentError(f"unknown argument {', '.join(unknown)}; story takes {', '.join(NAMES)}")
    only, refresh = _only(given.get("only")), _refresh(given.get("refresh"))
    if only and refresh:
        raise ArgumentError(f"refresh=true asks all, only={only} some of them: give one of both")
    return Arguments(
        _sids(given),
        limit=_limit(given.get("limit")),
        minutes=_minutes(given.get("minutes")),
        refresh=refresh,
        only=only,
        is_single="sid" in given,
    )


def _sids(given: Mapping[str, str]) -> Sids | None:
    """The ids that are named; None where ``only=`` names them."""
    beside = [name for name in ("sids", "only") if name in given]
    if "sid" in given and beside:
        raise ArgumentError(f"sid= stands alone, without {beside[0]}=; put the id into sids= to ask for several")
    if "sid" in given:
        one = ids.parse_one(given["sid"])
        return Sids([(one, one)])
    if "sids" in given:
        return ids.parse(given["sids"])
    if "only" not in given:
        raise ArgumentError("no story named; give -a sid=79532, -a sids=79500-79600 or -a only=failed")
    return None


def _only(value: str | None) -> str:
    if value is not None and value not in KINDS:
        raise ArgumentError(f"only={value}: no kind of ids; there is {', '.join(KINDS)}")
    return value or ""


def _refresh(value: str | None) -> bool:
    if value not in (None, "true", "false"):
        raise ArgumentError(f"refresh={value}: give true or false")
    return value == "true"


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
