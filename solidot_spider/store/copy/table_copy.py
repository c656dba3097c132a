"""Copies the rows of one table: those that are there already are compared, and stay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, and_, bindparam, delete, or_
from sqlalchemy.sql.dml import Insert

from solidot_spider.store import database, schema
from solidot_spider.store.copy.chunks import Row, chunks
from solidot_spider.store.copy.rows import Digest, Rows, Sum, stored_type
from solidot_spider.store.errors import database_errors

DROPPED_AT_ONCE = 100
"""Rows that a statement drops: each key is a condition of it."""

TABLES = [table for table in schema.metadata.sorted_tables if table is not schema.schema]
"""Those that are copied, each after those that it refers to."""

_REFERRED_TO = {key.column.table for table in TABLES for key in table.foreign_keys}

Passed = Callable[[int], object]
"""Called again and again with a number of rows that were compared or read again; may end the copy by an exception."""

Writing = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction of the target, or goes on with the one that is open."""


class Copied(NamedTuple):
    """What was done to a table: its rows now, and how many of them were written and dropped."""

    table: str
    digest: Digest
    written: int
    dropped: int


class TableCopy:
    """A table on its way into another store.

    Args:
        table: the table.
        reading: a transaction of the source.
        writing: opens those of the target.
        where: the target's name for a person.
    """

    def __init__(self, table: Table, reading: Connection, writing: Writing, where: str) -> None:
        self._table = table
        self._reading = reading
        self._writing = writing
        self._where = f"{where}, table {table.name}"
        self._summed = Sum()
        self._written = self._dropped = 0
        self._late: list[Row] = []

    def bring(self, passed: Passed) -> None:
        """Let the target have the source's rows."""
        source = Rows(self._table, self._reading.dialect.name)
        last = None
        with closing(source.read(self._reading)) as groups:
            for rows in chunks(groups):
                self._summed.add(rows)
                upto = source.group(rows[-1])
                self._bring(rows, last, upto, passed)
                passed(len(rows))
                last = upto
        self._bring([], last, None, passed)

    def drop_late(self) -> None:
        """Drop what rows of other tables referred to, once those are dropped."""
        if self._late:
            with self._writing() as connection:
                self._drop(connection, self._late)

    @property
    def copied(self) -> Copied:
        """What was done."""
        return Copied(self._table.name, self._summed.digest, self._written, self._dropped)

    def _bring(self, rows: list[Row], after: Any, upto: Any, passed: Passed) -> None:
        """Let the target have these rows, and no other ones, between two groups."""
        while True:
            passed(0)
            with self._writing() as connection:
                target = Rows(self._table, connection.dialect.name)
                there = target.part(connection, after, upto)  # it may have many rows that the source has not
                reached = target.group(there[-1]) if there else upto
                part = rows if reached == upto else [row for row in rows if target.group(row) <= reached]
                before = {target.key(row): row for row in there}
                new = [row for row in part if before.pop(target.key(row), None) != row]
                self._remove(connection, list(before))
                self._write(connection, new)
            if reached == upto:
                return
            rows, after = rows[len(part) :], reached

    def _write(self, connection: Connection, rows: list[Row]) -> None:
        if rows:
            names = [f"new_{column.name}" for column in self._table.columns]
            with database_errors(self._where):
                statement = _upsert(connection.dialect.name, self._table)
                connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
        self._written += len(rows)

    def _remove(self, connection: Connection, keys: list[Row]) -> None:
        if self._table in _REFERRED_TO:
            self._late += keys
        else:
            self._drop(connection, keys)

    def _drop(self, connection: Connection, keys: list[Row]) -> None:
        columns = list(self._table.primary_key)
        for at in range(0, len(keys), DROPPED_AT_ONCE):
            some = keys[at : at + DROPPED_AT_ONCE]
            same = [and_(*(column == value for column, value in zip(columns, key, strict=True))) for key in some]
            with database_errors(self._where):
                connection.execute(delete(self._table).where(or_(*same)))
        self._dropped += len(keys)


def _upsert(dialect: str, table: Table) -> Insert:
    """An upsert that writes values as they are stored."""
    values = {column.name: bindparam(f"new_{column.name}", type_=stored_type(column)) for column in table.columns}
    return database.upsert(dialect, table).values(values)
