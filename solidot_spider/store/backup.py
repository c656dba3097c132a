"""Copies a store in SQLite into one file, while others read and write it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, func, select

from solidot_spider.base.devices import is_file
from solidot_spider.base.files import replacing
from solidot_spider.base.options import Options
from solidot_spider.store import database, migrations, schema, sqlite_address
from solidot_spider.store.errors import StoreError, no_store, store_errors
from solidot_spider.store.store_file import StoreFile


class BackupError(ValueError):
    """A copy that is not made; the message says why, and what to do."""


def backup(chosen: Options, out: Path, *, force: bool = False) -> int:
    """Copy the store into a file, in place of an old one; how many stories it has.

    The copy is the store as it was at one moment. It is checked before it takes the old one's place.

    Args:
        chosen: the program's options, which name the store.
        out: the file.
        force: let a store without stories replace a file.

    Raises:
        BackupError: the store is no file, the file cannot be its copy, or an empty one would replace a full one.
        StoreError: the store cannot be read, or is damaged.
        OSError: the file cannot be written.
    """
    if chosen.database_url:
        raise BackupError("the store is in PostgreSQL: copy it by `solidot copy --to DIR`, or by `pg_dump`")
    store = chosen.data_dir / "solidot.db"
    if not is_file(out):
        raise BackupError(f"{out}: no file; a copy is written in no order, name a file")
    engine, where = database.connect(chosen, create=False)
    try:
        watched = StoreFile(engine, where)
        count = _story_count(engine, where)
        if out.exists():
            _check_old(out, store, is_empty=not count, force=force)
        with replacing(out) as file, store_errors(where):
            _copy(store, Path(file.name))
            watched.check_unwritten()
    finally:
        engine.dispose()
    return count


def _check_old(out: Path, store: Path, *, is_empty: bool, force: bool) -> None:
    if out.samefile(store):
        raise BackupError(f"{out}: the store itself; name another file")
    if is_empty and not force and out.stat().st_size:
        raise BackupError(f"{out} is as it was: the store has no story; --force would replace it with nothing")


def _story_count(engine: Engine, where: str) -> int:
    """How many stories a store has.

    Raises:
        StoreError: it is none, or cannot be read.
    """
    with store_errors(where), engine.connect() as connection:
        migrations.check_whole(connection, where)
        if migrations.version_of(connection, where) is None:
            raise no_store(where)
        return connection.execute(select(func.count()).select_from(schema.stories)).scalar_one()


def _copy(store: Path, out: Path) -> None:
    with (
        closing(sqlite3.connect(sqlite_address.reading(store), uri=True, timeout=database.BUSY)) as source,
        closing(sqlite3.connect(out)) as target,
    ):
        target.execute("PRAGMA journal_mode=OFF")  # no file beside a part, which a kill would leave
        source.backup(target)
    with closing(sqlite3.connect(sqlite_address.unwritten(out), uri=True)) as copy:
        (told,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if told != "ok":
        raise StoreError(f"{store}: the store is damaged ({told}), and no copy is made; bring back an older one")
