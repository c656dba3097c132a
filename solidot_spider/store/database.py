"""Opens the database of the store, SQLite or PostgreSQL.

The options say which: ``SOLIDOT_DATABASE_URL``, or ``solidot.db`` in ``SOLIDOT_DATA_DIR``.
"""

from __future__ import annotations

import importlib
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, create_engine, event, func, select, text
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import Table

from solidot_spider.base.options import Options
from solidot_spider.base.sids import Sids
from solidot_spider.store import postgres_address, sqlite_address
from solidot_spider.store.errors import StoreError, no_store, store_errors

BUSY = 30.0
"""Seconds that a transaction waits for another program's commit."""

LONGEST_PAUSE = 20.0
"""Seconds between two statements of a transaction that writes, in PostgreSQL: that of a stopped process ends."""

SIDS_AT_ONCE = 5000
"""Rows of a query for ids that are in memory at once."""

IS_IMMUTABLE = "solidot_is_immutable"
"""The engine's option that says that SQLite takes no locks, and would not notice a writer."""

_SID_LOCK = 0x501D08
_POSTGRES = {
    "connect_timeout": 10,
    "application_name": "solidot_spider",
    "client_encoding": "utf8",  # whatever PGCLIENTENCODING or the database say
    "keepalives_idle": 60,  # a firewall forgets a connection on which nothing moves
    "tcp_user_timeout": 30_000,  # milliseconds: a dead server must not block a run for a quarter of an hour
}

logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())
"""Without the caller's own log, an interrupted read is told by our sentence, not by SQLAlchemy's traceback as well."""


def connect(chosen: Options, *, create: bool) -> tuple[Engine, str]:
    """The engine of the database that the options name, and the database's name for a person.

    Args:
        chosen: the program's options.
        create: make an SQLite file if none exists.

    Raises:
        NoStoreError: no such file exists.
        StoreError: the database's address is wrong.
    """
    if chosen.database_url:
        return _postgres(chosen.database_url)
    path = chosen.data_dir / "solidot.db"
    return connect_file(path, create=create), str(path)


def connect_file(path: Path, *, create: bool) -> Engine:
    """The engine of an SQLite file; raises what ``connect`` does."""
    with store_errors(str(path)):
        is_there = path.exists()
    if not create and not is_there:
        raise no_store(str(path))
    with store_errors(str(path)):
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        address = sqlite_address.writing(path) if create else sqlite_address.reading(path)

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=BUSY, isolation_level=None, check_same_thread=False)

    options = {IS_IMMUTABLE: address.endswith(sqlite_address.IMMUTABLE)}
    engine = create_engine("sqlite://", creator=opened, poolclass=QueuePool, execution_options=options)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def writing(engine: Engine, patience: float = BUSY) -> Iterator[Connection]:
    """A transaction that writes, and waits so many seconds for others; on SQLite no other one can write meanwhile."""
    chosen = {"solidot_writes": True, "solidot_patience": patience}
    with engine.connect() as connection, connection.execution_options(**chosen).begin():
        yield connection


@cache  # building the statement takes as long as writing the rows of ten stories
def upsert(dialect: str, table: Table) -> Insert:
    """An insert that replaces the row with the same primary key."""
    # A top-level import of PostgreSQL's dialect also loads asyncpg's, and costs `status` 25 ms.
    statement: Any = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    made: Insert = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    return made


def lock_sids(connection: Connection, sids: Sequence[int]) -> None:
    """Keep others from writing these stories until the transaction ends; on SQLite nobody else can write at all."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock(:kind, sid) FROM unnest(CAST(:sids AS int[])) AS sid")
        connection.execute(statement, {"kind": _SID_LOCK, "sids": sorted(sids)})


def select_sids(connection: Connection, statement: Select[Any]) -> Sids:
    """The ids that a query gives; only their ranges are in memory, however many there are."""
    ordered = statement.order_by(*statement.selected_columns)
    return Sids.of(connection.execute(ordered, execution_options={"yield_per": SIDS_AT_ONCE}).scalars())


def size(connection: Connection) -> int:
    """Bytes on disk."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
    listed = connection.exec_driver_sql("PRAGMA database_list").all()  # may list temporary tables, too
    main = Path(next(file for _, name, file in listed if name == "main"))
    return sum(path.stat().st_size for path in main.parent.glob(f"{main.name}*") if path.suffix != ".lock")


def _postgres(address: str) -> tuple[Engine, str]:
    try:
        url = postgres_address.parsed(address)
        # A run may wait for minutes: a connection that was closed meanwhile is opened again.
        engine = create_engine(url, connect_args=_POSTGRES, pool_pre_ping=True)
        event.listen(engine, "begin", _bound_locks)
    except ValueError as error:
        raise StoreError(f"SOLIDOT_DATABASE_URL: {error}") from error
    except ImportError as error:
        raise StoreError("PostgreSQL needs its driver: pip install 'solidot_spider[postgres]'") from error
    return engine, postgres_address.named(url)


def _set_up(connection: Any, _: object) -> None:
    # In WAL mode this survives any kill; a power cut may lose the last commits, whose ids are then asked again.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    # A transaction that reads first can be refused the write later and lose its work: take the write lock at once.
    chosen = connection.get_execution_options()
    if not chosen.get("solidot_writes"):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={chosen['solidot_patience'] * 1000:.0f}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _bound_locks(connection: Connection) -> None:
    patience = connection.get_execution_options().get("solidot_patience", BUSY)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience * 1000:.0f}")
    if connection.get_execution_options().get("solidot_writes"):
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {LONGEST_PAUSE * 1000:.0f}")
