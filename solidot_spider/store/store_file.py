"""Watches the SQLite file of an open store: whether it is still there, and still the same."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from solidot_spider.store.database import IS_IMMUTABLE
from solidot_spider.store.errors import StoreError
from solidot_spider.store.sqlite_address import write_ahead_log


class StoreFile:
    """The file of an open store, and the one beside it; of a PostgreSQL database none.

    Args:
        engine: the store's database.
        where: its name for a person: of SQLite the file.
    """

    def __init__(self, engine: Engine, where: str) -> None:
        self.where = where
        self._paths = (Path(where), write_ahead_log(Path(where))) if engine.dialect.name == "sqlite" else ()
        self._is_immutable = bool(engine.get_execution_options().get(IS_IMMUTABLE))
        self._identities = {path: _identity(path) for path in self._paths}
        self._state = [_state(path) for path in self._paths]

    def check(self) -> None:
        """See whether the files are still those that were opened: what is written into a deleted one is lost.

        Raises:
            StoreError: one was deleted or replaced.
        """
        for path, before in self._identities.items():
            now = _identity(path)
            if before is not None and now != before:
                what = "replaced by another file" if now else "deleted"
                raise StoreError(
                    f"{path}: it was {what} during the run, and what the run found is not in the store; "
                    "see who did it, then run it again"
                )
            self._identities[path] = now

    def check_unwritten(self) -> None:
        """See whether nobody has written meanwhile, if SQLite would not notice.

        Raises:
            StoreError: somebody has.
        """
        if self._is_immutable and [_state(path) for path in self._paths] != self._state:
            raise StoreError(f"{self.where}: it was written while it was read without write rights; run it again")


def _identity(path: Path) -> tuple[int, int] | None:
    """What a file is, whatever it is called; None if there is none."""
    found = _stat(path)
    return (found.st_dev, found.st_ino) if found else None


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written; None if there is none."""
    found = _stat(path)
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None


def _stat(path: Path) -> os.stat_result | None:
    with suppress(OSError):
        return path.stat()
    return None
