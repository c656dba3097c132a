"""Sums up a store for ``solidot status``: what is stored, what is missing and why, and how the last runs ended."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple, Self

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from solidot_spider.base.outcome import SETTLED, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.store import database, past_runs, schema, sites
from solidot_spider.store.database import select_sids
from solidot_spider.store.gaps import gap_count
from solidot_spider.store.lock import holder as lock_holder
from solidot_spider.store.past_runs import PastRun
from solidot_spider.store.site_times import SiteTimes
from solidot_spider.store.store import Store
from solidot_spider.store.unasked import Unasked, unasked

LAST_RUNS = 5

SIDS_PER_FAILURE = 1000
"""A failure names some of so many of its ids at most: those with the lowest sids."""

THOUSAND = 1000


class Edge(Struct):
    """The lowest or the highest story: its sid, and the day when it was published, in Beijing."""

    sid: int
    day: str


class Failure(Struct):
    """Ids that did not settle for the same reason; ``sids`` are the first of them, as ``sids=`` takes them."""

    outcome: str
    reason: str
    count: int
    sids: list[str]


class Thousand(Struct):
    """The thousand sids from ``first`` on: how many are stories, and how many others are ``missing``."""

    first: int
    stored: int
    missing: int


class _StoryCount(NamedTuple):
    thousand: int
    stored: int
    withdrawn: int


class Status(Struct):
    """The content of a store in numbers; times are ISO 8601 in UTC."""

    store: str
    bytes: int
    stories: int
    withdrawn: int
    first: Edge | None
    last: Edge | None
    outcomes: dict[str, int]
    """How many ids have which last outcome; ids that a run did not get to count if nothing was heard of them before."""
    gaps: int
    """How many ids between the lowest and the highest story are neither a story nor missing."""
    failures: list[Failure]
    runs: list[PastRun]
    """The last ones, newest first."""
    coverage: list[Thousand]
    site: str | None = None
    """The site that the store belongs to; null before its first run."""
    newest_at: str | None = None
    """When the story with the highest sid was published, in Beijing."""
    last_good_at: str | None = None
    """When the last run ended well (exit status 0) that was not for a single story."""
    holder: str | None = None
    """Who holds the store's lock, and since when; null if nobody does."""
    times: SiteTimes | None = None
    """When the site was asked last, and how long it asks to be left alone; null if it was never asked."""

    @classmethod
    def of(cls, store: Store) -> Self:
        """The status of a store, all of it as of one moment.

        Raises:
            StoreError: the store cannot be read.
        """
        with store.reading() as connection:
            return cls.read(connection, store.where)

    @classmethod
    def read(cls, connection: Connection, where: str, last_runs: int = LAST_RUNS) -> Self:
        """The status that a transaction sees, with so many of the last runs."""
        stories = schema.stories.c
        holder = lock_holder.holder(connection, where)
        counts = _story_counts(connection)
        last = _edge(connection, stories.sid.desc())
        without_visit = _never_visited(connection)
        return cls(
            store=where,
            site=sites.owner(connection),
            bytes=database.size(connection),
            stories=sum(each.stored for each in counts),
            withdrawn=sum(each.withdrawn for each in counts),
            first=_edge(connection, stories.sid.asc()),
            last=last,
            newest_at=_published_at(connection, last),
            outcomes=_outcomes(connection, without_visit),
            gaps=gap_count(connection),
            failures=_failures(connection, without_visit),
            runs=past_runs.last(connection, last_runs, holder),
            last_good_at=past_runs.last_good_at(connection),
            holder=holder,
            times=SiteTimes.read(connection),
            coverage=_coverage(connection, counts),
        )


def _edge(connection: Connection, order: ColumnElement[int]) -> Edge | None:
    stories = schema.stories.c
    row = connection.execute(select(stories.sid, stories.published_at).order_by(order).limit(1)).first()
    return Edge(row.sid, row.published_at[:10]) if row else None


def _published_at(connection: Connection, edge: Edge | None) -> str | None:
    stories = schema.stories.c
    return connection.execute(select(stories.published_at).where(stories.sid == edge.sid)).scalar() if edge else None


def _never_visited(connection: Connection) -> list[Unasked]:
    """The ids that runs left, and of which nothing was heard before: each id counts once, by what was heard last."""
    left = unasked(connection)
    visited = select_sids(connection, select(schema.sids.c.sid)) if left else Sids()
    found = (each._replace(sids=each.sids.without(visited)) for each in left)
    return [each for each in found if each.sids.ranges]


def _outcomes(connection: Connection, without_visit: list[Unasked]) -> dict[str, int]:
    outcome = schema.sids.c.outcome
    found = Counter(_count_by(connection, select(outcome, func.count()).group_by(outcome)))
    for each in without_visit:
        found[str(each.outcome)] += len(each.sids)
    return {str(each): found.get(str(each), 0) for each in Outcome}


def _story_counts(connection: Connection) -> list[_StoryCount]:
    """The stories of each thousand sids; one scan of an index serves for their sum as well."""
    stories = schema.stories.c
    thousand = stories.sid // THOUSAND
    statement = select(thousand, func.count(), func.count(stories.withdrawn_at)).group_by(thousand)
    return [_StoryCount(*row) for row in connection.execute(statement)]


def _coverage(connection: Connection, counts: list[_StoryCount]) -> list[Thousand]:
    sids = schema.sids.c
    is_missing = (sids.outcome == Outcome.MISSING) & ~exists().where(schema.stories.c.sid == sids.sid)
    thousand = sids.sid // THOUSAND
    stored = {each.thousand: each.stored for each in counts}
    missing = _count_by(connection, select(thousand, func.count()).where(is_missing).group_by(thousand))
    return [Thousand(at * THOUSAND, stored.get(at, 0), missing.get(at, 0)) for at in sorted({*stored, *missing})]


def _count_by(connection: Connection, statement: Select[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in connection.execute(statement)}


def _failures(connection: Connection, without_visit: list[Unasked]) -> list[Failure]:
    sids = schema.sids.c
    unsettled = [str(each) for each in Outcome if each not in SETTLED]
    counted = (
        select(sids.outcome, sids.reason, func.count())
        .where(sids.outcome.in_(unsettled))
        .group_by(sids.outcome, sids.reason)
    )
    found = [
        Failure(outcome, reason, count, _named(_first_sids(connection, outcome, reason)))
        for outcome, reason, count in connection.execute(counted).all()
    ]
    found += [Failure(str(each.outcome), each.reason, len(each.sids), _named(each.sids)) for each in without_visit]
    return sorted(found, key=lambda each: (-each.count, each.outcome, each.reason))


def _named(ids: Sids) -> list[str]:
    return [str(each) for each in ids.ranges]


def _first_sids(connection: Connection, outcome: str, reason: str) -> Sids:
    sids = schema.sids.c
    return select_sids(
        connection, select(sids.sid).where(sids.outcome == outcome, sids.reason == reason).limit(SIDS_PER_FAILURE)
    )
