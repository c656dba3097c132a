"""Looks over a whole store for a report: its numbers and records, what became of ids, what edits changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, func, select

from solidot_spider.store import records, schema
from solidot_spider.store.records import ALL
from solidot_spider.store.status import Status
from solidot_spider.store.store import Store

WITHDRAWN = "withdrawn"
"""Stands beside the outcomes, for a story that the site has no more."""

RUNS = 30
"""So many of the last runs are told."""


class Block(NamedTuple):
    """The ids from ``first`` to ``last``, and how many of them have which last outcome or are withdrawn stories."""

    first: int
    last: int
    counts: dict[str, int]


class Gone(NamedTuple):
    """A story that the site has no more, and when that was first seen (UTC, ISO 8601)."""

    sid: int
    title: str
    at: str


class Edited(NamedTuple):
    """An edit: when it was seen (UTC, ISO 8601), and each changed field with its old and its new value."""

    sid: int
    title: str
    at: str
    fields: dict[str, tuple[Any, Any]]


class Overview:
    """A store as it is at the first query.

    Args:
        connection: a transaction that only reads.
        where: the store's name for a person.
    """

    def __init__(self, connection: Connection, where: str) -> None:
        self._connection = connection
        self._where = where

    @classmethod
    @contextmanager
    def of(cls, store: Store) -> Iterator[Overview]:
        """The overview of a store, inside a ``with`` block.

        Raises:
            StoreError: the store cannot be read.
        """
        with store.reading() as connection:
            yield cls(connection, store.where)

    def status(self) -> Status:
        """The store in numbers, with the last ``RUNS`` runs."""
        return Status.read(self._connection, self._where, RUNS)

    def records(self) -> Generator[bytes]:
        """The record of each story as JSON in UTF-8, by ascending sid."""
        return records.records(self._connection, ALL)

    def blocks(self, size: int) -> list[Block]:
        """What became of the ids between the lowest and the highest story, in blocks of so many ids, all of them."""
        span = records.span(self._connection, ALL)
        if span is None:
            return []
        counts = self._counts(size)
        return [
            Block(max(at * size, span.first), min(at * size + size - 1, span.last), dict(counts[at]))
            for at in range(span.first // size, span.last // size + 1)
        ]

    def _counts(self, size: int) -> dict[int, Counter[str]]:
        """The ids by block and by what became of them, of those between the lowest and the highest story."""
        sids, stories = schema.sids.c, schema.stories.c
        span = records.span(self._connection, ALL)
        assert span is not None
        block = (sids.sid // size).label("block")
        statement = (
            select(block, sids.outcome, func.count(), func.count(stories.sid), func.count(stories.withdrawn_at))
            .outerjoin(schema.stories, stories.sid == sids.sid)
            .where(sids.sid.between(*span))
            .group_by(block, sids.outcome)
        )
        found = defaultdict[int, Counter[str]](Counter)
        for at, outcome, ids, stored, withdrawn in self._connection.execute(statement):
            found[at][outcome] += ids - stored
            found[at]["stored"] += stored - withdrawn
            found[at][WITHDRAWN] += withdrawn
        return found

    def withdrawn(self, limit: int) -> list[Gone]:
        """The stories that the site has no more, the last ones first."""
        stories = schema.stories.c
        statement = (
            select(stories.sid, stories.record, stories.withdrawn_at)
            .where(stories.withdrawn_at.is_not(None))
            .order_by(stories.withdrawn_at.desc(), stories.sid.desc())
            .limit(limit)
        )
        return [Gone(sid, _title(record), at) for sid, record, at in self._connection.execute(statement)]

    def edit_count(self) -> int:
        """How many edits are kept."""
        return self._connection.execute(select(func.count()).select_from(schema.revisions)).scalar_one()

    def edits(self, limit: int) -> list[Edited]:
        """The last edits, newest first."""
        revisions, stories = schema.revisions.c, schema.stories.c
        newest = (
            select(revisions.sid, revisions.run_id)
            .order_by(revisions.at.desc(), revisions.sid.desc(), revisions.run_id.desc())
            .limit(limit)
        )
        wanted = [tuple(row) for row in self._connection.execute(newest)]
        statement = (
            select(revisions.sid, revisions.run_id, revisions.at, revisions.old, stories.record)
            .join(schema.stories, stories.sid == revisions.sid)
            .where(revisions.sid.in_({sid for sid, _ in wanted}))
            .order_by(revisions.sid, revisions.at.desc(), revisions.run_id.desc())
        )
        made: dict[tuple[int, int], Edited] = {}
        after: dict[str, Any] = {}
        for sid, run_id, at, old, record in self._connection.execute(statement):
            if after.get("sid") != sid:
                after = msgspec.json.decode(record)
            before: dict[str, Any] = msgspec.json.decode(old)
            fields = {name: (value, after.get(name)) for name, value in before.items()}
            made[sid, run_id] = Edited(sid, _title(record), at, fields)
            after = {**after, **before}
        return [made[key] for key in wanted if key in made]


class _Titled(msgspec.Struct):
    title: str


def _title(record: str) -> str:
    return msgspec.json.decode(record, type=_Titled).title
