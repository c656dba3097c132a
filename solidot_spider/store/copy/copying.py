"""Copies a store into another one, table by table, and compares both at the end.

A first copy is written in many transactions, is no whole store until its end, and goes on after a kill. One that was
whole before is brought up to date in a single transaction, and is whole at every moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import Connection, func, select, text

from solidot_spider.store import migrations, schema
from solidot_spider.store.copy import target as targets
from solidot_spider.store.copy.rows import Rows
from solidot_spider.store.copy.table_copy import TABLES, Copied, Passed, TableCopy
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store


def copy(source: Store, target: Store, passed: Passed = lambda _: None) -> list[Copied]:
    """Make a store a copy of another one; what was done to each table. The locks of both are held.

    Args:
        source: the store, read as it is at one moment.
        target: an empty store, or an earlier copy, whole or not.
        passed: called with the number of rows after each step.

    Raises:
        CopyError: the target is no earlier copy of this store.
        StoreError: one of both cannot be read or written, or the copy is not the same at its end.
    """
    with source.reading() as reading:
        with target.writing() as connection:
            targets.check(reading, connection, (source.where, target.where))
            is_whole = migrations.is_whole(connection) and _has_runs(connection)
            if not is_whole:
                migrations.mark(connection, is_whole=False)
        with target.writing() if is_whole else nullcontext() as shared:

            @contextmanager
            def writing() -> Iterator[Connection]:
                if shared is not None:
                    yield shared
                else:
                    with target.writing() as own:
                        yield own

            tables = [TableCopy(table, reading, writing, target.where) for table in TABLES]
            for each in tables:
                each.bring(passed)
            for each in reversed(tables):
                each.drop_late()
            done = [each.copied for each in tables]
            with writing() as connection:
                _check(connection, done, target.where, passed)
                _set_next_run(connection)
                migrations.mark(connection, is_whole=True)
    return done


def row_count(source: Store) -> int:
    """How many rows a copy passes, reading them again included."""
    with source.reading() as connection:
        return 2 * sum(Rows(table, connection.dialect.name).count(connection) for table in TABLES)


def _check(connection: Connection, done: list[Copied], where: str, passed: Passed) -> None:
    """Read the whole copy again.

    Raises:
        StoreError: a table is not what the source has.
    """
    for table, copied in zip(TABLES, done, strict=True):
        found = Rows(table, connection.dialect.name).digest(connection, passed)
        if found != copied.digest:
            raise StoreError(
                f"{where}: its table {table.name} has {found.rows:,} rows and not the {copied.digest.rows:,} of the "
                "source, or other ones; run it again, and see whether somebody else writes there"
            )


def _set_next_run(connection: Connection) -> None:
    """Let the next run in PostgreSQL have a number that is free; SQLite takes the next one by itself."""
    if connection.dialect.name == "postgresql":
        last = select(func.coalesce(func.max(schema.runs.c.id), 0) + 1)
        free = connection.execute(last).scalar_one()
        connection.execute(text("SELECT setval(pg_get_serial_sequence('runs', 'id'), :free, false)"), {"free": free})


def _has_runs(connection: Connection) -> bool:
    return connection.execute(select(schema.runs.c.id).limit(1)).first() is not None
