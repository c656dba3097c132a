"""Makes the queue's tables in the store's database: Procrastinate's, and one that tells how jobs ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate import sql
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

from solidot_spider.store.errors import StoreError, store_errors

_LOCK = 0x501D10
"""The key of the advisory lock under which the tables are made: several workers may begin at once."""

_ALONE = 0x501D11

_ENDINGS = """
CREATE TABLE IF NOT EXISTS solidot_job_endings (
    job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs (id) ON DELETE CASCADE,
    ended_at timestamptz NOT NULL DEFAULT now(),
    exit_status integer NOT NULL,
    sentence text NOT NULL
)
"""
"""Procrastinate keeps whether a job failed, and not why."""

_ENDED = """
INSERT INTO solidot_job_endings (job_id, exit_status, sentence) VALUES (:job, :status, :sentence)
ON CONFLICT (job_id) DO UPDATE
SET ended_at = now(), exit_status = excluded.exit_status, sentence = excluded.sentence
"""
_FUNCTION = re.compile(r"\bprocrastinate_\w+_v\d+(?=\()")


def prepare(engine: Engine, where: str) -> None:
    """Make the tables where they are missing.

    Args:
        engine: the store's database, which is PostgreSQL.
        where: its name for a person.

    Raises:
        StoreError: they cannot be made, or are those of another version of Procrastinate.
    """
    with store_errors(where), engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is None:
            raw: Any = connection.connection.driver_connection
            raw.execute(SchemaManager.get_schema())  # several statements, and % in them
        connection.execute(text(_ENDINGS))
        if missing := _missing(connection):
            raise StoreError(
                f"{where}: the queue's tables lack {missing}: they are of another version of Procrastinate; "
                "`solidot help queue` says how they are brought forward"
            )


def _missing(connection: Connection) -> str:
    """A function that this version of Procrastinate calls and the database does not have; '' if it has all."""
    called = {name for query in sql.queries.values() for name in _FUNCTION.findall(query)}
    known = connection.execute(text("SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'")).scalars()
    return min(called - set(known), default="")


@contextmanager
def alone(engine: Engine) -> Iterator[bool]:
    """Whether no other worker is in such a ``with`` block; one that dies leaves it."""
    with engine.connect() as connection:
        yield bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ALONE}).scalar_one())


def write_ending(engine: Engine, job: int, status: int, sentence: str) -> None:
    """Write how a try of a job ended; the last one stays.

    Raises:
        SQLAlchemyError: it cannot be written.
    """
    with engine.begin() as connection:
        connection.execute(text(_ENDED), {"job": job, "status": status, "sentence": sentence})
