"""A copy of a store that others write to meanwhile."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from solidot_spider.base.options import Options
from solidot_spider.store import backup
from solidot_spider.store.backup import BackupError
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store
from tests.crawling import solidot
from tests.stores import run, stored
from tests.unprivileged import unprivileged

NOBODY_ANSWERS = "http://127.0.0.1:9"


@pytest.fixture
def sqlite(tmp_path: Path) -> Options:
    return Options(data_dir=tmp_path / "data")


@pytest.fixture
def writer(sqlite: Options) -> Iterator[Store]:
    with Store.opened(sqlite, create=True) as store, store.hold("writer"):
        run(store, stored(5), stored(6))
        yield store


def sids(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [sid for (sid,) in database.execute("SELECT sid FROM stories ORDER BY sid")]


def test_the_copy_has_what_is_committed_and_nothing_else(writer: Store, sqlite: Options, tmp_path: Path) -> None:
    out, plain = tmp_path / "copy.db", tmp_path / "plain.db"
    shutil.copy(sqlite.data_dir / "solidot.db", plain)
    with writer.writing() as connection:
        connection.exec_driver_sql("DELETE FROM stories WHERE sid = 5")
        assert backup.backup(sqlite, out) == 2
    assert sids(out) == [5, 6]
    with pytest.raises(sqlite3.OperationalError, match="no such table"):  # what `cp` gives
        sids(plain)
    writer.write([stored(7)], 1)
    assert backup.backup(sqlite, out) == 2
    assert sids(out) == [6, 7]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data", "plain.db"]


@pytest.mark.usefixtures("writer")
def test_the_copy_is_a_store(sqlite: Options, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    backup.backup(sqlite, tmp_path / "other" / "solidot.db")
    with Store.opened(Options(data_dir=tmp_path / "other")) as store:
        run(store, stored(7))
        with store.snapshot() as view:
            assert view.story_count() == 3
        with store.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


@pytest.mark.usefixtures("writer")
def test_the_command_says_what_it_did(sqlite: Options, tmp_path: Path) -> None:
    done = solidot(NOBODY_ANSWERS, sqlite.data_dir, "backup", "copy.db")
    assert (done.status, done.err.count("\n")) == (0, 1)
    assert "copy.db: 2 stories" in done.err
    assert sids(tmp_path / "copy.db") == [5, 6]


@pytest.mark.usefixtures("writer")
def test_a_store_that_cannot_be_written_is_copied(sqlite: Options, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    backup.backup(sqlite, closed / "solidot.db")
    (closed / "solidot.db").chmod(0o444)
    closed.chmod(0o555)
    done = unprivileged(NOBODY_ANSWERS, closed, "backup", "copy.db")
    closed.chmod(0o755)
    assert done.status == 0, done.err
    assert sids(tmp_path / "copy.db") == [5, 6]


@pytest.mark.usefixtures("writer")
def test_the_store_itself_is_no_copy(sqlite: Options, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(sqlite.data_dir / "solidot.db")
    for out in (sqlite.data_dir / "solidot.db", tmp_path / "link.db"):
        with pytest.raises(BackupError, match="the store itself"):
            backup.backup(sqlite, out)
    with pytest.raises(BackupError, match="no file"):
        backup.backup(sqlite, Path(os.devnull))


def test_a_store_without_stories_replaces_no_copy(sqlite: Options, tmp_path: Path) -> None:
    out = tmp_path / "copy.db"
    out.write_bytes(b"old")
    with pytest.raises(StoreError, match="there is no store here yet"):
        backup.backup(sqlite, out)
    with Store.opened(sqlite, create=True):
        pass
    with pytest.raises(BackupError, match="--force"):
        backup.backup(sqlite, out)
    assert out.read_bytes() == b"old"
    assert backup.backup(sqlite, out, force=True) == 0
    assert sids(out) == []


def test_a_damaged_store_replaces_no_copy(sqlite: Options, tmp_path: Path) -> None:
    out = tmp_path / "copy.db"
    with Store.opened(sqlite, create=True) as store:
        run(store, *(stored(sid) for sid in range(1, 40)))
    with closing(sqlite3.connect(sqlite.data_dir / "solidot.db")) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'pages'"
        ((page,),), ((size,),) = connection.execute(query), connection.execute("PRAGMA page_size")
    out.write_bytes(b"old")
    with (sqlite.data_dir / "solidot.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 200)
    with pytest.raises(StoreError, match="damaged"):
        backup.backup(sqlite, out)
    assert out.read_bytes() == b"old"
    assert not list(tmp_path.glob("*.part*"))


def test_postgresql_has_its_own(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        backup.backup(Options(database_url="postgresql://u@127.0.0.1:9/x"), tmp_path / "copy.db")
