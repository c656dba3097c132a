"""Finds the ids that a run gave an outcome without asking for them, such as ``not tried``.

They have no visit. The run's row holds them as ranges; an id counts until a later run visits it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select

from solidot_spider.base import sids
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store import schema


class Unasked(NamedTuple):
    """Ids that have the same outcome for the same reason without a visit."""

    outcome: Outcome
    reason: str
    sids: Sids


class _VisitedRange(NamedTuple):
    run_id: int
    range: Range


def unasked(connection: Connection) -> list[Unasked]:
    """The ids without a visit since, each as the newest run left it; each outcome and reason once, in no order."""
    found: dict[tuple[Outcome, str], Sids] = {}
    for outcome, reason, ids in _by_run(connection):
        before = found.get((outcome, reason), Sids())
        found[outcome, reason] = Sids([*before.ranges, *ids.ranges])
    return [Unasked(outcome, reason, ids) for (outcome, reason), ids in found.items() if ids.ranges]


def _by_run(connection: Connection) -> Iterator[Unasked]:
    """What each run left without a visit, less what later runs have visited; the newest run first."""
    runs = schema.runs.c
    left = select(runs.id, runs.unasked).where(runs.unasked.is_not(None)).order_by(runs.id.desc())
    rows = [(run_id, text) for run_id, text in connection.execute(left)]
    visited = _visited_after(connection, rows[-1][0]) if rows else []
    since = named = Sids()
    for run_id, text in rows:
        later = []
        while visited and visited[-1].run_id > run_id:
            later.append(visited.pop().range)
        since = Sids([*since.ranges, *later])
        for outcome, reason, ranges in msgspec.json.decode(text, type=list[tuple[Outcome, str, list[str]]]):
            left_here = sids.parse(",".join(ranges)).without(since).without(named)
            named = Sids([*named.ranges, *left_here.ranges])
            yield Unasked(outcome, reason, left_here)


def _visited_after(connection: Connection, run_id: int) -> list[_VisitedRange]:
    """The ids whose last visit was in a later run, as ranges that the database finds; in ascending order of runs."""
    state = schema.sids.c
    number = func.row_number().over(partition_by=state.run_id, order_by=state.sid)
    # Ids that follow one another have the same difference between sid and row number.
    each = select(state.run_id, state.sid, (state.sid - number).label("island")).where(state.run_id > run_id).subquery()
    ranges = select(each.c.run_id, func.min(each.c.sid), func.max(each.c.sid)).group_by(each.c.run_id, each.c.island)
    rows = connection.execute(ranges.order_by(each.c.run_id))
    return [_VisitedRange(later, Range(first, last)) for later, first, last in rows]
