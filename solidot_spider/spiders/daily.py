"""The spider ``daily``: what the site's day pages list, as a witness beside the walk by sid."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import date
from typing import Any

from solidot_spider.base import clock
from solidot_spider.base.outcome import SITE_CHANGED, TROUBLE
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl import arguments, day_check, days, plan
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.plan import Plan
from solidot_spider.parsing import list_pages
from solidot_spider.spiders.base import AskingSpider

NAMES = ("since", "until", "date", "refresh", "limit", "minutes")


class DailySpider(AskingSpider):
    """Reads the page of each day, asks the unsettled stories that it lists, and compares.

    Spider arguments (``-a NAME=VALUE``):
        since, until: the first and the last day; without ``until`` to today.
        date: one day.
        refresh: ``true`` asks what is settled, too.
        limit: the most story pages to ask.
        minutes: stop asking after so many minutes.
    """

    name = "daily"
    needs_store = True
    has_work = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed: dict[date, list[int]] = {}
        """What each day's page lists, of the days that were read."""

    @staticmethod
    def read_arguments(given: Mapping[str, str]) -> Arguments:
        """The arguments of a crawl.

        Raises:
            ArgumentError: which value is wrong, and what is allowed.
        """
        given = arguments.known("daily", NAMES, given)
        return Arguments(
            Sids(),
            limit=arguments.limit(given.get("limit")),
            minutes=arguments.minutes(given.get("minutes")),
            refresh=arguments.refresh(given.get("refresh")),
            days=_days(given),
        )

    async def batches(self) -> AsyncGenerator[Plan]:
        """The stories of each day that are due."""
        for day in days.between(*self.arguments.days) if self.arguments.days else ():
            self.stopped = self.cap()
            if self.stopped:
                return
            listed = await self._listed(day)
            if listed is None:
                continue
            self.listed[day] = listed
            yield self._due(day, listed)

    def _due(self, day: date, listed: list[int]) -> Plan:
        """What of a day's stories is asked; what it listed is written first."""
        given = Sids((sid, sid) for sid in listed)
        with self.kept() as store:
            store.list_day(day.isoformat(), listed, self.session.run_id)
            return Plan(given) if self.session.asks_all else plan.due(store, given, clock.now())
        return Plan(Sids())

    async def _listed(self, day: date) -> list[int] | None:
        """What the page of a day lists; None where it cannot be had or read, which the exit status tells."""
        response, reason = await self.get(f"/?issue={day:%Y%m%d}")
        if response is None or reason:
            self._complain(TROUBLE, f"the page of {day}: {reason}")
            return None
        listed = list_pages.day_sids(response.body, day)
        if listed is None:
            self._complain(SITE_CHANGED, f"the page of {day}: not read as the list of that day")
        return listed

    def _complain(self, status: int, reason: str) -> None:
        self.lists_status = max(self.lists_status, status)
        self.lists_reason = self.lists_reason or reason
        self.remarks.append(reason)

    def all_settled(self) -> None:
        """Hold what the days list against what the store has."""
        if not self.listed or self.stopped:
            return
        with self.kept() as store:
            found = day_check.compare(store, self.listed)
            self.remarks += day_check.lines(found)
            if found.missing.ranges:
                self.lists_status = max(self.lists_status, TROUBLE)
                self.lists_reason = self.lists_reason or f"{len(found.missing)} listed by their day, but missing"


def _days(given: Mapping[str, str]) -> tuple[date, date]:
    now = clock.now()
    if "date" in given:
        if "since" in given or "until" in given:
            raise ArgumentError("date= is one day, since= and until= are several: give one of both")
        day = days.parse("date", given["date"], now)
        return day, day
    if "since" not in given:
        raise ArgumentError(f"no day named; -a date=DAY or -a since=DAY -a until=DAY: {days.ALLOWED}")
    since, until = days.parse("since", given["since"], now), days.parse("until", given.get("until", "today"), now)
    if since > until:
        raise ArgumentError(f"since={given['since']}: {since} comes after until={given.get('until', 'today')}, {until}")
    return since, until
