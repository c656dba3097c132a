"""Lets one run at a time use a store: a kernel lock beside the SQLite file, an advisory lock in PostgreSQL.

Both end with their process, however it ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from solidot_spider.base import clock
from solidot_spider.store.errors import StoreError, store_errors
from solidot_spider.store.lock_holder import KEY, OF_THE_LOCK, SINCE, in_postgres

_PATIENCE = 0.2
"""Seconds to wait for the lock: who only looks whether it is held holds it for an instant."""

_IS_HELD = f"SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid) {OF_THE_LOCK} AND pid = :session"  # noqa: S608 - constants only
# PostgreSQL 14 and newer may close sessions on which nothing moves.
_STAYS_OPEN = "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'"


class LockedError(RuntimeError):
    """Another run holds the store; the message says which, and since when."""


class LostLockError(StoreError):
    """A run holds the store's lock no more, and must not write: another one may."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}, and another run may hold the store now; run it again: it goes on")


Check = Callable[[Connection], None]
"""Called in each transaction that writes: raises ``LostLockError`` if the lock is not held any more."""


def held(engine: Engine, where: str, name: str) -> AbstractContextManager[Check]:
    """Hold the lock of a store inside a ``with`` block, whose value tells whether it is still held.

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
def _beside(where: str, name: str) -> Iterator[Check]:
    path = Path(f"{where}.lock")
    lock = FileLock(path)
    with store_errors(where):
        try:
            lock.acquire(timeout=_PATIENCE, poll_interval=0.02)
        except Timeout as error:
            raise LockedError(_refusal(where, path.read_text(encoding="utf-8"))) from error
        path.write_text(_holder(name), encoding="utf-8")
        taken = path.stat()

    def check(_: Connection) -> None:
        with suppress(OSError):
            if os.path.samestat(path.stat(), taken):
                return
        raise LostLockError(where, f"its lock {path.name} was deleted or replaced")

    try:
        yield check
    finally:
        lock.release()


@contextmanager
def _advisory(engine: Engine, where: str, name: str) -> Iterator[Check]:
    with store_errors(where):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with store_errors(where):
            connection.execute(text(_STAYS_OPEN))
            # PostgreSQL shows a session's application name to all others, up to 63 bytes of it.
            connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": _holder(name)})
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}).scalar_one():
                raise LockedError(_refusal(where, in_postgres(connection)))
            session = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()

        def check(writing: Connection) -> None:
            if not writing.execute(text(_IS_HELD), {"key": KEY, "session": session}).scalar_one():
                raise LostLockError(where, "the server has closed the connection that held its lock")

        yield check
    finally:
        connection.invalidate()  # the lock belongs to the session, which must not go back to the pool
        connection.close()


def _holder(name: str) -> str:
    return f"{name}{SINCE}{clock.now():%Y-%m-%dT%H:%M:%SZ}"


def _refusal(where: str, holder: str) -> str:
    return f"{where}: held by {holder or 'another run'}; wait for its end, or ask for one story by sid="
