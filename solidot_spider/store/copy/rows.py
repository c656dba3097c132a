"""Reads a table's rows as they are, in an order that all databases share, and sums them up in a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import closing
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    Text,
    TypeDecorator,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from solidot_spider.store.copy.chunks import ROWS, Row, chunks

BUFFERED, BUFFERED_PAGES = 100, 20
"""Rows of a table that a driver has in memory at once; those of pages and dictionaries may be large."""

_encode = msgspec.msgpack.Encoder().encode


class Digest(NamedTuple):
    """How many rows a table has, and a hash of all of them."""

    rows: int
    sha256: str


class Rows:
    """The rows of a table.

    Ordered by the first column of the key, text by its bytes; what shares that one is ordered here, since databases
    differ in how they order text. Values are those that are stored, whatever a program makes of them.

    Args:
        table: the table.
        dialect: the database's kind.
    """

    def __init__(self, table: Table, dialect: str) -> None:
        self.table = table
        names = [column.name for column in table.columns]
        self._key = [names.index(column.name) for column in table.primary_key]
        is_large = any(isinstance(column.type, LargeBinary) for column in table.columns)
        self._buffered = BUFFERED_PAGES if is_large else BUFFERED
        first = next(iter(table.primary_key))
        self.first: ColumnElement[Any] = type_coerce(first, stored_type(first))
        if dialect == "postgresql" and isinstance(stored_type(first), Text):
            self.first = self.first.collate("C")

    def key(self, row: Row) -> Row:
        """A row's key."""
        return tuple(row[at] for at in self._key)

    def group(self, row: Row) -> Any:
        """The first column of a row's key."""
        return row[self._key[0]]

    def read(self, connection: Connection, after: Any = None, upto: Any = None) -> Generator[list[Row]]:
        """The rows that share the first column of their key, group after group.

        Args:
            connection: a transaction.
            after: only groups after this one; None for all.
            upto: only groups up to this one; None for all.
        """
        columns = [type_coerce(column, stored_type(column)).label(column.name) for column in self.table.columns]
        statement = self._between(select(*columns), after, upto)
        with connection.execute(statement, execution_options={"yield_per": self._buffered}) as found:
            for _, rows in groupby((tuple(row) for row in found), self.group):
                yield sorted(rows, key=self.key)

    def part(self, connection: Connection, after: Any, upto: Any) -> list[Row]:
        """The first rows that ``read`` would give, as many as a chunk has; none are read beyond."""
        # Without an end PostgreSQL may sort all rows that are left, for each part of them anew.
        end = self._between(select(self.first), after, upto).offset(ROWS).limit(1)
        last = connection.execute(end).scalar()
        with closing(self.read(connection, after, upto if last is None else last)) as groups:
            return next(chunks(groups), [])

    def _between(self, statement: Select[Any], after: Any, upto: Any) -> Select[Any]:
        if after is not None:
            statement = statement.where(self.first > after)
        if upto is not None:
            statement = statement.where(self.first <= upto)
        return statement.order_by(self.first)

    def count(self, connection: Connection) -> int:
        """How many there are."""
        return connection.execute(select(func.count()).select_from(self.table)).scalar_one()

    def digest(self, connection: Connection, passed: Callable[[int], object] = lambda _: None) -> Digest:
        """The digest of all rows.

        Args:
            connection: a transaction that only reads.
            passed: called with the number of rows after each chunk.
        """
        summed = Sum()
        with closing(self.read(connection)) as groups:
            for rows in chunks(groups):
                summed.add(rows)
                passed(len(rows))
        return summed.digest


class Sum:
    """Sums up groups of rows, in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._rows = 0

    def add(self, rows: list[Row]) -> None:
        """Add rows."""
        self._rows += len(rows)
        for row in rows:
            self._hash.update(_encode(row))

    @property
    def digest(self) -> Digest:
        """Of what was added so far."""
        return Digest(self._rows, self._hash.hexdigest())


def stored_type(column: Column[Any]) -> TypeEngine[Any]:
    """The type of what is stored in a column, which a program's own type may read and write as something else."""
    kind: TypeEngine[Any] = column.type
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind
