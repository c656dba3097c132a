"""Finds gaps: the ids between the lowest and the highest stored sid that are neither a story nor ``missing``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select

from solidot_spider.base.outcome import SETTLED
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store import schema
from solidot_spider.store.database import select_sids


def gap_sids(connection: Connection) -> Sids:
    """The gaps."""
    span = _span(connection)
    return Sids([span]).without(select_sids(connection, _settled(span))) if span else Sids()


def gap_count(connection: Connection) -> int:
    """How many gaps there are; counted by the database, without the ids."""
    span = _span(connection)
    if span is None:
        return 0
    settled = connection.execute(select(func.count()).select_from(_settled(span).subquery())).scalar_one()
    return span.last - span.first + 1 - settled


def _span(connection: Connection) -> Range | None:
    """The lowest and the highest stored sid."""
    sid = schema.stories.c.sid
    first, last = connection.execute(select(func.min(sid), func.max(sid))).one()
    return None if first is None or last is None else Range(first, last)


def _settled(span: Range) -> Select[Any]:
    """The ids of a span that are a story or ``missing``; a story stays one, whatever its last outcome."""
    sids = schema.sids.c
    # The outcome is in the index and nearly always decides; the stories are searched for the other ids only.
    outcome_settles = sids.outcome.in_(sorted(SETTLED))
    is_story = exists().where(schema.stories.c.sid == sids.sid)
    return select(sids.sid).where(sids.sid.between(*span), or_(outcome_settles, is_story))
