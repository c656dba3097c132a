"""Stores in databases of either kind, copied by the command, and what is in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.store import politeness, schema
from solidot_spider.store.copy import copying
from solidot_spider.store.copy import target as targets
from solidot_spider.store.copy.table_copy import TABLES, Copied, Passed
from solidot_spider.store.listings import list_day
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.crawling import Crawl, finish, solidot, start, until
from tests.stores import heard, run, small, stored

NOWHERE = "http://127.0.0.1:9"
SITE = "https://www.solidot.org"
KINDS = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=needs_postgres)])
BOTH_WAYS = pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("sqlite", "sqlite"),
        pytest.param("sqlite", "postgres", marks=needs_postgres),
        pytest.param("postgres", "sqlite", marks=needs_postgres),
        pytest.param("postgres", "postgres", marks=needs_postgres),
    ],
)


class Place(NamedTuple):
    """Where a store is: as the options of a run name it, and as ``--to`` does."""

    data: Path
    env: dict[str, str]
    address: str

    @property
    def options(self) -> Options:
        return Options(data_dir=self.data, database_url=self.env.get("SOLIDOT_DATABASE_URL", ""))

    @property
    def engine(self) -> Engine:
        """Its database, not as a store."""
        url = self.options.database_url
        address = make_url(url).set(drivername="postgresql+psycopg") if url else f"sqlite:///{self.data}/solidot.db"
        return create_engine(address, poolclass=NullPool)


def belongs(connection: Connection, url: str) -> None:
    """Let a store belong to a site."""
    connection.execute(insert(schema.sites), {"url": url, "is_mirror": 0})


def fill(place: Place, last: int = 184) -> None:
    """A store with a row in each table, and stories up to a sid."""
    with Store.opened(place.options, create=True) as store:
        with store.writing() as connection:
            belongs(connection, SITE)
            politeness.take(connection, SITE, 1.5)
        run(store, *(small(store, sid) for sid in range(5, last, 3)), heard(6, Outcome.MISSING))
        packed = small(store, 5, title="二")  # with a dictionary
        newest = run(store, packed, heard(9001, Outcome.UNPARSED, "no-title"), heard(9002, Outcome.FAILED, "503"))
        store.write([stored(8, title="三"), stored(9)], newest, keeps_aside=True)
        list_day(store, "2025-11-07", [5, 8, 9], newest)


def copied(source: Place, target: Place) -> Crawl:
    return solidot(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)


def copied_here(source: Place, target: Place, passed: Passed = lambda _: None) -> list[Copied]:
    """Copy a store in this process."""
    with (
        Store.opened(source.options) as store,
        targets.opened(target.address, source.options) as made,
        targets.held(store, made, "copy-1"),
    ):
        return copying.copy(store, made, passed)


def is_copied(source: Place, target: Place) -> dict[str, tuple[int, int, int]]:
    """Copy a store, and see that it is the same; how many rows each table has, were written and dropped."""
    told = copied(source, target)
    assert told.status == 0, told.err
    assert told.err.endswith("read again: each table has the rows of the source\n")
    assert rows(target) == rows(source)
    found = re.findall(r"^  (\w+) +([\d,]+) rows, ([\d,]+) written, ([\d,]+) dropped", told.err, re.MULTILINE)
    assert [name for name, *_ in found] == [table.name for table in TABLES]
    return {name: tuple(int(number.replace(",", "")) for number in numbers) for name, *numbers in found}  # type: ignore[misc]


def rows(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a store as its database has them, finished or not; empty if it has no tables."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with place.engine.connect() as connection:
        for table in schema.metadata.sorted_tables:
            names = ", ".join(column.name for column in table.columns)
            try:
                read = connection.execute(text(f"SELECT {names} FROM {table.name}")).all()
            except DBAPIError:
                return {}
            found[table.name] = sorted((tuple(row) for row in read), key=repr)
    return found


def exported(place: Place) -> dict[str, bytes]:
    """What ``export`` makes of a store: its records, with revisions, and its pages."""
    files: dict[str, bytes] = {}
    for name, words in (("dataset", ("--with", "revisions")), ("pages.warc", ())):
        out = place.data / name
        told = solidot(NOWHERE, place.data, "export", str(out), *words, env=place.env)
        assert told.status == 0, told.err
        files |= {
            str(path.relative_to(place.data)): path.read_bytes()
            for path in ([out] if out.is_file() else out.rglob("*.jsonl"))
        }
    return files


def killed_after(source: Place, target: Place, count: int) -> None:
    """Kill a copy when the target has so many rows in all, or when it has ended."""
    process = start(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)
    until(lambda: process.poll() is not None or row_count(target) >= count)
    process.kill()
    finish(process, source.data)


def row_count(place: Place) -> int:
    """How many rows a store has, finished or not; 0 if it has no tables."""
    counts = " + ".join(f"(SELECT count(*) FROM {table.name})" for table in TABLES)
    try:
        with place.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT {counts}")).scalar_one())
    except DBAPIError:
        return 0
