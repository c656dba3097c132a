"""The spider ``latest``: what is new, what failed, and what may have changed, by itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from solidot_spider.base import clock, options
from solidot_spider.base import sids as ids
from solidot_spider.base.outcome import SITE_CHANGED, TROUBLE
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl import arguments, plan
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.revisit import Age
from solidot_spider.parsing import list_pages
from solidot_spider.spiders.base import AskingSpider
from solidot_spider.store.store import Store

NAMES = ("limit", "minutes", "to")

MOST_AHEAD = 2000
"""A newest story further above the newest stored one is not believed: that is eight months of the site."""


class Shown(NamedTuple):
    """A page that shows the newest stories."""

    name: str
    path: str
    read: Callable[[bytes], list[int]]


PAGES = (Shown("feed", "/index.rss", list_pages.feed_sids), Shown("home page", "/", list_pages.story_sids))
"""Either alone tells the newest story."""


class LatestSpider(AskingSpider):
    """Asks every id up to the newest that is not settled, and the stories that may have changed.

    Spider arguments (``-a NAME=VALUE``):
        limit: the most story pages to ask.
        minutes: stop asking after so many minutes.
        to: the newest story, whatever feed and home page show.
    """

    name = "latest"
    needs_store = True
    has_work = True

    @staticmethod
    def read_arguments(given: Mapping[str, str]) -> Arguments:
        """The arguments of a crawl.

        Raises:
            ArgumentError: which value is wrong, and what is allowed.
        """
        given = arguments.known("latest", NAMES, given)
        return Arguments(
            Sids(),
            limit=arguments.limit(given.get("limit")),
            minutes=arguments.minutes(given.get("minutes")),
            to=_to(given.get("to")),
        )

    async def batches(self) -> AsyncGenerator[Plan]:
        """All that is due, once the newest story is known."""
        shown = await self._shown()
        if shown:
            yield self._due(shown)

    async def _shown(self) -> list[int]:
        """The stories that feed and home page show."""
        found: list[int] = []
        troubles: list[str] = []
        is_changed = False
        for page in PAGES:
            response, reason = await self.get(page.path)
            sids = page.read(response.body) if response is not None and not reason else []
            if not sids:
                is_changed = is_changed or not reason
                troubles.append(f"{page.name}: {reason or 'no stories in it'}")
            found += sids
        if not found or self.gate.ended:  # the site may have asked to wait: then nothing more can be asked, either
            self.lists_status = SITE_CHANGED if is_changed and not found else TROUBLE
            self.lists_reason = "; ".join(troubles)
        elif troubles:
            self.remarks.append("; ".join(troubles))
        return found

    def _due(self, shown: list[int]) -> Plan:
        with self.kept() as store:
            return self._choose(store, shown, clock.now())
        return Plan(Sids())

    def _choose(self, store: Store, shown: list[int], now: datetime) -> Plan:
        with store.snapshot() as view:
            lowest, newest = view.lowest_crawled(), view.highest()
        top = self.arguments.to or max(shown)
        if lowest is None or newest is None:
            first = min(shown)
            self.remarks.append(
                f"the store was empty: it begins with the {len(set(shown))} stories that the site shows; "
                f"for those before: solidot crawl story -a sids=1-{first - 1}"
            )
            return plan.due(store, Sids((sid, sid) for sid in shown), now)
        if top - newest > MOST_AHEAD and self.arguments.to is None:
            self.lists_status = SITE_CHANGED
            ahead = f"{top - newest:,} above the newest stored, {newest}"
            self.lists_reason = f"the site shows story {top}, {ahead}; if that is right: -a to={top}"
            return Plan(Sids())
        policy = [Age(timedelta(age), timedelta(every)) for age, every in options.read(self.crawler.settings).revisit]
        walk = Sids([(lowest, max(top, lowest))])
        new, again = plan.due(store, walk, now), plan.changing(store, now, policy)
        settled = new.settled_before - len(again.within(walk))
        return Plan(Sids([*new.sids.ranges, *again.ranges]), settled, new.not_due)


def _to(value: str | None) -> int | None:
    if value is None:
        return None
    try:
        return ids.parse_one(value)
    except ArgumentError as error:
        raise ArgumentError(str(error).replace("sid=", "to=", 1)) from error
