"""Tells who holds a store's lock, without taking it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, text

KEY = 0x501D06
"""The key of the advisory lock within its database."""

OF_THE_LOCK = (
    "WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key AND datname = current_database()"
)
_HOLDER = f"SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) {OF_THE_LOCK}"  # noqa: S608 - constants only

SINCE = " since "
"""What stands between the holder's name and the time in what a lock tells."""


def holder(connection: Connection, where: str) -> str | None:
    """The holder's name and since when, as ``NAME since 2026-01-15T04:00:00Z``; None if nobody is seen to hold it.

    Args:
        connection: a transaction of the store.
        where: the database's name for a person: of SQLite, its path.
    """
    if connection.dialect.name == "postgresql":
        return in_postgres(connection) or None
    return _beside(Path(f"{where}.lock"))


def in_postgres(connection: Connection) -> str:
    """The application name of the session that holds the advisory lock; '' if it is gone."""
    return str(connection.execute(text(_HOLDER), {"key": KEY}).scalar() or "")


def _beside(path: Path) -> str | None:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:  # nobody has held it yet, or it is not ours to see
        return None
    try:
        # A shared lock, for an instant: whoever takes the lock waits longer than that.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return path.read_text(encoding="utf-8") or "another run"
    except OSError:  # a file system without locks
        return None
    else:
        return None
    finally:
        os.close(file)
