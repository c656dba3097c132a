"""Finds gaps: the ids between the lowest and the highest stored sid that are neither a story nor ``missing``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from solidot_spider.base.outcome import SETTLED, Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store import schema
from solidot_spider.store.database import select_sids


def gap_sids(connection: Connection) -> Sids:
    """The gaps."""
    span = _span(connection)
    if span is None:
        return Sids()
    settled = (select_sids(connection, query) for query in _settled(span))
    return Sids([span]).without(Sids(each for sids in settled for each in sids.ranges))


def gap_count(connection: Connection) -> int:
    """How many gaps there are; the database counts them without giving the ids."""
    span = _span(connection)
    if span is None:
        return 0
    counts = (select(func.count()).select_from(query.subquery()) for query in _settled(span))
    return span.last - span.first + 1 - sum(connection.execute(count).scalar_one() for count in counts)


def _span(connection: Connection) -> Range | None:
    """The lowest and the highest stored sid."""
    sid = schema.stories.c.sid
    # For min and max in one select, SQLite would read the whole table.
    lowest, highest = (select(edge(sid)).scalar_subquery() for edge in (func.min, func.max))
    first, last = connection.execute(select(lowest, highest)).one()
    return None if first is None or last is None else Range(first, last)


def _settled(span: Range) -> tuple[Select[Any], Select[Any]]:
    """Two queries that together give each id of a span once that is a story or ``missing``.

    Each story has a row in ``sids``, since a commit writes both. The last outcome settles nearly all ids, and is in an
    index; the stories are searched for the others only: a story stays one, whatever its last outcome.
    """
    sids = schema.sids.c
    here = select(sids.sid).where(sids.sid.between(*span))
    others = [outcome for outcome in Outcome if outcome not in SETTLED]
    is_story = exists().where(schema.stories.c.sid == sids.sid)
    return here.where(sids.outcome.in_(sorted(SETTLED))), here.where(sids.outcome.in_(others), is_story)
