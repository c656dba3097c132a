"""Which of the ids given a run asks: what the store has settled is left out, by the policy of ``revisit``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import CompoundSelect, Connection, Select, and_, func, or_, select, union

from solidot_spider.base import clock, sids
from solidot_spider.base.outcome import GAPS, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import revisit
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.revisit import Age, State
from solidot_spider.store import schema
from solidot_spider.store.store import Store


@dataclass(frozen=True, slots=True)
class Choice:
    """The ids to ask, in ascending order, and how many of those given are left out.

    Attributes:
        sids: what is asked.
        settled_before: ids that are ``stored`` or ``missing`` and not due again.
        not_due: ids whose page could not be read, and that are asked again later.
    """

    sids: Sids
    settled_before: int = 0
    not_due: int = 0


def choose(given: Arguments, store: Store, now: datetime, *, asks_all: bool) -> Choice:
    """What a run asks.

    Args:
        given: its arguments.
        store: what is known.
        now: the time that the policy looks from.
        asks_all: whether settled ids are asked as well, as for a file that is to hold a whole answer.
    """
    if given.only:
        return only(store, given.only, given.sids)
    chosen = given.sids or Sids()
    return Choice(chosen) if asks_all or given.refresh or given.is_single else unsettled(store, chosen, now)


def unsettled(store: Store, given: Sids, now: datetime) -> Choice:
    """Of the ids given those that are due."""
    if not given.ranges:
        return Choice(given)
    first, last = given.ranges[0].first, given.ranges[-1].last
    columns = schema.sids.c
    here = columns.sid.between(first, last)
    with store.reading() as connection:
        newest = store.newest_story(connection)
        stored = ids(connection, select(columns.sid).where(here, columns.outcome == Outcome.STORED))
        others = select(schema.sids).where(here, columns.outcome.in_([Outcome.MISSING, Outcome.UNPARSED]))
        states = [State(*row) for row in connection.execute(others)]
    waiting = [state for state in states if not revisit.is_due(state, newest, now)]
    missing = Sids((state.sid, state.sid) for state in waiting if state.outcome == Outcome.MISSING)
    unread = Sids((state.sid, state.sid) for state in waiting if state.outcome == Outcome.UNPARSED)
    settled = Sids([*stored.ranges, *missing.ranges])
    return Choice(given.without(settled).without(unread), len(given.within(settled)), len(given.within(unread)))


def lowest_walked(store: Store) -> int | None:
    """Where the walk by sid begins: the lowest story stored by a run other than ``sid=``; None where there is none.

    What ``latest`` asked counts whatever became of it: where a store begins, the lowest ids may have failed.
    """
    visits, runs = schema.visits.c, schema.runs.c
    walked = (
        select(visits.sid)
        .join(schema.runs, runs.id == visits.run_id)
        .where(or_(and_(visits.outcome == Outcome.STORED, runs.is_single == 0), runs.spider == "latest"))
        .order_by(visits.sid)
        .limit(1)
    )
    with store.reading() as connection:
        return connection.execute(walked).scalar()


def changing(store: Store, now: datetime, policy: Sequence[Age]) -> Sids:
    """The stored stories that may have changed, and are due by the policy."""
    story, state = schema.stories.c, schema.sids.c
    since = (now - max(age.below for age in policy)).astimezone(clock.BEIJING).isoformat(timespec="seconds")
    young = (
        select(story.sid, story.published_at, state.at)
        .join(schema.sids, state.sid == story.sid)
        .where(story.published_at >= since, state.outcome == Outcome.STORED)
    )
    with store.reading() as connection:
        rows = connection.execute(young).all()
    return Sids((sid, sid) for sid, published, seen in rows if revisit.may_have_changed(published, seen, now, policy))


def only(store: Store, kind: str, given: Sids | None) -> Choice:
    """The ids of a kind (one of ``outcome.KINDS``), within those given, else all that the store knows of."""
    with store.reading() as connection:
        found = of_kind(connection, kind)
    return Choice(found if given is None else found.within(given))


def of_kind(connection: Connection, kind: str) -> Sids:
    """The ids of a kind: a gap is an id between the lowest and the highest stored that is not settled."""
    if kind == GAPS:
        return _gaps(connection)
    outcome = Outcome(kind.replace("-", " "))
    never = [left for ended, _, left in unasked(connection) if ended == outcome]
    return Sids(each for some in (heard(connection, outcome), *never) for each in some.ranges)


def heard(connection: Connection, outcome: Outcome) -> Sids:
    """The ids whose last visit ended so."""
    return ids(connection, select(schema.sids.c.sid).where(schema.sids.c.outcome == outcome))


def _gaps(connection: Connection) -> Sids:
    story, state = schema.stories.c, schema.sids.c
    first, last = connection.execute(select(func.min(story.sid), func.max(story.sid))).one()
    if first is None:
        return Sids()
    missing = select(state.sid).where(state.outcome == Outcome.MISSING, state.sid.between(first, last))
    settled = ids(connection, union(select(story.sid), missing).order_by("sid"))
    return Sids([(first, last)]).without(settled)


def unasked(connection: Connection) -> list[tuple[Outcome, str, Sids]]:
    """Ids that a run gave an outcome without asking them one by one, less those that a later run has visited."""
    runs = schema.runs.c
    ended = select(runs.id, runs.unasked).where(runs.unasked.is_not(None)).order_by(runs.id.desc())
    rows = connection.execute(ended).all()
    visited = _visited_since(connection, rows[-1].id) if rows else []
    found, since = [], Sids()
    for run_id, given in rows:
        later = []
        while visited and visited[-1][0] > run_id:
            later.append(visited.pop()[1:])
        since = Sids([*since.ranges, *later])
        for outcome, reason, ranges in msgspec.json.decode(given):
            found.append((Outcome(outcome), reason, sids.parse(",".join(ranges)).without(since)))
    return found


def _visited_since(connection: Connection, run_id: int) -> list[tuple[int, int, int]]:
    """Of the ids that later runs were the last to visit: run, first and last, by run; the database finds the ranges."""
    state = schema.sids.c
    number = func.row_number().over(partition_by=state.run_id, order_by=state.sid)
    each = select(state.run_id, state.sid, (state.sid - number).label("island")).where(state.run_id > run_id).subquery()
    ranges = select(each.c.run_id, func.min(each.c.sid), func.max(each.c.sid)).group_by(each.c.run_id, each.c.island)
    return [(row[0], row[1], row[2]) for row in connection.execute(ranges.order_by(each.c.run_id))]


def ids(connection: Connection, statement: Select[Any] | CompoundSelect[Any]) -> Sids:
    """The ids that a query gives; a hundred thousand of them are never in memory, only their ranges."""
    ordered = statement if isinstance(statement, CompoundSelect) else statement.order_by("sid")
    rows = connection.execution_options(yield_per=5000).execute(ordered)
    return Sids(_ranges(row[0] for row in rows))


def _ranges(ascending: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for sid in ascending:
        if first and sid == last + 1:
            last = sid
            continue
        if first:
            yield first, last
        first = last = sid
    if first:
        yield first, last
