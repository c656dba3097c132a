"""A copy of a store in another one, of either kind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.store import politeness
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.crawling import Crawl, crawl, finish, solidot, start, until
from tests.faulty_site import asked_sids, faulty
from tests.stores import NOW, heard, run, small, stored

NOWHERE = "http://127.0.0.1:9"
SQLITE, POSTGRES = "sqlite", pytest.param("postgres", marks=needs_postgres)


class Place(NamedTuple):
    """Where a store is: as the options of a run name it, and as ``--to`` does."""

    data: Path
    env: dict[str, str]
    address: str

    @property
    def options(self) -> Options:
        return Options(data_dir=self.data, database_url=self.env.get("SOLIDOT_DATABASE_URL", ""))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[str, str], Place]]:
    """Makes places: of PostgreSQL each is a database of its own."""
    made: list[str] = []
    server = create_engine(
        make_url(os.environ.get("SOLIDOT_TEST_POSTGRES", "postgresql://nowhere")).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )

    def make(kind: str, name: str) -> Place:
        data = tmp_path / name
        data.mkdir()
        if kind == SQLITE:
            return Place(data, {}, str(data))
        database = f"solidot_copy_{os.getpid()}_{tmp_path.stat().st_ino}_{name}"
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {database}"))
        made.append(database)
        url = server.url.set(database=database, drivername="postgresql").render_as_string(hide_password=False)
        return Place(data, {"SOLIDOT_DATABASE_URL": url}, url)

    yield make
    for database in made:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
    server.dispose()


def fill(place: Place, last: int = 184) -> None:
    """A store with a row in each table, as far as runs leave them."""
    with Store.opened(place.options, create=True) as store:
        with store.writing() as connection:
            connection.execute(text("INSERT INTO sites VALUES ('https://www.solidot.org', 0)"))
            politeness.take(connection, "https://www.solidot.org", 1.5)
        run(store, *(small(store, sid) for sid in range(5, last, 3)), heard(6, Outcome.MISSING))
        run(store, stored(5, title="二"), heard(9001, Outcome.UNPARSED, "no-title"), heard(9002, Outcome.FAILED, "503"))


def copied(source: Place, target: Place) -> Crawl:
    return solidot(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)


def exported(place: Place) -> dict[str, bytes]:
    """What ``export`` makes of a store: its records, with revisions, and its pages."""
    files: dict[str, bytes] = {}
    for name, words in (("a.jsonl", ()), ("revisions", ("--with", "revisions")), ("a.warc", ())):
        out = place.data / name
        told = solidot(NOWHERE, place.data, "export", str(out), *words, env=place.env)
        assert told.status == 0, told.err
        files |= {
            str(path.relative_to(place.data)): path.read_bytes()
            for path in ([out] if out.is_file() else out.rglob("*.jsonl"))
        }
    return files


BOTH_WAYS = pytest.mark.parametrize(
    ("kind", "other"), [(SQLITE, SQLITE), *(pytest.param(*each, marks=needs_postgres) for each in (
        (SQLITE, "postgres"), ("postgres", SQLITE), ("postgres", "postgres")))]
)  # fmt: skip


@BOTH_WAYS
def test_a_copy_exports_the_same_bytes(place: Callable[[str, str], Place], kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    fill(source)
    told = copied(source, target)
    assert told.status == 0, told.err
    assert "read again: each table has the rows of the source" in told.err
    assert exported(target) == exported(source)


def tables(told: Crawl) -> dict[str, tuple[int, int, int]]:
    """How many rows of each table there are, were written and dropped."""
    found = re.findall(r"^  (\w+) +([\d,]+) rows, ([\d,]+) written, ([\d,]+) dropped", told.err, re.MULTILINE)
    return {name: tuple(int(number.replace(",", "")) for number in numbers) for name, *numbers in found}  # type: ignore[misc]


@BOTH_WAYS
def test_the_next_copy_brings_what_is_new_and_drops_what_is_gone(
    place: Callable[[str, str], Place], kind: str, other: str
) -> None:
    source, target = place(kind, "source"), place(other, "target")
    fill(source)
    first = tables(copied(source, target))
    assert first["stories"] == (60, 60, 0)
    assert all(written == rows and not dropped for rows, written, dropped in first.values())
    again = tables(copied(source, target))
    assert not any(written or dropped for _, written, dropped in again.values())
    with Store.opened(source.options) as store:
        run(store, stored(2000), stored(8, title="三"))
        with store.writing() as connection:
            connection.execute(text("DELETE FROM pages WHERE sid IN (11, 182)"))
            connection.execute(text("DELETE FROM visits WHERE sid = 9002"))
    last = tables(copied(source, target))
    assert last["runs"] == (3, 1, 0)
    assert last["stories"] == (61, 2, 0)
    assert last["visits"] == (65, 2, 1)
    assert last["pages"][1:] == (2, 2)
    assert last["dictionaries"][1:] == (0, 0)
    assert exported(target) == exported(source)


@pytest.mark.parametrize("kind", [SQLITE, POSTGRES])
def test_a_copy_is_a_store_to_go_on_with(tmp_path: Path, place: Callable[[str, str], Place], kind: str) -> None:
    source, target, back = place(SQLITE, "source"), place(kind, "target"), place(SQLITE, "back")
    with faulty(tmp_path, stories="generated:60") as server:
        assert crawl(server.url, source.data, "-a", "sids=1-30").status == 0
        assert copied(source, target).status == 0
        shutil.rmtree(source.data)
        assert crawl(server.url, target.data, "-a", "sids=1-40", env=target.env).status == 0
        assert copied(target, back).status == 0
        assert crawl(server.url, back.data, "-a", "sids=1-50").status == 0
        known = {1, 15, 30}  # may be asked again, to prove the parser
        assert set(asked_sids(server)) >= set(range(1, 51))
        assert len([sid for sid in asked_sids(server) if sid not in known]) <= 50 + 12
        told = copied(back, target)
    assert told.status == 0, told.err
    assert tables(told)["stories"][:2] == (50, 10)
    refused = solidot(NOWHERE, target.data, "copy", "--to", str(tmp_path / "fresh" / "some.db"), env=target.env)
    assert refused.status == 0, refused.err
    assert (tmp_path / "fresh" / "some.db").exists()


def test_what_is_no_earlier_copy_is_refused(place: Callable[[str, str], Place]) -> None:
    source, target, third = (place(SQLITE, name) for name in ("source", "target", "third"))
    fill(source)
    assert copied(source, target).status == 0
    with Store.opened(target.options) as store:
        run(store, stored(3000), at=NOW + timedelta(days=1))
    told = copied(source, target)
    assert told.status == 2
    assert "no earlier copy of" in told.err
    with Store.opened(third.options, create=True) as store, store.writing() as connection:
        connection.execute(text("INSERT INTO sites VALUES ('http://example.org:80', 0)"))
    told = copied(source, third)
    assert told.status == 2
    assert "a store of http://example.org:80, and" in told.err
    for address, why in (
        (str(source.data), "the store itself"),
        ("mysql://x", "no store; give postgresql://"),
    ):
        told = copied(source, Place(third.data, {}, address))
        assert (told.status, len(told.err.splitlines())) == (2, 1)
        assert why in told.err
    assert "Traceback" not in told.err


@needs_postgres
def test_a_database_that_is_the_store_itself_is_refused(place: Callable[[str, str], Place]) -> None:
    source = place("postgres", "source")
    fill(source)
    told = copied(source, source)
    assert told.status == 2
    assert "the store itself" in told.err


@pytest.mark.long
@pytest.mark.parametrize("kind", [SQLITE, POSTGRES])
@pytest.mark.parametrize("which", ["source", "target"])
def test_a_store_that_a_run_holds_is_not_copied(place: Callable[[str, str], Place], kind: str, which: str) -> None:
    source, target = place(kind, "source"), place(kind, "target")
    fill(source)
    held = {"source": source, "target": target}[which]
    with Store.opened(held.options, create=True) as store, store.hold("latest-1"):
        told = copied(source, target)
    assert told.status == 75
    assert "held by latest-1" in told.err


@pytest.mark.long
@pytest.mark.parametrize("kind", [SQLITE, POSTGRES])
def test_a_copy_that_is_not_finished_is_no_store(place: Callable[[str, str], Place], kind: str) -> None:
    source, target = place(SQLITE, "source"), place(kind, "target")
    fill(source, 3000)
    killed_after(source, target, 300)
    for words in (("status",), ("crawl", "story", "-a", "sid=5"), ("export", str(target.data / "x.jsonl"))):
        told = solidot(NOWHERE, target.data, *words, env=target.env)
        assert told.status == 4
        assert "a copy of a store that is not finished; run the same `solidot copy` again" in told.err
    assert copied(source, target).status == 0
    assert exported(target) == exported(source)


def killed_after(source: Place, target: Place, rows: int) -> None:
    """Kill a copy when the target has so many rows of stories, or has ended."""
    process = start(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)
    until(lambda: process.poll() is not None or rows_of(target) >= rows)
    process.kill()
    finish(process, source.data)


def rows_of(place: Place) -> int:
    """How many stories a store has, finished or not; 0 if it has no table."""
    url = place.env.get("SOLIDOT_DATABASE_URL")
    database = make_url(url).set(drivername="postgresql+psycopg") if url else f"sqlite:///{place.data}/solidot.db"
    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM stories")).scalar_one())
    except DBAPIError:
        return 0
    finally:
        engine.dispose()


@pytest.mark.long
@BOTH_WAYS
def test_kills_cost_a_copy_nothing_but_time(place: Callable[[str, str], Place], kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    with Store.opened(source.options, create=True) as store:
        run(store, *(small(store, sid) for sid in range(1, 4001)))
        run(store, *(stored(sid, title="二") for sid in range(1, 50)))
    random = Random(20251201)
    for instant in [0, *sorted(random.randrange(4000) for _ in range(8)), 4000]:
        killed_after(source, target, instant)
    told = copied(source, target)
    assert told.status == 0, told.err
    assert exported(target) == exported(source)


@pytest.mark.long
@pytest.mark.parametrize("kind", [SQLITE, POSTGRES])
def test_kills_leave_an_earlier_copy_as_it_was(place: Callable[[str, str], Place], kind: str) -> None:
    source, target = place(SQLITE, "source"), place(kind, "target")
    fill(source)
    assert copied(source, target).status == 0
    before = exported(target)
    with Store.opened(source.options) as store:
        run(store, *(stored(sid, title="三") for sid in range(2, 2000, 3)))
    random = Random(20251202)
    after = None
    for _ in range(10):
        process = start(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)
        time.sleep(random.uniform(0.2, 1.5))  # an instant of chance, not one that an event tells
        process.kill()
        finish(process, source.data)
        after = exported(target)
        assert after in (before, exported(source))
    assert copied(source, target).status == 0
    assert exported(target) == exported(source)


@pytest.mark.long
def test_a_signal_ends_a_copy_in_a_sentence(place: Callable[[str, str], Place]) -> None:
    source, target = place(SQLITE, "source"), place(SQLITE, "target")
    fill(source, 3000)
    process = start(NOWHERE, source.data, "copy", "--to", target.address)
    until(lambda: rows_of(target) > 0 or process.poll() is not None)
    process.send_signal(signal.SIGTERM)
    told = finish(process, source.data)
    assert (told.status, told.err.splitlines()[-1].endswith("run the same line again: it goes on")) in (
        (1, True),
        (0, False),  # it was faster
    )
