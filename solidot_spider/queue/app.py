"""The queue's engine, made of this program's options.

``procrastinate --app=solidot_spider.queue.app.app shell`` is Procrastinate's own view of it.
"""

from __future__ import annotations

from typing import Any

from procrastinate import App, PsycopgConnector, exceptions, manager
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status

from solidot_spider.base import options
from solidot_spider.base.options import Options
from solidot_spider.queue.job import Job, queue_of
from solidot_spider.store import postgres_address

_FOR_ITSELF = 4
"""Connections of a worker beside those of its jobs: notifications, heartbeats, ticks, requests to stop."""

_PATIENCE = 10.0
"""Seconds to wait for a connection."""


class JobManager(manager.JobManager):
    """The engine's, for jobs of which one equal may wait (``queueing_lock``).

    Where one was put into the queue while another ran, the one that ran need not be tried again; the engine would fail
    to put it back, and leave it as running for ever.
    """

    async def retry_job(self, job: Row, *args: Any, **kwargs: Any) -> None:
        """Put a job back into the queue, or end it if an equal one waits there."""
        try:
            await super().retry_job(job, *args, **kwargs)
        except exceptions.UniqueViolation:
            await self.finish_job(job, Status.ABORTED, delete_job=False)


def of(chosen: Options, at_once: int = 1) -> App:
    """The engine over the database that the options name, which is PostgreSQL; it is not open yet.

    Args:
        chosen: the program's options.
        at_once: how many jobs a worker runs at a time.
    """
    url = postgres_address.parsed(chosen.database_url).set(drivername="postgresql")
    connector = PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        min_size=1,
        max_size=at_once + _FOR_ITSELF,
        timeout=_PATIENCE,
        kwargs={"application_name": "solidot_queue"},
    )
    app = App(connector=connector)
    app.job_manager = JobManager(connector)
    return app


def enqueue(chosen: Options, job: Job) -> int:
    """Put a job into the queue of the site that the options name; the job's number.

    Raises:
        ProcrastinateException: the database cannot be reached.
    """
    with (app := of(chosen)).open():
        deferrer = app.configure_task(job.task, queue=queue_of(chosen.site_url), lock=job.lock(chosen.site_url))
        return deferrer.defer(**job.values)


def __getattr__(name: str) -> App:
    """``app``, by the environment, for Procrastinate's own command line."""
    if name == "app":
        return of(options.load())
    raise AttributeError(name)
