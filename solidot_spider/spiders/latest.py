"""The spider ``latest``: fetches what is new, what failed, and what may have changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from solidot_spider.base import clock
from solidot_spider.base.outcome import SITE_CHANGED, TROUBLE, fault
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import plan
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.revisit import Age
from solidot_spider.crawl.spider_words import SPIDERS
from solidot_spider.parsing import list_pages
from solidot_spider.spiders.base import SidSpider
from solidot_spider.store.store import Store

MOST_AHEAD = 2000
"""A newest story further above the newest stored one is not believed: that is eight months of the site."""


class ListPage(NamedTuple):
    """A page that shows the newest stories."""

    name: str
    path: str
    parse: Callable[[bytes], list[int]]


LIST_PAGES = (
    ListPage("feed", "/index.rss", list_pages.feed_sids),
    ListPage("home page", "/", list_pages.story_sids),
)
"""Either alone gives the newest story."""


class LatestSpider(SidSpider):
    """Asks every id up to the newest that is not settled, and the stories that may have changed."""

    name = "latest"
    takes = SPIDERS["latest"].takes
    needs_store = True

    def has_work(self) -> bool:
        """Whether there is anything to ask the site for: its lists, always."""
        return True

    async def plans(self) -> AsyncGenerator[Plan]:
        """All that is due, once the newest story is known."""
        shown = await self._shown()
        if shown:
            yield self._due(shown)

    async def _shown(self) -> list[int]:
        """The stories that feed and home page show."""
        found: list[int] = []
        troubles: list[str] = []
        is_changed = False
        for list_page in LIST_PAGES:
            response, reason = await self.fetch(list_page.path)
            sids, broken = self._parsed(list_page, response.body) if response is not None and not reason else ([], "")
            if not sids:
                is_changed, reason = is_changed or not reason, reason or broken
                troubles.append(f"{list_page.name}: {reason or 'no stories in it'}")
            found += sids
        if not found or self.limiter.ended:  # the site may have asked to wait: then nothing more can be asked, either
            self.session.list_failed(SITE_CHANGED if is_changed and not found else TROUBLE, "; ".join(troubles))
        elif troubles:
            self.session.remarks.append("; ".join(troubles))
        return found

    def _parsed(self, list_page: ListPage, data: bytes) -> tuple[list[int], str]:
        """The stories that a list page shows; or none, and the fault of its parser, which is trouble in any case."""
        try:
            return list_page.parse(data), ""
        except Exception as error:
            self.logger.debug("Fault in the parser of the %s", list_page.name, exc_info=True)
            broken = fault("its parser", error)
            self.session.list_failed(TROUBLE, f"{list_page.name}: {broken}")
            return [], broken

    def _due(self, shown: list[int]) -> Plan:
        with self.session.using_store() as store:
            return self._choose(store, shown, clock.now())
        return Plan(Sids())

    def _choose(self, store: Store, shown: list[int], now: datetime) -> Plan:
        with store.snapshot() as view:
            lowest, newest = view.lowest_crawled(), view.highest()
        if lowest is None or newest is None:
            return self._begin(store, shown, now)
        to = self.session.arguments.to
        top = to or max(shown)
        if top - newest > MOST_AHEAD and to is None:
            ahead = f"the site shows story {top}, {top - newest:,} above the newest stored, {newest}"
            self.session.list_failed(SITE_CHANGED, f"{ahead}; if that is right: -a to={top}")
            return Plan(Sids())
        policy = [Age(timedelta(age), timedelta(every)) for age, every in self.options.revisit]
        span = Sids([(lowest, max(top, lowest))])
        new, again = plan.due(store, span, now), plan.changing(store, now, policy)
        settled = new.settled_before - len(again.within(span))
        return Plan(Sids([*new.sids.ranges, *again.ranges]), settled, new.not_due)

    def _begin(self, store: Store, shown: list[int], now: datetime) -> Plan:
        """Of an empty store: the stories that the site shows, but for those far from most of them.

        They would move the start of every later run: for a feed that names story 1 it would ask all of twenty years.
        """
        most = nearest(shown)
        far = sorted(set(shown).difference(most))
        before = f"; for those before: solidot crawl story -a sids=1-{most[0] - 1}" if most[0] > 1 else ""
        begins = f"the store was empty: it begins with the {len(most)} stories that the site shows{before}"
        self.session.remarks.append(begins)
        if far:
            self.session.remarks.append(
                f"far from the others that the site shows, and not asked: {Sids.of(far).summary()}"
            )
        return plan.due(store, Sids.of(most), now)


def nearest(shown: Iterable[int]) -> list[int]:
    """The largest group of sids that are near each other, ascending; of equal ones the highest.

    Args:
        shown: sids, at least one.
    """
    groups: list[list[int]] = []
    for sid in sorted(set(shown)):
        if groups and sid - groups[-1][-1] <= MOST_AHEAD:
            groups[-1].append(sid)
        else:
            groups.append([sid])
    return max(reversed(groups), key=len)
