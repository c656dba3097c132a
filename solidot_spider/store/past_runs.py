"""Reads what the store knows of its last runs, and tells one that lives from one that was killed."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from solidot_spider.base.outcome import OK
from solidot_spider.store import schema
from solidot_spider.store.lock.holder import SINCE

ENDED, RUNS, KILLED, OPEN = "ended", "runs", "killed", "open"
"""What a run does: ``open`` if nobody can tell, since a run of one story takes no lock."""


class PastRun(Struct):
    """A run; what is known only at its end is null while it runs, and for good if it was killed."""

    name: str
    started_at: str
    ended_at: str | None
    asked: int | None
    counts: dict[str, int] | None
    exit_status: int | None
    verdict: str | None
    spider: str = ""
    arguments: dict[str, str] = {}
    state: str = ENDED
    """``ended``, ``runs`` or ``killed``; ``open`` for a run of one story, which takes no lock, without an end."""


def last(connection: Connection, limit: int, holder: str | None) -> list[PastRun]:
    """The last runs, newest first.

    Args:
        connection: a transaction that only reads.
        limit: how many at most.
        holder: who holds the store's lock, as ``lock_holder.holder`` tells.
    """
    runs = schema.runs.c
    columns = (
        runs.name, runs.started_at, runs.ended_at, runs.asked, runs.counts, runs.exit_status, runs.verdict,
        runs.spider, runs.arguments, runs.is_single,
    )  # fmt: skip
    name = (holder or "").partition(SINCE)[0]
    found = []
    for row in connection.execute(select(*columns).order_by(runs.id.desc()).limit(limit)):
        counts = msgspec.json.decode(row.counts) if row.counts else None
        if row.ended_at is not None:
            state = ENDED
        elif row.name == name:
            state = RUNS
        else:
            state = OPEN if row.is_single else KILLED
        given = msgspec.json.decode(row.arguments)
        found.append(PastRun(*row[:4], counts, *row[5:8], given, state))
    return found


def last_good_at(connection: Connection) -> str | None:
    """When the last run ended whose exit status was 0, other than one of a single story; None if there is none."""
    runs = schema.runs.c
    statement = select(runs.ended_at).where(runs.exit_status == OK, runs.is_single == 0).order_by(runs.id.desc())
    return connection.execute(statement.limit(1)).scalar()
