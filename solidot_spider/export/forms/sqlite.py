"""Writes stories as a database of plain tables in SQLite, with views and a full-text search for Chinese.

It is made for readers such as Datasette and sqlite-utils; the store's own tables are not for them.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Any

import msgspec

from solidot_spider.export.forms import columns
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.forms.search_words import search_words
from solidot_spider.export.forms.table import Table

LISTS = {
    "topics": "topics",
    "source_links": "links",
    "source_labels": "labels",
    "related_sids": "related",
    "images": "images",
    "comments": "comments",
}
"""The table of each list of a record; ``sid`` and ``position``, from 1 on, are its key."""

ELEMENTS = {"source_labels": "label", "related_sids": "related_sid"}
"""The column of lists whose elements are plain values."""

SEARCHED = ("title", "body")
STORIES_AT_ONCE = 200

BY_DAY, BY_HOST = "stories_by_day", "links_by_host"

_TYPES = {Kind.INTEGER: "INTEGER", Kind.TEXT: "TEXT", Kind.TIME: "TEXT"}
_INDEXED = {"tid", "host", "related_sid", "published_at"}
_VIEWS = {
    BY_DAY: (
        "published_at",
        "SELECT substr(published_at, 1, 10) AS day, count(*) AS stories FROM stories GROUP BY 1",
    ),
    BY_HOST: (
        "source_links",
        "SELECT host, count(*) AS links, count(DISTINCT sid) AS stories FROM links GROUP BY 1",
    ),
}
_PRAGMAS = ("page_size=4096", "cache_size=-16384", "journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def write(table: Table, file: IO[bytes], beside: Path) -> None:
    """Write the stories, whole records, into a database.

    Args:
        table: the stories.
        file: the file.
        beside: a directory with room for the database.

    Raises:
        OSError: the database cannot be written.
    """
    with TemporaryDirectory(prefix="sqlite.", dir=beside) as scratch:
        made = Path(scratch, "stories.db")
        try:
            with closing(sqlite3.connect(made, isolation_level=None)) as database:
                _fill(database, table)
        except sqlite3.Error as error:
            raise OSError(errno.EIO, f"SQLite: {error}") from error
        with made.open("rb") as done:
            copyfileobj(done, file, 1 << 20)


def views(of: Iterable[Column]) -> dict[str, str]:
    """The views of a database whose stories have these columns, and their queries."""
    names = {each.name for each in of}
    return {name: query for name, (needs, query) in _VIEWS.items() if needs in names}


def element(column: Column) -> tuple[Column, ...]:
    """The columns of a list's table, behind its key."""
    (element,) = column.inner
    return element.inner or (Column(ELEMENTS[column.name], element.kind, element.nullable),)


def _fill(database: sqlite3.Connection, table: Table) -> None:
    for pragma in _PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    database.execute("BEGIN")
    plain = tuple(each for each in table.columns if each.kind is not Kind.LIST)
    lists = tuple(each for each in table.columns if each.kind is Kind.LIST)
    searched = tuple(each.name for each in plain if each.name in SEARCHED)
    for statement in _declared(plain, lists, searched):
        database.execute(statement)
    marks = ", ".join("?" * (1 + len(searched)))
    insert_words = f"INSERT INTO stories_fts ({', '.join(('rowid', *searched))}) VALUES ({marks})"  # noqa: S608
    rows = iter(table.rows)
    while stories := [_decode(row) for row in islice(rows, STORIES_AT_ONCE)]:
        _insert(database, "stories", (columns.flat_values(plain, each) for each in stories))
        for each in lists:
            _insert(database, LISTS[each.name], _list_rows(each, stories))
        if searched:
            words = ([each["sid"], *(search_words(each[name]) for name in searched)] for each in stories)
            database.executemany(insert_words, words)
    for other in table.beside:
        _add(database, other)
    database.execute("COMMIT")


def _add(database: sqlite3.Connection, table: Table) -> None:
    """Add a table of plain values that belong to stories."""
    keys = "FOREIGN KEY (sid) REFERENCES stories (sid)"
    database.execute(f"CREATE TABLE {table.name} ({_columns(table.columns)}, {keys})")
    database.execute(f"CREATE INDEX {table.name}_sid ON {table.name} (sid)")
    _insert(database, table.name, (columns.flat_values(table.columns, _decode(row)) for row in table.rows))


def _declared(plain: tuple[Column, ...], lists: tuple[Column, ...], searched: tuple[str, ...]) -> Iterator[str]:
    yield f"CREATE TABLE stories ({_columns(columns.flat(plain), 'sid')})"
    yield from _indexes("stories", plain)
    for each in lists:
        key = "sid INTEGER NOT NULL REFERENCES stories (sid), position INTEGER NOT NULL"
        yield f"CREATE TABLE {LISTS[each.name]} ({key}, {_columns(element(each))}, PRIMARY KEY (sid, position))"
        yield from _indexes(LISTS[each.name], element(each))
    if searched:
        words = ", ".join(searched)
        yield f"CREATE VIRTUAL TABLE stories_fts USING fts5({words}, content=\"stories\", content_rowid='sid')"
    for name, query in views((*plain, *lists)).items():
        yield f"CREATE VIEW {name} AS {query}"


def _indexes(name: str, of: Iterable[Column]) -> Iterator[str]:
    for each in of:
        if each.name in _INDEXED:
            yield f"CREATE INDEX {name}_{each.name} ON {name} ({each.name})"


def _columns(of: Iterable[Column], key: str = "") -> str:
    return ", ".join(
        f'"{each.name}" {_TYPES[each.kind]}'
        + (" PRIMARY KEY" if each.name == key else "" if each.nullable else " NOT NULL")
        for each in of
    )


def _list_rows(column: Column, stories: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    names = [each.name for each in column.inner[0].inner]
    for story in stories:
        for position, value in enumerate(story[column.name], 1):
            yield [story["sid"], position, *([value[name] for name in names] if names else [value])]


def _insert(database: sqlite3.Connection, name: str, rows: Iterable[list[Any]]) -> None:
    made = iter(rows)
    first = next(made, None)
    if first is not None:
        statement = f"INSERT INTO {name} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 - names of our own
        database.execute(statement, first)
        database.executemany(statement, made)
