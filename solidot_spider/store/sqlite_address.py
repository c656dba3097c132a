"""Makes SQLite's URI of a store's file: to write it, or to read it also where nothing can be written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

IMMUTABLE = "immutable=1"
"""SQLite takes no locks and makes no files: it would not notice a writer."""


def writing(path: Path) -> str:
    """The URI to write a store by; the file is made if there is none."""
    return _uri(path, "mode=rwc")


def reading(path: Path) -> str:
    """The URI to read a store by.

    SQLite reads a store with two files beside it, which it makes if it can. Where it cannot, those that a run has left
    will do; where there are none, all is in the store's own file.

    Raises:
        sqlite3.OperationalError: the last commits cannot be read without write rights.
    """
    log, index = write_ahead_log(path), path.with_name(f"{path.name}-shm")
    if os.access(path, os.W_OK) and (os.access(path.absolute().parent, os.W_OK) or log.exists()):
        return _uri(path, "mode=rw")
    if not log.exists() or not log.stat().st_size:
        return unwritten(path)
    if index.exists():
        return _uri(path, "mode=ro")
    raise sqlite3.OperationalError(
        f"its last commits are in {log.name}, which cannot be read without write rights; "
        "run this once as a user who has them, or on a copy of both files"
    )


def unwritten(path: Path) -> str:
    """The URI to read a store by that nobody writes to."""
    return _uri(path, IMMUTABLE)


def write_ahead_log(path: Path) -> Path:
    """The file beside a store that holds its last commits."""
    return path.with_name(f"{path.name}-wal")


def _uri(path: Path, query: str) -> str:
    return f"{path.absolute().as_uri()}?{query}"
