"""What the queue's engine runs: each job's command in a process, and what is made of its exit status."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from procrastinate import App, JobContext
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from solidot_spider.base.console import Console
from solidot_spider.base.durations import duration
from solidot_spider.base.outcome import OK, TROUBLE
from solidot_spider.queue import tables
from solidot_spider.queue.cron_line import CronLine
from solidot_spider.queue.job import TASKS, Job, queue_of, shortened
from solidot_spider.queue.processes import Ending, Processes
from solidot_spider.queue.retry import ByExitStatus, Ended, Policy, Stopped

Task = Callable[..., Awaitable[None]]


class Jobs:
    """Runs jobs for a worker.

    Args:
        app: the queue's engine.
        engine: the store's database.
        processes: the processes of the worker's jobs.
        policy: when a job is tried again.
        settings: those of ``-s``, which each job gets.
    """

    def __init__(
        self, app: App, engine: Engine, processes: Processes, policy: Policy, settings: Mapping[str, str]
    ) -> None:
        self.app = app
        self.failed = 0
        """How many jobs ended and are not tried again."""
        self._engine = engine
        self._processes = processes
        self._policy = policy
        self._settings = settings
        self._console = Console()

    def register(self) -> None:
        """Let the engine know how each task is run."""
        for name in TASKS:
            self.app.task(name=name, pass_context=True, retry=ByExitStatus(self._policy))(self._runner(name))

    def _runner(self, task: str) -> Task:
        async def run(context: JobContext, timestamp: int | None = None, **values: Any) -> None:  # noqa: ARG001 - a tick's
            await self.run(context, Job.stored(task, values))

        return run

    async def take_up(self, row: Row) -> None:
        """Put a job whose worker is dead back into the queue; after its last try a person must look at it."""
        assert row.id is not None
        name = Job.stored(row.task_name, row.task_kwargs).name
        if row.attempts + 1 < self._policy.tries:
            self._console.print(f"job {row.id} goes back into the queue, its worker is dead: {name}")
            await self.app.job_manager.retry_job(row)
            return
        ending = Ending(TROUBLE, f"its worker died at try {row.attempts + 1}")
        await self._write(row.id, ending)
        await self.app.job_manager.finish_job(row, Status.FAILED, delete_job=False)
        self._tell(row.id, name, ending, row.attempts)

    async def run(self, context: JobContext, job: Job) -> None:
        """Run one.

        Raises:
            Stopped: it was cut off because the worker stops; it goes back into the queue.
            Ended: its exit status was not 0.
        """
        number = context.job.id
        assert number is not None
        if self._processes.is_stopping:
            raise Stopped
        self._console.print(f"job {number} begins: {job.name}")
        ending = await self._processes.run(job.words(self._settings))
        if context.should_abort():
            raise JobAborted
        if self._processes.is_stopping and ending.status != OK:
            self._console.print(f"job {number} was cut off, and goes back into the queue: {job.name}")
            raise Stopped
        await self._write(number, ending)
        self._tell(number, job.name, ending, context.job.attempts)
        if ending.status != OK:
            raise Ended(ending.status, ending.sentence)

    async def _write(self, number: int, ending: Ending) -> None:
        try:
            await asyncio.to_thread(tables.write_ending, self._engine, number, *ending)
        except SQLAlchemyError as error:
            self._console.print(f"job {number}: its end could not be written: {error.args[0] if error.args else error}")

    def _tell(self, number: int, name: str, ending: Ending, before: int) -> None:
        if ending.status == OK:
            self._console.print(f"job {number} is done: {name}")
            return
        wait = self._policy.wait(ending.status, before)
        self.failed += wait is None
        then = "a person must look at it" if wait is None else f"again in {duration(wait)}"
        told = f"job {number} ended with {ending.status} at try {before + 1}, {then}: {name}: {ending.sentence}"
        self._console.print(told)


def add_tick(app: App, line: CronLine, base: str) -> None:
    """Let the engine put a job into the queue at its times, once over all workers, and not while an equal one waits.

    Args:
        app: the engine, with its tasks.
        line: the times and the job.
        base: the site's base.
    """
    queue = queue_of(base)
    app.periodic_registry.register_task(
        task=app.tasks[line.job.task],
        cron=line.fields,
        periodic_id=shortened(f"{queue} {line.fields} {line.job.name}"),
        configure_kwargs={
            "queue": queue,
            "lock": line.job.lock(base),
            "queueing_lock": shortened(f"{queue} {line.job.name}"),
            "task_kwargs": line.job.values,
        },
    )
