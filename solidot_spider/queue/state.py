"""Sums the queue up for ``solidot status``, by plain SQL: the queue's engine need not be installed, nor imported."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, text

from solidot_spider.base import clock
from solidot_spider.queue.job import TASKS, Job

SHOWN = 3
"""So many failed jobs are named, the newest first."""

_TABLES = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AND to_regclass('solidot_job_endings') IS NOT NULL"
_COUNTS = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = ANY(:tasks) GROUP BY status"
_OLDEST = """
SELECT min(event.at) FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
WHERE job.status = 'todo' AND event.type = 'deferred' AND job.task_name = ANY(:tasks)
"""
_WORKERS = "SELECT id, extract(epoch FROM now() - last_heartbeat)::float FROM procrastinate_workers ORDER BY id"
_FAILED = """
SELECT job.id, job.task_name, job.args, ending.ended_at, ending.exit_status, ending.sentence
FROM procrastinate_jobs AS job LEFT JOIN solidot_job_endings AS ending ON ending.job_id = job.id
WHERE job.status = 'failed' AND job.task_name = ANY(:tasks) ORDER BY job.id DESC LIMIT :shown
"""


class FailedJob(Struct):
    """A job that a person must look at; what is not known of its end is null."""

    number: int
    job: str
    ended_at: str | None
    exit_status: int | None
    sentence: str | None


class Worker(Struct):
    """A worker that has not been given up: its number, and how many seconds ago it gave a sign of life."""

    number: int
    silent: float


class Queue(Struct):
    """The jobs of a database, of all sites; ``oldest`` is since when the oldest waits, in UTC."""

    waiting: int
    running: int
    failed: int
    oldest: str | None
    workers: list[Worker]
    failures: list[FailedJob]


def of(connection: Connection) -> Queue | None:
    """The queue in a transaction's database; None where there is none."""
    if connection.dialect.name != "postgresql" or not connection.execute(text(_TABLES)).scalar_one():
        return None
    tasks = {"tasks": list(TASKS)}
    counts = {row[0]: row[1] for row in connection.execute(text(_COUNTS), tasks)}
    oldest = connection.execute(text(_OLDEST), tasks).scalar()
    return Queue(
        waiting=counts.get("todo", 0),
        running=counts.get("doing", 0),
        failed=counts.get("failed", 0),
        oldest=oldest and clock.iso(oldest),
        workers=[Worker(*row) for row in connection.execute(text(_WORKERS))],
        failures=[_failed(row) for row in connection.execute(text(_FAILED), {**tasks, "shown": SHOWN})],
    )


def _failed(row: Row[Any]) -> FailedJob:
    ended_at = row.ended_at and clock.iso(row.ended_at)
    return FailedJob(row.id, Job.stored(row.task_name, row.args).name, ended_at, row.exit_status, row.sentence)
