"""Reads single stories with all that the store knows of them: record, visits, edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from solidot_spider.base.sids import Sids
from solidot_spider.store import records, schema
from solidot_spider.store.records import Choice
from solidot_spider.store.store import Store

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Edit(NamedTuple):
    """An edit of a story.

    Attributes:
        seen_at: when it was first seen; UTC, ISO 8601.
        run: the name of the run that saw it.
        old: the values of the fields that it changed, as they were before.
    """

    seen_at: str
    run: str
    old: dict[str, Any]


class KeptStory(NamedTuple):
    """A story of the store.

    Attributes:
        record: the record.
        line: the record as JSON, as an export has it.
        first_seen: when it was stored first; UTC, ISO 8601.
        last_seen: when it was fetched last.
        edits: its edits, newest first.
    """

    record: dict[str, Any]
    line: str
    first_seen: str
    last_seen: str
    edits: list[Edit]


class LastHeard(NamedTuple):
    """What was last heard of an id: outcome, reason, and when (UTC, ISO 8601)."""

    outcome: str
    reason: str
    at: str


def kept(store: Store, sids: Sids, *, newest_first: bool = False) -> Iterator[KeptStory]:
    """The stories among some ids, ascending or descending.

    Raises:
        StoreError: the store cannot be read.
    """
    stories = schema.stories.c
    columns = select(stories.sid, stories.record, stories.first_seen, stories.last_seen)
    with store.reading() as connection:
        order, parts = stories.sid.asc(), list(records.chosen(columns, Choice(sids)))
        if newest_first:
            order, parts = stories.sid.desc(), parts[::-1]
        for statement in parts:
            ordered = statement.order_by(order)
            for row in connection.execute(ordered, execution_options={"yield_per": records.RECORDS_AT_ONCE}):
                yield KeptStory(
                    _decode(row.record), row.record, row.first_seen, row.last_seen, _edits(connection, row.sid)
                )


def newest(store: Store, limit: int) -> Sids:
    """The newest stories.

    Raises:
        StoreError: the store cannot be read.
    """
    sid = schema.stories.c.sid
    with store.reading() as connection:
        return Sids.of(sorted(connection.execute(select(sid).order_by(sid.desc()).limit(limit)).scalars()))


def last_heard(store: Store, sid: int) -> LastHeard | None:
    """What was last heard of an id; None if it was never asked.

    Raises:
        StoreError: the store cannot be read.
    """
    sids = schema.sids.c
    with store.reading() as connection:
        row = connection.execute(select(sids.outcome, sids.reason, sids.at).where(sids.sid == sid)).first()
    return LastHeard(*row) if row else None


def _edits(connection: Connection, sid: int) -> list[Edit]:
    revisions, runs = schema.revisions.c, schema.runs.c
    statement = (
        select(revisions.at, runs.name, revisions.old)
        .join(schema.runs, runs.id == revisions.run_id)
        .where(revisions.sid == sid)
        .order_by(revisions.at.desc(), revisions.run_id.desc())
    )
    return [Edit(at, name, _decode(old)) for at, name, old in connection.execute(statement)]
