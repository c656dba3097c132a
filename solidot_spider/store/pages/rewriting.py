"""Writes what reading kept pages again has changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, bindparam, delete, update

from solidot_spider.base.outcome import TROUBLE
from solidot_spider.store import database, schema
from solidot_spider.store.history import REPARSE
from solidot_spider.store.pages.kept import kept
from solidot_spider.store.pages.rereading import Rewrite
from solidot_spider.store.rows import PageRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.state import SidState
from solidot_spider.store.store import Store


def write(store: Store, rewrites: Sequence[Rewrite]) -> list[int]:
    """Write in one transaction what changes; the ids that somebody else wrote meanwhile, which stay as they are.

    Raises:
        StoreError: the store cannot be written; nothing of it was.
        LostLockError: another run may hold the store.
    """
    sids = [each.sid for each in rewrites]
    with store.writing() as connection:
        database.lock_sids(connection, sids)
        stamps = {each.sid: each.stamp for each in kept(connection, sids)}
        _write(connection, [each for each in rewrites if stamps.get(each.sid) == each.stamp])
    return [each.sid for each in rewrites if stamps.get(each.sid) != each.stamp]


def _write(connection: Connection, rewrites: Sequence[Rewrite]) -> None:
    pages = schema.pages.c
    dropped = [{"of": each.sid, "hash": content} for each in rewrites for content in each.dropped]
    if dropped:
        drop = delete(schema.pages).where(pages.sid == bindparam("of"), pages.content_hash == bindparam("hash"))
        connection.execute(drop, dropped)
    _upsert(connection, schema.pages, [page for each in rewrites for page in each.pages])
    _upsert(connection, schema.stories, [each.story for each in rewrites if each.story is not None])
    _upsert(connection, schema.sids, [each.state for each in rewrites if each.state is not None])
    _upsert(connection, schema.visits, [visit for each in rewrites for visit in each.visits])
    _upsert(connection, schema.unproven, [each.unproven for each in rewrites if each.unproven is not None])


def _upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[PageRow | StoryRow | SidState | VisitRow | UnprovenRow],
) -> None:
    if rows:
        connection.execute(database.upsert(connection.dialect.name, table), [row._asdict() for row in rows])


def close_killed(store: Store, at: str) -> None:
    """Write an end for each earlier reparse that was killed, and so has none; to call while holding the store's lock.

    Args:
        store: the store.
        at: the time, UTC, ISO 8601.

    Raises:
        StoreError: the store cannot be written.
    """
    runs = schema.runs.c
    is_killed = (runs.spider == REPARSE) & runs.ended_at.is_(None)
    values = {"ended_at": at, "exit_status": TROUBLE, "verdict": "killed"}
    with store.writing() as connection:
        connection.execute(update(schema.runs).where(is_killed).values(values))
