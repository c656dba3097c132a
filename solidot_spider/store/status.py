"""``solidot status``: what the store has, what is missing and why, and how the last runs went."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Select, exists, func, select

from solidot_spider.base.outcome import SETTLED, Outcome
from solidot_spider.base.sids import Range, Sids, merged
from solidot_spider.crawl import plan
from solidot_spider.store import database, schema
from solidot_spider.store.store import Store

RUNS = 5
SHOWN = 1000
"""Ids of one reason that are looked at, to name some of them."""

THOUSAND = 1000

_Unasked = dict[tuple[str, str], Sids]
"""By outcome and reason, ids that runs ended without asking them."""


class Edge(Struct):
    """The lowest or the highest story: its sid, and the day that it was published, in Beijing."""

    sid: int
    day: str


class Failure(Struct):
    """Ids that did not settle for the same reason; ``sids`` are the first of them, as ``sids=`` takes them."""

    outcome: str
    reason: str
    count: int
    sids: list[str]


class PastRun(Struct):
    """A run; what is known only at its end is null while it runs, and where it was killed."""

    name: str
    started_at: str
    ended_at: str | None
    asked: int | None
    counts: dict[str, int] | None
    exit_status: int | None
    verdict: str | None


class Thousand(Struct):
    """A thousand sids from ``first`` on: how many of them are stories, and how many others are known to be missing."""

    first: int
    stored: int
    missing: int


class Status(Struct):
    """What the store has; times are ISO 8601 in UTC."""

    store: str
    bytes: int
    stories: int
    withdrawn: int
    first: Edge | None
    last: Edge | None
    outcomes: dict[str, int]
    """How many ids were last heard to be what; what a run ended without asking counts until a later one asks it."""
    gaps: int
    """Ids between the lowest and the highest story that are neither stored nor missing."""
    failures: list[Failure]
    runs: list[PastRun]
    """The last ones, newest first."""
    coverage: list[Thousand]


def read(store: Store) -> Status:
    """The status of a store.

    Raises:
        StoreError: it cannot be read.
    """
    stories = schema.stories.c
    with store.reading() as connection:
        count, withdrawn = connection.execute(select(func.count(), func.count(stories.withdrawn_at))).one()
        first, last = _edge(connection, stories.sid.asc()), _edge(connection, stories.sid.desc())
        coverage = _coverage(connection)
        unasked = _unasked(connection)
        return Status(
            store=store.where,
            bytes=database.size(connection),
            stories=count,
            withdrawn=withdrawn,
            first=first,
            last=last,
            outcomes=_outcomes(connection, unasked),
            gaps=_gaps(connection, first, last, count),
            failures=_failures(connection, unasked),
            runs=_runs(connection),
            coverage=coverage,
        )


def _edge(connection: Connection, order: Any) -> Edge | None:
    stories = schema.stories.c
    row = connection.execute(select(stories.sid, stories.published_at).order_by(order).limit(1)).first()
    return Edge(row.sid, row.published_at[:10]) if row else None


def _outcomes(connection: Connection, unasked: _Unasked) -> dict[str, int]:
    outcome = schema.sids.c.outcome
    found = _by_key(connection, select(outcome, func.count()).group_by(outcome))
    for ended in {ended for ended, _ in unasked}:
        ids = [plan.heard(connection, Outcome(ended)), *(left for key, left in unasked.items() if key[0] == ended)]
        found[ended] = len(Sids(each for some in ids for each in some.ranges))
    return {str(each): found.get(str(each), 0) for each in Outcome}


def _gaps(connection: Connection, first: Edge | None, last: Edge | None, stories: int) -> int:
    if first is None or last is None:
        return 0
    here = schema.sids.c.sid.between(first.sid, last.sid)
    missing = connection.execute(select(func.count()).where(here, _is_missing())).scalar_one()
    return last.sid - first.sid + 1 - stories - int(missing)


def _is_missing() -> Any:
    """Whether an id is ``missing`` and never was a story."""
    sids = schema.sids.c
    return (sids.outcome == Outcome.MISSING) & ~exists().where(schema.stories.c.sid == sids.sid)


def _coverage(connection: Connection) -> list[Thousand]:
    story, state = schema.stories.c.sid // THOUSAND, schema.sids.c.sid // THOUSAND
    stored = _by_key(connection, select(story, func.count()).group_by(story))
    missing = _by_key(connection, select(state, func.count()).where(_is_missing()).group_by(state))
    return [Thousand(at * THOUSAND, stored.get(at, 0), missing.get(at, 0)) for at in sorted({*stored, *missing})]


def _by_key(connection: Connection, statement: Select[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in connection.execute(statement)}


def _failures(connection: Connection, unasked: _Unasked) -> list[Failure]:
    sids = schema.sids.c
    grave = [str(each) for each in Outcome if each not in SETTLED]
    counted = (
        select(sids.outcome, sids.reason, func.count())
        .where(sids.outcome.in_(grave))
        .group_by(sids.outcome, sids.reason)
    )
    found = [(row[0], row[1], row[2], _some(connection, row[0], row[1])) for row in connection.execute(counted).all()]
    found += [(outcome, reason, len(ids), ids.ranges) for (outcome, reason), ids in unasked.items()]
    found.sort(key=lambda each: (-each[2], each[:2]))
    return [Failure(outcome, reason, count, [str(each) for each in ids]) for outcome, reason, count, ids in found]


def _unasked(connection: Connection) -> _Unasked:
    """The ids that runs ended without asking them; each reason has its ids once."""
    found: _Unasked = {}
    for outcome, reason, left in plan.unasked(connection):
        before = found.get((outcome, reason), Sids())
        found[str(outcome), reason] = Sids([*before.ranges, *left.ranges])
    return {key: ids for key, ids in found.items() if ids.ranges}


def _some(connection: Connection, outcome: str, reason: str) -> list[Range]:
    sids = schema.sids.c
    named = select(sids.sid).where(sids.outcome == outcome, sids.reason == reason).order_by(sids.sid).limit(SHOWN)
    return merged((sid, sid) for sid in connection.execute(named).scalars())


def _runs(connection: Connection) -> list[PastRun]:
    runs = schema.runs.c
    rows = connection.execute(select(schema.runs).order_by(runs.id.desc()).limit(RUNS)).all()
    return [
        PastRun(
            name=row.name,
            started_at=row.started_at,
            ended_at=row.ended_at,
            asked=row.asked,
            counts=msgspec.json.decode(row.counts) if row.counts else None,
            exit_status=row.exit_status,
            verdict=row.verdict,
        )
        for row in rows
    ]
