"""A store that is deleted, replaced or written by others while it is open, or that cannot be written at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from solidot_spider.base.options import Options
from solidot_spider.store.errors import StoreError
from solidot_spider.store.lock.errors import LostLockError
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.stores import run, stored
from tests.unprivileged import unprivileged

NOBODY_ANSWERS = "http://127.0.0.1:9"


@pytest.fixture
def sqlite(tmp_path: Path) -> Options:
    return Options(data_dir=tmp_path / "data")


@pytest.mark.parametrize("name", ["solidot.db", "solidot.db-wal"])
@pytest.mark.parametrize("what", ["deleted", "replaced"])
def test_a_file_that_is_gone_is_noticed_at_the_next_commit(sqlite: Options, what: str, name: str) -> None:
    path = sqlite.data_dir / name
    with Store.opened(sqlite, create=True) as store:
        run(store, stored(5))
        if what == "replaced":
            shutil.copy(path, path.with_name("other"))
            path.with_name("other").replace(path)
        else:
            path.unlink()
        with pytest.raises(StoreError, match=f"{name}: it was {what}"):
            store.write([stored(6)], 1)


def test_a_file_that_is_gone_within_a_commit_is_noticed_before_it_counts(sqlite: Options) -> None:
    with Store.opened(sqlite, create=True) as store:
        run(store, stored(5))
        with pytest.raises(StoreError, match="it was deleted"), store.writing():
            (sqlite.data_dir / "solidot.db").unlink()


def test_a_lock_that_is_gone_is_noticed_at_the_next_commit(sqlite: Options) -> None:
    with Store.opened(sqlite, create=True) as store, store.hold("first"):
        run(store, stored(5))
        (sqlite.data_dir / "solidot.db.lock").unlink()
        with Store.opened(sqlite) as other, other.hold("second"):
            run(other, stored(7))
            with pytest.raises(LostLockError, match="was deleted or replaced, and another run may hold"):
                store.write([stored(6)], 1)
    with Store.opened(sqlite) as store, store.snapshot() as view:
        assert view.story_count() == 2


def end_sessions(address: str, which: str) -> None:
    engine = create_engine(
        make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", pool_pre_ping=True
    )
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                f"AND pid <> pg_backend_pid() AND application_name LIKE '{which}'"
            )
        )
    engine.dispose()


@needs_postgres
def test_a_connection_that_was_closed_while_waiting_is_opened_again(postgres: str) -> None:
    with Store.opened(Options(database_url=postgres), create=True) as store, store.hold("first"):
        run(store, stored(5))
        end_sessions(postgres, "solidot_spider")
        store.write([stored(6)], 1)
        with store.snapshot() as view:
            assert view.story_count() == 2


@needs_postgres
def test_a_session_that_is_gone_has_lost_the_lock(postgres: str) -> None:
    with Store.opened(Options(database_url=postgres), create=True) as store:
        with store.hold("first"):
            run(store, stored(5))
            end_sessions(postgres, "first since%")
            with Store.opened(Options(database_url=postgres)) as other, other.hold("second"):
                for _ in range(2):
                    with pytest.raises(LostLockError, match="has closed the connection"):
                        store.write([stored(6)], 1)
        with store.snapshot() as view:
            assert view.story_count() == 1


@needs_postgres
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
@pytest.mark.parametrize("create", [True, False])
def test_a_database_of_another_encoding_is_refused(postgres: str, encoding: str, create: bool) -> None:
    url = make_url(postgres).set(drivername="postgresql+psycopg")
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = f"{url.database}_{encoding.lower()}"
    with engine.connect() as server:
        server.execute(
            text(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        )
        try:
            address = make_url(postgres).set(database=name).render_as_string(hide_password=False)
            refusal = f"its encoding is {encoding}, and the texts need UTF8"
            opened = Store.opened(Options(database_url=address), create=create)
            with pytest.raises(StoreError, match=refusal), opened:
                pass
        finally:
            server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@needs_postgres
def test_the_clients_encoding_of_the_environment_does_not_count(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with Store.opened(Options(database_url=postgres), create=True) as store:
        run(store, stored(5, title="旧平板电脑"))
        with store.snapshot() as view:
            (record,) = view.records()
            assert "旧平板电脑".encode() in record


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:s3cret@127.0.0.1:9/x",
        "postgresql://u@127.0.0.1:9/x?password=s3cret",
        "postgresql://u@127.0.0.1:9/x?host=127.0.0.1&sslpassword=s3cret",
        "postgresql://u@127.0.0.1:9/x?options=-csolidot.token%3Ds3cret",
        "postgresql://u:p@s3cret@127.0.0.1:9/x",
        "postgresql://u:p:s3cret@127.0.0.1:9/x?a=b@c",
        "postgresql://u:p@127.0.0.1:s3cret/x",
        "postgresql://u:s3cret",
    ],
)
def test_no_secret_of_an_address_is_told(address: str) -> None:
    with pytest.raises(StoreError) as caught, Store.opened(Options(database_url=address)):
        pass
    assert "s3cret" not in str(caught.value)
    assert "postgresql://" in str(caught.value)


@pytest.fixture
def closed(sqlite: Options) -> Iterator[Path]:
    """The data directory of a store of two stories that nobody may write."""
    data = sqlite.data_dir
    with Store.opened(sqlite, create=True) as store:
        run(store, stored(5), stored(6))
    close(data)
    yield data
    data.chmod(0o755)


def close(data: Path) -> None:
    for path in data.iterdir():
        path.chmod(0o444)
    data.chmod(0o555)


def reads(data: Path) -> None:
    shown = unprivileged(NOBODY_ANSWERS, data, "status")
    assert (shown.status, shown.err) == (0, "")
    assert "2 stories" in shown.out
    exported = unprivileged(NOBODY_ANSWERS, data, "export", "/dev/stdout")
    assert exported.status == 0
    assert exported.out.count("\n") == 2


@pytest.mark.long
def test_a_store_is_read_without_write_rights(closed: Path) -> None:
    before = sorted(path.name for path in closed.iterdir())
    reads(closed)
    assert sorted(path.name for path in closed.iterdir()) == before
    done = unprivileged(NOBODY_ANSWERS, closed, "crawl", "story", "-a", "sid=1")
    assert done.status == 4
    assert done.err.count("\n") == 1


@pytest.mark.long
def test_a_store_that_a_killed_run_has_left_is_read_without_write_rights(closed: Path) -> None:
    closed.chmod(0o755)
    (closed / "solidot.db").chmod(0o644)
    killed = os.fork()
    if not killed:
        database = sqlite3.connect(closed / "solidot.db")
        database.execute("DELETE FROM stories WHERE sid = 5")
        database.commit()
        os._exit(0)
    os.waitpid(killed, 0)
    assert (closed / "solidot.db-wal").stat().st_size
    close(closed)
    told = unprivileged(NOBODY_ANSWERS, closed, "status")
    assert (told.status, told.err) == (0, "")
    assert "1 stories" in told.out
    closed.chmod(0o755)
    (closed / "solidot.db-shm").unlink()
    closed.chmod(0o555)
    told = unprivileged(NOBODY_ANSWERS, closed, "status")
    assert told.status == 4
    assert "last commits are in solidot.db-wal" in told.err


def test_a_store_that_is_written_while_it_is_read_without_write_rights_is_not_believed(
    sqlite: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.opened(sqlite, create=True) as store:
        run(store, stored(5))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.opened(sqlite) as reader:
        monkeypatch.undo()
        with pytest.raises(StoreError, match="it was written while it was read"):
            read_while_written(reader, sqlite)


def read_while_written(reader: Store, options: Options) -> None:
    with reader.snapshot() as view:
        view.story_count()
        with Store.opened(options) as writer:
            run(writer, stored(6))
        list(view.records())
