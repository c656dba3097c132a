"""Lets one run at a time use a store: a kernel lock beside the SQLite file, an advisory lock in PostgreSQL.

Both end with their process, however it ends; that in PostgreSQL also when its machine shows no life.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, Engine

from solidot_spider.base import clock
from solidot_spider.store.errors import store_errors
from solidot_spider.store.lock.errors import LockedError
from solidot_spider.store.lock.holder import SINCE
from solidot_spider.store.lock.postgres_lock import PostgresLock
from solidot_spider.store.lock.sqlite_lock import SqliteLock

AGAIN = 1.0
"""Seconds between two tries of who waits for the lock."""


class Lock(Protocol):
    """The lock of a store."""

    def take(self, holder: str) -> bool:
        """Take it, if nobody else has it; whether that is so."""

    def holder(self) -> str:
        """Who has it, as the holder itself said; '' if that is not known."""

    def rename(self, holder: str) -> None:
        """Say anew who has it."""

    def check(self, writing: Connection) -> None:
        """See in a transaction that writes whether it is still held.

        Raises:
            LostLockError: it is not.
        """

    def release(self) -> None:
        """Let others take it."""


class Hold:
    """A lock that is held.

    Args:
        lock: the lock.
        where: the database's name for a person.
    """

    def __init__(self, lock: Lock, where: str) -> None:
        self._lock = lock
        self._where = where
        self.check = lock.check

    def rename(self, name: str) -> None:
        """Show another name to those that want the lock, and that it is held since now.

        Raises:
            StoreError: the name cannot be written.
        """
        with store_errors(self._where):
            self._lock.rename(named(name))


class Wait(NamedTuple):
    """How long to wait for the lock in seconds, and what is called once, with its holder, when it is waited for."""

    seconds: float
    told: Callable[[str], object]


@contextmanager
def held(engine: Engine, where: str, name: str, timeout: float, wait: Wait | None = None) -> Iterator[Hold]:
    """Hold the lock of a store inside a ``with`` block.

    Args:
        engine: the store's database.
        where: the database's name for a person.
        name: the holder's name, shown to others that want the lock.
        timeout: the seconds after which a holder that shows no life loses the lock, in PostgreSQL.
        wait: how long to wait for another run's end; not at all by default.

    Raises:
        LockedError: another run holds it.
        StoreError: the lock cannot be made.
    """
    with store_errors(where):
        lock = _lock(engine, where, timeout)
    try:
        with store_errors(where):
            _take(lock, where, name, wait)
        yield Hold(lock, where)
    finally:
        lock.release()


def _lock(engine: Engine, where: str, timeout: float) -> Lock:
    return PostgresLock(engine, where, timeout) if engine.dialect.name == "postgresql" else SqliteLock(where)


def _take(lock: Lock, where: str, name: str, wait: Wait | None) -> None:
    if lock.take(named(name)):
        return
    holder = lock.holder() or "another run"
    if wait is not None and wait.seconds > 0:
        wait.told(holder)
        deadline = time.monotonic() + wait.seconds
        with _interrupted_by_sigterm():
            while (rest := deadline - time.monotonic()) > 0:
                time.sleep(min(AGAIN, rest))
                if lock.take(named(name)):
                    return
                holder = lock.holder() or holder
    raise LockedError(f"{where}: held by {holder}; wait for its end, or ask for one story by sid=")


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """SIGTERM raises ``KeyboardInterrupt`` inside the block, where it would end the process without a word."""
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def named(name: str) -> str:
    """What a lock tells of its holder: the name, and since when."""
    return f"{name}{SINCE}{clock.now():%Y-%m-%dT%H:%M:%SZ}"
