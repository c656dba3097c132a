"""A worker: runs the jobs of its site's queue until it is stopped, or nothing is left."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from procrastinate import App
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job
from sqlalchemy import Engine

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE
from solidot_spider.queue import app as apps
from solidot_spider.queue import tasks, upkeep
from solidot_spider.queue.cron_line import CronLine
from solidot_spider.queue.job import queue_of, upkeep_of
from solidot_spider.queue.processes import Processes
from solidot_spider.queue.retry import Policy

HEARTBEATS = 3
"""So many in the time after which a worker is taken for dead: one may come late."""

_POLLING = 5.0
"""Seconds between two looks for a job whose time has come, or whose lock is free: nobody tells of these."""
_LOOK = 0.5
"""Seconds between two looks whether anything is left."""


class Plan(NamedTuple):
    """What a worker does.

    Attributes:
        cron: the jobs that it puts into the queue at their times.
        until_empty: end when no job waits, for its next try either, and none runs anywhere.
        at_once: how many jobs run at a time.
        policy: when a job is tried again.
        silence: seconds without a heartbeat after which a worker is dead; the same for all of a database.
        settings: those of ``-s``, which each job gets.
    """

    cron: Sequence[CronLine] = ()
    until_empty: bool = False
    at_once: int = 1
    policy: Policy = Policy()
    silence: float = upkeep.SILENCE
    settings: Mapping[str, str] = {}


def serve(chosen: Options, engine: Engine, plan: Plan) -> int:
    """Work; the exit status: 0, 1 where a job failed of a worker that ends by itself, 4 where the database went away.

    Args:
        chosen: the program's options.
        engine: the store's database, with the queue's tables.
        plan: what the worker does.
    """
    processes = Processes()
    _let_log(processes)
    app = apps.of(chosen, plan.at_once)
    jobs = tasks.Jobs(app, engine, processes, plan.policy, plan.settings)
    jobs.register()
    upkeep.register(jobs, engine, chosen.site_url, plan.silence)
    for line in plan.cron:
        tasks.add_tick(app, line, chosen.site_url)
    work = _Work(app, [queue_of(chosen.site_url), upkeep_of(chosen.site_url)], plan, processes)
    try:
        asyncio.run(work.run())
    except (ProcrastinateException, OSError) as error:
        return refuse(f"the queue's database cannot be used: {error.__cause__ or error}", CANNOT_WRITE)
    if not work.is_ending:
        return refuse("the queue's database went away; begin the worker again", CANNOT_WRITE)
    return TROUBLE if plan.until_empty and jobs.failed else OK


class _Work:
    """One worker in its loop, and what ends it."""

    def __init__(self, app: App, queues: list[str], plan: Plan, processes: Processes) -> None:
        self.is_ending = False
        """Whether it was told to end, or has nothing left to do."""
        self._app = app
        self._queues = queues
        self._plan = plan
        self._processes = processes
        self._working: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Work until the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        async with self._app.open_async():
            self._working = asyncio.create_task(self._work())
            looking = asyncio.create_task(self._look()) if self._plan.until_empty else None
            Console().print(f"the worker begins: {self._queues[0]}, {self._plan.at_once} at a time")
            with suppress(asyncio.CancelledError):
                await self._working
            if looking:
                looking.cancel()
        Console().print("the worker ends")

    async def _work(self) -> None:
        plan = self._plan
        await self._app.run_worker_async(
            queues=self._queues,
            concurrency=plan.at_once,
            install_signal_handlers=False,
            update_heartbeat_interval=plan.silence / HEARTBEATS,
            stalled_worker_timeout=plan.silence,
            fetch_job_polling_interval=min(_POLLING, plan.silence / HEARTBEATS),
        )

    async def _look(self) -> None:
        """End the worker when no job is left."""
        while await self._jobs("todo") or await self._jobs("doing"):  # noqa: ASYNC110 - others end jobs, too
            await asyncio.sleep(_LOOK)
        self._end()

    async def _jobs(self, status: str) -> list[Job]:
        return list(await self._app.job_manager.list_jobs_async(queue=self._queues[0], status=status))

    def _signalled(self) -> None:
        """The first signal lets the jobs end in an orderly way, the second ends them, a third one the worker."""
        if not self._processes.is_stopping:
            self._processes.stop()
            self._end()
            return
        self._processes.kill()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)

    def _end(self) -> None:
        if not self.is_ending and self._working is not None:
            self.is_ending = True
            self._working.cancel()  # which lets what runs come to its end; a second time would not


class _Lines(logging.Handler):
    """Tells of the engine's trouble, each once in one line; how jobs end is told elsewhere.

    Where the engine has lost its database it waits for the running jobs, without heartbeats: they are stopped.
    """

    def __init__(self, processes: Processes) -> None:
        super().__init__(logging.WARNING)
        self._processes = processes
        self._told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line."""
        action, line = str(getattr(record, "action", "")), _line(record)
        if action == "side_task_failed":
            self._processes.stop()
        if not action.startswith("job_") and line not in self._told:
            self._told.add(line)
            Console().print(f"{record.name}: {line}")


def _line(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.name == "asyncio" and record.exc_info:  # a task that nobody waits for; the rest of it tells of the code
        message = f"{message.splitlines()[0]}: {record.exc_info[1]}"
    return " ".join(message.split())


def _let_log(processes: Processes) -> None:
    lines = _Lines(processes)
    for name in ("procrastinate", "psycopg.pool", "asyncio"):
        logger = logging.getLogger(name)
        logger.addHandler(lines)
        logger.propagate = False
