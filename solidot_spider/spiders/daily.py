"""The spider ``daily``: reads the site's page of each day, fetches what it lists, and cross-checks the store."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import date
from typing import Any

from solidot_spider.base import clock
from solidot_spider.base.outcome import SITE_CHANGED, TROUBLE, fault
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl import cross_check, days, plan, stopping
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.spider_words import SPIDERS
from solidot_spider.parsing import list_pages
from solidot_spider.spiders.base import SidSpider
from solidot_spider.store import listings


class DailySpider(SidSpider):
    """Reads the page of each day, asks the unsettled stories that it lists, and compares."""

    name = "daily"
    takes = SPIDERS["daily"].takes
    needs_store = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed: dict[date, list[int]] = {}
        """The sids that each day's page lists, of the days that were read."""
        self._failed: dict[str, tuple[date, int, str]] = {}
        """By reason: the first day whose page failed, how many did, and what is remarked of them."""

    @classmethod
    def arguments_of(cls, values: Mapping[str, Any]) -> Arguments:
        """The arguments of a crawl from their values.

        Raises:
            ArgumentError: no day is named, or the days contradict each other.
        """
        shared = {name: value for name, value in values.items() if name not in ("since", "until", "date")}
        return Arguments(Sids(), days=_days(values), **shared)

    def has_work(self) -> bool:
        """Whether there is anything to ask the site for: the pages of the days, always."""
        return True

    async def plans(self) -> AsyncGenerator[Plan]:
        """The stories of each day that are due."""
        session = self.session
        for day in days.between(*session.arguments.days) if session.arguments.days else ():
            session.stopped = stopping.cap(session, self.limiter)
            if session.stopped:
                return
            listed = await self._listed(day)
            if listed is None:
                continue
            self.listed[day] = listed
            yield self._due(day, listed)

    def _due(self, day: date, listed: list[int]) -> Plan:
        """The stories of a day to ask; the store gets what the day lists first."""
        given = Sids((sid, sid) for sid in listed)
        with self.session.using_store() as store:
            listings.list_day(store, day.isoformat(), listed, self.session.run_id)
            return Plan(given) if self.session.asks_all else plan.due(store, given, clock.now())
        return Plan(Sids())

    async def _listed(self, day: date) -> list[int] | None:
        """The sids that the page of a day lists; None if it cannot be had or read, which the exit status tells."""
        response, reason = await self.fetch(f"/?issue={day:%Y%m%d}")
        if response is None or reason:
            self._list_failed(TROUBLE, day, reason)
            return None
        try:
            listed = list_pages.day_sids(response.body, day)
        except Exception as error:  # noqa: BLE001 - the other days are read
            self._list_failed(SITE_CHANGED, day, fault("its parser", error))
            return None
        why = "not read as the list of that day" if listed is None else self._doubt(day, listed)
        if why:
            self._list_failed(SITE_CHANGED, day, why)
        return None if why else listed

    def _doubt(self, day: date, listed: list[int]) -> str:
        """Why a list cannot be the day's; '' if it can. It would turn a day that has stories into an empty one.

        A single stored story may be withdrawn where the page lists others of the day.
        """
        with self.session.using_store() as store, store.snapshot() as view:
            stored = view.published_on([day])
            known, shown = len(stored), stored.within(Sids.of(sorted(set(listed))))
            if known > (1 if listed else 0) and not shown.ranges:
                return f"lists none of its stored stories: {stored.summary()}"
        return ""

    def _list_failed(self, status: int, day: date, reason: str) -> None:
        """Remark a day's page; those that fail for the same reason are one remark."""
        self.session.list_failed(status, f"the page of {day}: {reason}")
        first, count, old = self._failed.get(reason, (day, 0, ""))
        told = f"the page of {day}" if not count else f"the pages of {count + 1} days, {first} to {day}"
        told = f"{told}: {reason}"
        self._failed[reason] = first, count + 1, told
        if count:
            self.session.remarks[self.session.remarks.index(old)] = told
        else:
            self.session.remarks.append(told)

    def all_settled(self) -> None:
        """Compare what the days list with what the store has."""
        session = self.session
        if not self.listed or session.stopped:
            return
        with session.using_store() as store:
            found = cross_check.compare(store, self.listed)
            session.remarks += cross_check.lines(found)
            if found.missing.ranges:
                session.list_failed(TROUBLE, f"{len(found.missing)} listed by their day, but missing")


def _days(values: Mapping[str, date]) -> tuple[date, date]:
    """The first and the last day."""
    if "date" in values:
        if "since" in values or "until" in values:
            raise ArgumentError("date= is one day, since= and until= are several: give one of both")
        return values["date"], values["date"]
    if "since" not in values:
        raise ArgumentError(f"no day named; -a date=DAY or -a since=DAY -a until=DAY: {days.ALLOWED}")
    since, until = values["since"], values.get("until") or clock.now().astimezone(clock.BEIJING).date()
    if since > until:
        raise ArgumentError(f"since={since} comes after until={until}")
    return since, until
