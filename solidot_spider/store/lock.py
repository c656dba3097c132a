"""Lets one run at a time use a store: a kernel lock beside the SQLite file, an advisory lock in PostgreSQL.

Both end with their process, however it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from solidot_spider.base import clock
from solidot_spider.store.database import store_errors

KEY = 0x501D06
"""The key of the advisory lock within its database."""


class LockedError(RuntimeError):
    """Another run holds the store; the message says which, and since when."""


def held(engine: Engine, where: str, name: str) -> AbstractContextManager[None]:
    """Hold the lock of a store inside a ``with`` block.

    Args:
        engine: the store's database.
        where: the database's name for a person.
        name: the holder's name, shown to others that want the lock.

    Raises:
        LockedError: another run holds it.
        StoreError: the lock cannot be made.
    """
    return _advisory(engine, where, name) if engine.dialect.name == "postgresql" else _beside(where, name)


@contextmanager
def _beside(where: str, name: str) -> Iterator[None]:
    path = Path(f"{where}.lock")
    lock = FileLock(path)
    with store_errors(where):
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
    with store_errors(where):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with store_errors(where):
            # PostgreSQL shows a session's application name to all others, up to 63 bytes of it.
            connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": _holder(name)})
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}).scalar_one():
                raise LockedError(_refusal(where, _holder_in(connection)))
        yield
    finally:
        connection.invalidate()  # the lock belongs to the session, which must not go back to the pool
        connection.close()


def _holder_in(connection: Connection) -> str:
    """The application name of the session that holds the advisory lock; '' if it is gone."""
    statement = text(
        "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
        "WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND datname = current_database()"
    )
    return str(connection.execute(statement, {"key": KEY}).scalar() or "")


def _holder(name: str) -> str:
    return f"{name} since {clock.now():%Y-%m-%dT%H:%M:%SZ}"


def _refusal(where: str, holder: str) -> str:
    return f"{where}: held by {holder or 'another run'}; wait for its end, or ask for one story by sid="
