"""The lock of a store in SQLite: a kernel lock on a file beside it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from solidot_spider.store.lock.errors import LostLockError

_PATIENCE = 0.2
"""Seconds to wait for the lock: who only looks whether it is held holds it for an instant."""


class SqliteLock:
    """A file whose content names the holder.

    Args:
        where: the path of the store's file.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._path = Path(f"{where}.lock")
        self._lock = FileLock(self._path)
        self._taken: os.stat_result | None = None

    def take(self, holder: str) -> bool:
        """Take it, if nobody else has it; whether that is so."""
        try:
            self._lock.acquire(timeout=_PATIENCE, poll_interval=0.02)
        except Timeout:
            return False
        self.rename(holder)
        self._taken = self._path.stat()
        return True

    def holder(self) -> str:
        """Who has it."""
        return self._path.read_text(encoding="utf-8")

    def rename(self, holder: str) -> None:
        """Say anew who has it."""
        self._path.write_text(holder, encoding="utf-8")

    def check(self, _: Connection) -> None:
        """See whether the file is still there: without it others would lock another one."""
        with suppress(OSError):
            if self._taken is not None and os.path.samestat(self._path.stat(), self._taken):
                return
        raise LostLockError(self._where, f"its lock {self._path.name} was deleted or replaced")

    def release(self) -> None:
        """Let others take it."""
        self._lock.release()
