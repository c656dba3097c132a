"""A copy of a store in another database, of either kind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update

from solidot_spider.store import migrations, schema
from solidot_spider.store.copy import table_copy
from solidot_spider.store.copy.chunks import BYTES, ROWS, chunks
from solidot_spider.store.copy.rows import Rows
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.crawling import crawl, finish, solidot, start
from tests.faulty_site import asked_sids, faulty
from tests.old_tables import as_version_3
from tests.store.copy.places import (
    BOTH_WAYS,
    KINDS,
    NOWHERE,
    Place,
    belongs,
    copied,
    copied_here,
    exported,
    fill,
    is_copied,
    rows,
)
from tests.stores import NOW, run, stored
from tests.terminal import on_a_terminal
from tests.unprivileged import unprivileged

Places = Callable[[str, str], Place]


@BOTH_WAYS
def test_a_copy_has_all_rows_and_exports_the_same_bytes(place: Places, kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    fill(source)
    told = is_copied(source, target)
    assert all(count and written == count and not dropped for count, written, dropped in told.values())
    assert exported(target) == exported(source)


@BOTH_WAYS
def test_the_next_copy_brings_what_is_new_and_drops_what_is_gone(place: Places, kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    fill(source)
    is_copied(source, target)
    assert not any(written or dropped for _, written, dropped in is_copied(source, target).values())
    with Store.opened(source.options) as store:
        run(store, stored(2000), stored(8, title="四"))
        with store.writing() as connection:
            connection.execute(text("DELETE FROM pages WHERE sid IN (11, 182)"))
            connection.execute(text("DELETE FROM visits WHERE sid = 9002"))
            connection.execute(text("DELETE FROM unproven"))
            referring = connection.execute(
                text("UPDATE pages SET dictionary_id = NULL WHERE dictionary_id > 0")
            ).rowcount
            connection.execute(text("DELETE FROM dictionaries"))
    assert referring, "the dictionary can go only after the target's pages that refer to it"
    last = is_copied(source, target)
    assert last["runs"] == (3, 1, 0)
    assert last["stories"] == (62, 2, 0)
    assert last["visits"][1:] == (2, 1)
    assert last["pages"][2] == 2
    assert last["unproven"] == (0, 0, 2)
    assert last["dictionaries"] == (0, 0, 1)


@pytest.mark.long
@KINDS
def test_a_store_that_is_lost_is_brought_back_and_goes_on(tmp_path: Path, place: Places, kind: str) -> None:
    source, target, back = place("sqlite", "source"), place(kind, "target"), place("sqlite", "back")
    with faulty(tmp_path, stories="generated:60") as server:
        assert crawl(server.url, source.data, "-a", "sids=1-30").status == 0
        is_copied(source, target)
        before = exported(source)
        shutil.rmtree(source.data)
        is_copied(target, back)
        assert exported(back) == before
        assert crawl(server.url, back.data, "-a", "sids=1-50").status == 0
        asked = asked_sids(server)
    assert set(asked) == set(range(1, 51))
    again = {sid for sid in asked if asked.count(sid) > 1}
    assert len(again) <= 6, "known answers, three before and three after, and nothing else"
    told = is_copied(back, target)
    assert told["stories"][:2] == (50, 20 + len(again))


@pytest.mark.long
@KINDS
def test_a_run_goes_on_in_the_copy(tmp_path: Path, place: Places, kind: str) -> None:
    source, target = place("sqlite", "source"), place(kind, "target")
    with faulty(tmp_path, stories="generated:30") as server:
        assert crawl(server.url, source.data, "-a", "sids=1-10").status == 0
        is_copied(source, target)
        for env in (target.env, target.env):
            told = crawl(server.url, target.data, "-a", "sid=11", env=env)
            assert told.status == 0, told.err
    assert [row[0] for row in rows(target)["runs"]] == [1, 2, 3]


@KINDS
def test_what_others_write_meanwhile_is_of_another_moment(place: Places, kind: str) -> None:
    source, other = place(kind, "source"), place("sqlite", "target")
    fill(source)
    before = rows(source)
    written: list[int] = []
    with Store.opened(source.options) as writer:

        def write(_: int) -> None:
            if len(written) < 3:
                written.append(run(writer, stored(5, title="五", at=NOW + timedelta(days=1))))

        copied_here(source, other, write)
    assert rows(other) == before
    assert rows(source) != before


@KINDS
def test_a_copy_that_is_not_the_same_at_its_end_is_4_and_names_the_table(
    place: Places, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, other = place("sqlite", "source"), place(kind, "target")
    fill(source)

    def lose_one(table: table_copy.TableCopy, passed: table_copy.Passed) -> None:
        bring(table, passed)
        if table.copied.table == "listings":
            with table._writing() as connection:
                connection.execute(delete(schema.listings).where(schema.listings.c.sid == 8))

    bring = table_copy.TableCopy.bring
    monkeypatch.setattr(table_copy.TableCopy, "bring", lose_one)
    with pytest.raises(StoreError, match="its table listings has 2 rows and not the 3 of the source"):
        copied_here(source, other)
    told = solidot(NOWHERE, other.data, "status", env=other.env)
    assert told.status == 4
    assert "not finished" in told.err
    monkeypatch.undo()
    assert is_copied(source, other)["listings"] == (3, 1, 0)


def test_a_store_on_a_disk_that_is_only_read_is_copied(place: Places) -> None:
    source, other = place("sqlite", "source"), place("sqlite", "target")
    fill(source)
    for path in source.data.glob("*.lock"):
        path.unlink()
    (source.data / "solidot.db").chmod(0o444)
    source.data.chmod(0o555)
    told = unprivileged(NOWHERE, source.data, "copy", "--to", other.address)
    source.data.chmod(0o755)
    assert told.status == 0, told.err
    assert rows(other) == rows(source)


@KINDS
def test_older_tables_are_brought_forward_on_both_sides(place: Places, kind: str) -> None:
    source, other = place(kind, "source"), place("sqlite", "target")
    for each in (source, other):
        with Store.opened(each.options, create=True) as store, store.writing() as connection:
            belongs(connection, "http://127.0.0.1:9")
        with Store.opened(each.options) as store:
            run(store, *(stored(sid) for sid in ((5, 6) if each is source else (5,))))
            with store.writing() as connection:
                connection.execute(delete(schema.revisions))
                as_version_3(connection)
                connection.execute(update(schema.schema).values(version=3))
    assert is_copied(source, other)["stories"] == (2, 1, 0)
    with other.engine.connect() as connection:
        assert connection.execute(text("SELECT version FROM solidot_schema")).scalar_one() == migrations.version()


def test_text_is_copied_as_it_is_stored(place: Places) -> None:
    source, other = place("sqlite", "source"), place("sqlite", "target")
    fill(source)
    with source.engine.begin() as connection:  # a store never writes this, but may have long ago
        connection.execute(text("UPDATE visits SET reason = :odd WHERE sid = 9002"), {"odd": "a\0b"})
    is_copied(source, other)


@needs_postgres
def test_text_that_postgresql_does_not_take_is_a_sentence_with_the_table(place: Places) -> None:
    source, other = place("sqlite", "source"), place("postgres", "target")
    fill(source)
    with source.engine.begin() as connection:
        connection.execute(text("UPDATE visits SET reason = :odd WHERE sid = 9002"), {"odd": "a\0b"})
    told = copied(source, other)
    assert (told.status, told.err.count("\n")) == (4, 1)
    assert ", table visits: " in told.err
    assert "NUL" in told.err


def test_an_empty_store_is_copied_and_its_copy_can_be_filled(place: Places) -> None:
    source, other = place("sqlite", "source"), place("sqlite", "target")
    with Store.opened(source.options, create=True):
        pass
    is_copied(source, other)
    fill(source)
    is_copied(source, other)


@pytest.mark.parametrize("name", ["new", "new/some.db", "new.sqlite3", "there", "there.file", "sqlite:///{}/new.db"])
def test_a_directory_or_a_file_may_be_named(tmp_path: Path, place: Places, name: str) -> None:
    source = place("sqlite", "source")
    fill(source)
    (tmp_path / "there").mkdir()
    (tmp_path / "there.file").touch()
    given = name.format(tmp_path) if "{}" in name else str(tmp_path / name)
    told = solidot(NOWHERE, source.data, "copy", "--to", given)
    assert told.status == 0, told.err
    path = Path(given.removeprefix("sqlite:///"))
    made = path if "." in path.name else path / "solidot.db"
    assert made.is_file()
    assert f"→ {made}" in told.err


def test_a_terminal_shows_how_far_it_is_and_a_log_does_not(place: Places) -> None:
    source, other = place("sqlite", "source"), place("sqlite", "target")
    fill(source)
    status, shown = on_a_terminal(NOWHERE, source.data, "copy", "--to", other.address)
    assert status == 0
    assert "copy:" in shown
    assert " rows/s" in shown
    assert "rows/s" not in copied(source, other).err


def test_a_chunk_ends_with_its_rows_or_their_bytes() -> None:
    assert [len(each) for each in chunks([[(sid, "")] for sid in range(ROWS + 1)])] == [ROWS, 1]
    assert [len(each) for each in chunks([[(sid, b"x" * (BYTES // 2))] for sid in range(5)])] == [2, 2, 1]
    assert [len(each) for each in chunks([[(1, run) for run in range(2 * ROWS)], [(2, 1)]])] == [2 * ROWS, 1]


@KINDS
def test_a_target_with_many_rows_more_is_read_in_parts(
    place: Places, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, other = place("sqlite", "source"), place(kind, "target")
    with Store.opened(source.options, create=True) as store:
        run(store, stored(1))
    is_copied(source, other)
    visits = [(sid, 1, "2025", "missing", "", 404) for sid in range(2, 4 * ROWS)]
    names = [column.name for column in schema.visits.columns]
    with Store.opened(other.options) as store, store.writing() as connection:
        connection.execute(insert(schema.visits), [dict(zip(names, row, strict=True)) for row in visits])
    most: list[int] = []
    part = Rows.part

    def counted(*words: object) -> list[tuple[object, ...]]:
        found = part(*words)  # type: ignore[arg-type]
        most.append(len(found))
        return found

    monkeypatch.setattr(Rows, "part", counted)
    done = {each.table: each for each in copied_here(source, other)}
    assert done["visits"].dropped == len(visits)
    assert max(most) == ROWS
    assert rows(other) == rows(source)


@pytest.mark.long
def test_a_disk_that_is_full_leaves_an_earlier_copy_as_it_was(place: Places) -> None:
    source, other = place("sqlite", "source"), place("sqlite", "target")
    fill(source)
    is_copied(source, other)
    before = rows(other)
    with Store.opened(source.options) as store:
        run(store, *(stored(sid) for sid in range(3000, 3200)))
    process = start(NOWHERE, source.data, "copy", "--to", other.address, limits={"RLIMIT_FSIZE": 2**17})
    told = finish(process, source.data)
    assert (told.status, told.err.count("\n")) == (4, 1), told.err
    assert "disk" in told.err
    assert rows(other) == before
    is_copied(source, other)
