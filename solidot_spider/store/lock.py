"""One run at a time: a kernel lock beside SQLite, an advisory lock in PostgreSQL; a dead process holds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from solidot_spider.base import clock
from solidot_spider.store.database import told

KEY = 0x501D06
"""Of the advisory lock, within its database."""


class LockedError(RuntimeError):
    """Another run holds the store; the message says which, and since when."""


@contextmanager
def held(engine: Engine, where: str, name: str) -> Iterator[None]:
    """Hold the store's lock for the time of a ``with`` block.

    Args:
        engine: the store's database.
        where: what a person calls it.
        name: who holds the lock, told to others that want it.

    Raises:
        LockedError: another run holds it.
        StoreError: the lock cannot be made.
    """
    hold = _advisory if engine.dialect.name == "postgresql" else _beside
    with hold(engine, where, name):
        yield


@contextmanager
def _beside(_: Engine, where: str, name: str) -> Iterator[None]:
    path = Path(f"{where}.lock")
    lock = FileLock(path)
    with told(where):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise LockedError(_refusal(where, path.read_text(encoding="utf-8"))) from error
        path.write_text(_holder(name), encoding="utf-8")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory(engine: Engine, where: str, name: str) -> Iterator[None]:
    with told(where):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with told(where):
            # PostgreSQL shows the name of a session to all others, 63 bytes of it.
            connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": _holder(name)})
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}).scalar_one():
                raise LockedError(_refusal(where, _whose(connection)))
        yield
    finally:
        connection.invalidate()  # the lock goes with its session, which no pool may keep
        connection.close()


def _whose(connection: Connection) -> str:
    statement = text(
        "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
        "WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND datname = current_database()"
    )
    return str(connection.execute(statement, {"key": KEY}).scalar() or "")


def _holder(name: str) -> str:
    return f"{name} since {clock.now():%Y-%m-%dT%H:%M:%SZ}"


def _refusal(where: str, holder: str) -> str:
    return f"{where}: held by {holder or 'another run'}; wait for its end, or ask for one story by sid="
