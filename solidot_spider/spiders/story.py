"""The spider ``story``: fetches stories by their ids."""

from __future__ import annotations

from collections.abc import Mapping

from solidot_spider.base import sids as ids
from solidot_spider.base.outcome import KINDS
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl import arguments
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.spiders.base import AskingSpider


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
    given = arguments.known("story", NAMES, given)
    only, refresh = _only(given.get("only")), arguments.refresh(given.get("refresh"))
    if only and refresh:
        raise ArgumentError(f"refresh=true asks all, only={only} some of them: give one of both")
    return Arguments(
        _sids(given),
        limit=arguments.limit(given.get("limit")),
        minutes=arguments.minutes(given.get("minutes")),
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
