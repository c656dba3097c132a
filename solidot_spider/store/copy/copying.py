"""Copies the rows of a store into another one, chunk by chunk; what is there already is compared, and stays.

A first copy is written in many transactions, is no whole store until its end, and goes on after a kill. One that was
whole before is brought up to date in a single transaction, and is whole at every moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, text

from solidot_spider.store import database, migrations, schema
from solidot_spider.store.copy import target as targets
from solidot_spider.store.copy.rows import Digest, Row, Rows, Sum
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store

AT_ONCE = 500
"""Rows that a chunk has at least, if there are so many."""

TABLES = [table for table in schema.metadata.sorted_tables if table is not schema.schema]
"""Those that are copied, each after those that it refers to."""


class Copied(NamedTuple):
    """What was done to a table: its rows now, and how many of them were written and dropped."""

    table: str
    digest: Digest
    written: int
    dropped: int


Passed = Callable[[int], object]
"""Called with a number of rows that were compared or read again."""


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

            done = [_Table(table, reading, writing).copied(passed) for table in TABLES]
            with writing() as connection:
                _check(connection, done, target.where, passed)
                _set_next_run(connection)
                migrations.mark(connection, is_whole=True)
    return done


def row_count(source: Store) -> int:
    """How many rows a copy passes, reading them again included."""
    with source.reading() as connection:
        return 2 * sum(Rows(table, connection.dialect.name).count(connection) for table in TABLES)


class _Table:
    """Copies one table."""

    def __init__(self, table: Table, reading: Connection, writing: Callable[[], Any]) -> None:
        self._table = table
        self._reading = reading
        self._writing = writing
        self._source = Rows(table, reading.dialect.name)
        self._written = self._dropped = 0

    def copied(self, passed: Passed) -> Copied:
        """Copy it."""
        summed, last = Sum(), None
        for rows in _chunks(self._source.read(self._reading), summed):
            upto = self._source.group(rows[-1])
            self._bring(rows, last, upto)
            passed(len(rows))
            last = upto
        self._bring([], last, None)
        return Copied(self._table.name, summed.digest, self._written, self._dropped)

    def _bring(self, rows: list[Row], after: Any, upto: Any) -> None:
        """Let the target have these rows, and no other ones, between two groups."""
        with self._writing() as connection:
            target = Rows(self._table, connection.dialect.name)
            before = {target.key(row): row for group in target.read(connection, after, upto) for row in group}
            new = [row for row in rows if before.pop(target.key(row), None) != row]
            self._drop(connection, list(before))
            if new:
                names = [column.name for column in self._table.columns]
                statement = database.upsert(connection.dialect.name, self._table)
                connection.execute(statement, [dict(zip(names, row, strict=True)) for row in new])
        self._written += len(new)

    def _drop(self, connection: Connection, keys: list[Row]) -> None:
        columns = list(self._table.primary_key)
        for at in range(0, len(keys), AT_ONCE // 5):
            some = keys[at : at + AT_ONCE // 5]
            same = [and_(*(column == value for column, value in zip(columns, key, strict=True))) for key in some]
            connection.execute(delete(self._table).where(or_(*same)))
        self._dropped += len(keys)


def _chunks(groups: Iterator[list[Row]], summed: Sum) -> Iterator[list[Row]]:
    """Groups joined to chunks that are worth a transaction."""
    chunk: list[Row] = []
    for rows in groups:
        summed.add(rows)
        chunk += rows
        if len(chunk) >= AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


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
