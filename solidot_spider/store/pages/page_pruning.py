"""Drops old pages, and gives their room back to the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select

from solidot_spider.store import database, schema, sqlite_address
from solidot_spider.store.errors import database_errors
from solidot_spider.store.rows import UnprovenRow
from solidot_spider.store.store import Store

AT_ONCE = 500
"""Pages that one transaction drops."""


class Old(NamedTuple):
    """A page that may be dropped."""

    sid: int
    content_hash: str
    size: int


def old_pages(connection: Connection, before: str | None, keep: int) -> list[Old]:
    """Pages that are neither the newest of their id, nor that of its record, nor of one that is kept aside.

    Args:
        connection: a transaction.
        before: only those fetched before this time, UTC, ISO 8601; None for any.
        keep: so many of the newest ones of each id are none of them.
    """
    pages, stories = schema.pages.c, schema.stories.c
    number = func.row_number().over(
        partition_by=pages.sid, order_by=(pages.fetched_at.desc(), pages.content_hash.desc())
    )
    ranked = select(pages.sid, pages.content_hash, pages.fetched_at, func.length(pages.body).label("size"))
    each = ranked.add_columns(number.label("number")).subquery()
    statement = (
        select(each.c.sid, each.c.content_hash, each.c.size)
        .outerjoin(schema.stories, stories.sid == each.c.sid)
        .where(each.c.number > max(1, keep), each.c.content_hash != func.coalesce(stories.content_hash, "-"))
        .order_by(each.c.sid, each.c.content_hash)
    )
    if before is not None:
        statement = statement.where(each.c.fetched_at < before)
    aside = set(_kept_aside(connection))
    return [Old(*row) for row in connection.execute(statement) if (row.sid, row.content_hash) not in aside]


def _kept_aside(connection: Connection) -> Iterator[tuple[int, str]]:
    for row in connection.execute(select(schema.unproven)):
        unproven = UnprovenRow(*row)
        if unproven.story is not None:
            yield unproven.sid, unproven.moved_page or unproven.story.content_hash


def drop(store: Store, found: Sequence[Old]) -> None:
    """Drop pages; a kill in between leaves the rest.

    Raises:
        StoreError: the store cannot be written.
    """
    pages = schema.pages.c
    statement = delete(schema.pages).where(pages.sid == bindparam("of"), pages.content_hash == bindparam("hash"))
    for first in range(0, len(found), AT_ONCE):
        keys = [{"of": each.sid, "hash": each.content_hash} for each in found[first : first + AT_ONCE]]
        with store.writing() as connection:
            connection.execute(statement, keys)


def give_room_back(store: Store) -> None:
    """Give what was deleted from an SQLite file back to the disk; PostgreSQL does that by itself.

    Raises:
        StoreError: another program reads or writes it, or the disk has no room for a second file.
    """
    with store.reading() as connection:
        if connection.dialect.name != "sqlite":
            return
    address = sqlite_address.writing(Path(store.where))
    with (
        database_errors(store.where),
        closing(sqlite3.connect(address, uri=True, timeout=database.BUSY, isolation_level=None)) as connection,
    ):
        connection.execute("VACUUM")
