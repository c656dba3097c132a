"""What is not copied, or into: each is refused in a sentence, and left as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.crawling import Crawl, solidot
from tests.store.copy.places import (
    BOTH_WAYS,
    KINDS,
    NOWHERE,
    Place,
    belongs,
    copied,
    copied_here,
    fill,
    is_copied,
    killed_after,
    row_count,
    rows,
)
from tests.stores import NOW, run, stored

Places = Callable[[str, str], Place]


def is_refused(told: Crawl, status: int, *words: str) -> None:
    assert told.status == status, told.err
    assert told.err.startswith("solidot: ")
    assert told.err.count("\n") == 1
    for each in words:
        assert each in told.err


@pytest.mark.long
@BOTH_WAYS
def test_a_copy_that_has_gone_on_is_refused(place: Places, kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    fill(source)
    is_copied(source, target)
    with Store.opened(target.options) as store:
        run(store, stored(3000), at=NOW + timedelta(days=1))
    before = rows(target)
    is_refused(copied(source, target), 2, "target", "source", "no earlier copy of")
    assert rows(target) == before
    assert is_copied(target, source)["stories"][1] == 1


@KINDS
def test_a_store_of_another_site_is_refused(place: Places, kind: str) -> None:
    source, target = place("sqlite", "source"), place(kind, "target")
    fill(source)
    with Store.opened(target.options, create=True) as store, store.writing() as connection:
        belongs(connection, "http://example.org:80")
    before = rows(target)
    is_refused(copied(source, target), 2, "a store of http://example.org:80", "is one of https://www.solidot.org")
    assert rows(target) == before


def test_a_store_that_is_empty_replaces_no_copy(place: Places) -> None:
    source, target = place("sqlite", "source"), place("sqlite", "target")
    fill(target)
    with Store.opened(source.options, create=True) as store, store.writing() as connection:
        belongs(connection, "https://www.solidot.org")
    is_refused(copied(source, target), 2, "no earlier copy of")


@KINDS
def test_the_store_itself_is_refused(place: Places, kind: str) -> None:
    source = place(kind, "source")
    fill(source)
    is_refused(copied(source, source), 2, "the store itself")


@pytest.mark.parametrize("kind", ["symbolic", "hard", "directory"])
def test_the_store_itself_by_another_name_is_refused(tmp_path: Path, place: Places, kind: str) -> None:
    source, other = place("sqlite", "source"), tmp_path / "other"
    fill(source)
    file = source.data / "solidot.db"
    if kind == "directory":
        other.symlink_to(source.data)
    else:
        other.mkdir()
        (other / "solidot.db").symlink_to(file) if kind == "symbolic" else (other / "solidot.db").hardlink_to(file)
    is_refused(copied(source, Place(other, {}, str(other))), 2, "the store itself", str(file))


def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path, place: Places) -> None:
    source, target = place("sqlite", "source"), place("sqlite", "target")
    fill(source)
    with target.engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (a)"))
    (tmp_path / "text.db").write_text("hello\n")
    is_refused(copied(source, target), 2, "another program's: it has the table mine; name another target")
    is_refused(copied(source, target._replace(address=str(tmp_path / "text.db"))), 2, "another program's file")
    is_refused(copied(source, target._replace(address="/dev/null")), 2, "no file; name a directory, or a file.db")
    assert (tmp_path / "text.db").read_text() == "hello\n"


@needs_postgres
def test_another_programs_database_is_refused_and_left_alone(place: Places) -> None:
    source, target = place("sqlite", "source"), place("postgres", "target")
    fill(source)
    with target.engine.begin() as connection:
        connection.execute(text("CREATE TABLE stories (a INTEGER)"))
    is_refused(copied(source, target), 2, "another program's: it has the table stories; name another target")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "--to '': no store"),
        (":memory:", "no store"),
        ("sqlite:///:memory:", "no store"),
        ("sqlite://some.db", "--to sqlite://…: no store"),
        ("mysql://me:secret@host/database", "--to mysql://…: no store; give postgresql://"),
        ("postgresql+asyncpg://me:secret@host/database", "no store; give postgresql://"),
        ("postgresql://me:secret@there@host/database", "--to: it cannot be read; give postgresql://"),
    ],
)
def test_an_address_of_no_store_is_refused_without_its_password(place: Places, address: str, why: str) -> None:
    source = place("sqlite", "source")
    fill(source)
    told = copied(source, source._replace(address=address))
    is_refused(told, 2, why)
    assert "secret" not in told.err


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("x" * 256 + ".db", "File name too long"),
        ("/proc/some.db", "unable to open"),
        pytest.param("postgresql://me:secret@127.0.0.1:1/database", "Connection refused", marks=needs_postgres),
    ],
)
def test_a_place_where_nothing_can_be_written_is_4(place: Places, address: str, why: str) -> None:
    source = place("sqlite", "source")
    fill(source)
    told = copied(source, source._replace(address=address))
    is_refused(told, 4, why)
    assert "secret" not in told.err


@pytest.mark.long
@KINDS
@pytest.mark.parametrize("which", ["source", "target"])
def test_a_store_that_a_run_holds_is_not_copied(place: Places, kind: str, which: str) -> None:
    source, target = place(kind, "source"), place(kind, "target")
    fill(source)
    held = {"source": source, "target": target}[which]
    with Store.opened(held.options, create=True) as store, store.hold("latest-1"):
        is_refused(copied(source, target), 75, "held by latest-1 since ")


@pytest.mark.long
@KINDS
@pytest.mark.parametrize("which", ["source", "target"])
def test_a_crawl_that_begins_meanwhile_ends_with_75(place: Places, kind: str, which: str) -> None:
    source, target = place(kind, "source"), place(kind, "target")
    fill(source)
    with source.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO sites VALUES ('{NOWHERE}', 1)"))  # a crawl has been there before
    is_copied(source, target)
    asked = {"source": source, "target": target}[which]
    told: list[Crawl] = []

    def crawl(_: int) -> None:
        if not told:
            told.append(solidot(NOWHERE, asked.data, "crawl", "latest", env=asked.env))

    copied_here(source, target, crawl)
    is_refused(told[0], 75, "held by copy-1 since ")


@pytest.mark.long
@KINDS
def test_a_copy_that_is_not_finished_is_no_store(place: Places, kind: str) -> None:
    source, target = place("sqlite", "source"), place(kind, "target")
    fill(source, 3000)
    killed_after(source, target, 1200)
    assert row_count(target) < row_count(source)
    verbs: list[tuple[str, ...]] = [
        ("status",),
        ("status", "--check"),
        ("crawl", "story", "-a", "sid=5"),
        ("crawl", "latest"),
        ("export", str(target.data / "x.jsonl")),
        ("show", "5"),
        ("copy", "--to", str(target.data / "third")),
    ]
    if kind == "sqlite":
        verbs.append(("backup", str(target.data / "x.db")))
    for words in verbs:
        told = solidot(NOWHERE, target.data, *words, env=target.env)
        is_refused(told, 4, "a copy of a store that is not finished; run the same `solidot copy` again")
    is_copied(source, target)
