"""The database behind the store: SQLite beside the data or PostgreSQL, opened, checked and brought forward."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, insert, inspect, make_url, select, text, update
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import Table

from solidot_spider.base.options import Options
from solidot_spider.store import schema

BUSY = 30.0
"""Seconds that a write waits for another one's commit."""

_SCHEMA_LOCK, _SID_LOCK = 0x501D07, 0x501D08
_POSTGRES = {
    "connect_timeout": 10,
    "application_name": "solidot_spider",
    "tcp_user_timeout": 30_000,  # milliseconds: a server that is gone must not hold a run for a quarter of an hour
}
_HINTS = {
    "disk is full": "make room, then run it again: it goes on where it was",
    "disk I/O error": "see whether the disk is full or failing, then run it again: it goes on where it was",
    "readonly database": "it cannot be written here; see who owns it and how the disk is mounted",
    "unable to open database file": "see that the directory is there and can be written",
    "not a database": "move it away, or name another directory by SOLIDOT_DATA_DIR",
    "malformed": "the file is damaged; bring back a copy, or move it away and crawl again",
    "locked": "another program writes to it and does not end",
}


class StoreError(RuntimeError):
    """The store cannot be opened, read or written; the message says where, why, and what to do."""


def connect(chosen: Options, *, create: bool) -> tuple[Engine, str]:
    """The database that the options name, ready to be used, and what a person calls it.

    Args:
        chosen: the program's options.
        create: make it where there is none yet.

    Raises:
        StoreError: it is not there, cannot be opened, is another program's, or newer than this one.
    """
    if chosen.database_url:
        engine, where = _postgres(chosen.database_url)
    else:
        path = chosen.data_dir / "solidot.db"
        engine, where = _sqlite(path, create=create), str(path)
    try:
        with told(where):
            _prepare(engine, where, create=create)
    except StoreError:
        engine.dispose()
        raise
    return engine, where


@contextmanager
def told(where: str) -> Iterator[None]:
    """Whatever goes wrong with a database inside is one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"{where}: {_sentence(str(error.orig or error))}") from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"{where}: {_sentence(str(error))}") from error
    except OSError as error:
        raise StoreError(f"{error.filename or where}: {error.strerror or error}") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; on SQLite it is the only one from its first statement on."""
    with engine.connect() as connection, connection.execution_options(solidot_writes=True).begin():
        yield connection


@cache  # making one takes as long as writing the rows of ten stories
def upsert(dialect: str, table: Table) -> Insert:
    """An insert that replaces the row with the same key."""
    # Not above: PostgreSQL's dialect brings asyncpg's, and costs `status` 25 ms.
    statement: Any = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    made: Insert = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    return made


def serialise(connection: Connection, sids: Sequence[int]) -> None:
    """Let nobody else write these stories until the transaction ends; on SQLite nobody else can write at all."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:kind, sid) FROM unnest(CAST(:sids AS int[])) AS sid")
        connection.execute(statement, {"kind": _SID_LOCK, "sids": sorted(sids)})


def size(connection: Connection) -> int:
    """Bytes on disk."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
    listed = connection.exec_driver_sql("PRAGMA database_list").all()  # beside it there may be one of temporary tables
    main = Path(next(file for _, name, file in listed if name == "main"))
    return sum(path.stat().st_size for path in main.parent.glob(f"{main.name}*") if path.suffix != ".lock")


def _postgres(address: str) -> tuple[Engine, str]:
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        engine = create_engine(url, connect_args=_POSTGRES)
    except (ArgumentError, ValueError, NoSuchModuleError) as error:
        raise StoreError(f"SOLIDOT_DATABASE_URL: {error}; give postgresql://user@host/database") from error
    except ImportError as error:
        raise StoreError("PostgreSQL needs its driver: pip install 'solidot_spider[postgres]'") from error
    return engine, url.set(drivername="postgresql").render_as_string(hide_password=True)


def _sqlite(path: Path, *, create: bool) -> Engine:
    if not create and not path.exists():
        raise StoreError(_none_yet(str(path)))
    with told(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=opened, poolclass=QueuePool)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _: object) -> None:
    # In WAL any kill is survived so; a power cut may cost the last commits, whose ids are then asked again.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and is then refused the write would be lost: the right is taken at once.
    writes = connection.get_execution_options().get("solidot_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _none_yet(where: str) -> str:
    return f"{where}: there is no store here yet; `solidot crawl` makes one"


def _prepare(engine: Engine, where: str, *, create: bool) -> None:
    """Make the tables in an empty database, if that is wanted; bring older ones forward; refuse what is not ours."""
    with engine.connect() as connection:
        found = _version(connection, where)
    if found == schema.version():
        return
    if found is None and not create:
        raise StoreError(_none_yet(where))
    if found is None and engine.dialect.name == "sqlite":
        _lay_out(engine)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
        found = _version(connection, where)  # two may come at once
        if found is None:
            schema.metadata.create_all(connection)
            connection.execute(insert(schema.schema), {"version": schema.version()})
            return
        for migration in schema.MIGRATIONS[found - schema.FIRST :]:
            migration(connection)
        connection.execute(update(schema.schema).values(version=schema.version()))


def _lay_out(engine: Engine) -> None:
    """Choose a new file's form: in larger pages than SQLite's 4 KB a story and its page take a quarter less."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA page_size=16384")
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def _version(connection: Connection, where: str) -> int | None:
    """The version of the schema; None in an empty database.

    Raises:
        StoreError: it is another program's, or newer than this one.
    """
    names = set(inspect(connection).get_table_names())
    if schema.schema.name not in names:
        taken = names if connection.dialect.name == "sqlite" else names & set(schema.metadata.tables)
        if taken:
            raise StoreError(
                f"{where}: this database is another program's: it has the table {min(taken)}; "
                "name another by SOLIDOT_DATA_DIR or SOLIDOT_DATABASE_URL"
            )
        return None
    found = connection.execute(select(schema.schema.c.version)).scalar_one()
    if found > schema.version():
        raise StoreError(
            f"{where}: its schema version {found} is newer than this program's {schema.version()}; "
            "upgrade solidot_spider to use it"
        )
    return int(found)


def _sentence(said: str) -> str:
    line = said.strip().partition("\n")[0]
    hint = next((hint for words, hint in _HINTS.items() if words in line), "")
    return f"{line}; {hint}" if hint else line
