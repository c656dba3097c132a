"""The spider ``story``: fetches stories by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.spider_words import SPIDERS
from solidot_spider.spiders.base import SidSpider


class StorySpider(SidSpider):
    """Fetches stories by their ids (docs/runs.md, *story: by their ids*)."""

    name = "story"
    takes = SPIDERS["story"].takes

    @classmethod
    def arguments_of(cls, values: Mapping[str, Any]) -> Arguments:
        """The arguments of a crawl from their values.

        Raises:
            ArgumentError: no story is named, or two arguments exclude each other.
        """
        beside = [name for name in ("sids", "only") if name in values]
        if "sid" in values and beside:
            raise ArgumentError(f"sid= stands alone, without {beside[0]}=; put the id into sids= to ask for several")
        if "only" in values and values.get("refresh"):
            raise ArgumentError(f"refresh=true asks all, only={values['only']} some of them: give one of both")
        if "sid" not in values and not beside:
            raise ArgumentError("no story named; give -a sid=79532, -a sids=79500-79600 or -a only=failed")
        shared = {name: value for name, value in values.items() if name not in ("sid", "sids")}
        if "sid" in values:
            return Arguments(Sids([(values["sid"], values["sid"])]), is_single=True, **shared)
        return Arguments(values.get("sids"), **shared)
