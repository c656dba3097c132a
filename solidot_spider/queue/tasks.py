"""What the queue's engine runs: each job's command in a process, and what is made of its exit status."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from procrastinate import App, JobContext
from procrastinate.exceptions import JobAborted
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from solidot_spider.base.console import Console
from solidot_spider.base.durations import duration
from solidot_spider.base.outcome import OK
from solidot_spider.queue import tables
from solidot_spider.queue.cron_line import CronLine
from solidot_spider.queue.job import TASKS, Job, queue_of, shortened
from solidot_spider.queue.processes import Ending, Processes
from solidot_spider.queue.retry import ByExitStatus, Ended, Policy, Stopped

Task = Callable[..., Awaitable[None]]


class Jobs:
    """Runs jobs for a worker.

    Args:
        engine: the store's database.
        processes: the processes of the worker's jobs.
        policy: when a job is tried again.
        settings: those of ``-s``, which each job gets.
    """

    def __init__(self, engine: Engine, processes: Processes, policy: Policy, settings: Mapping[str, str]) -> None:
        self.failed = 0
        """How many jobs ended and are not tried again."""
        self._engine = engine
        self._processes = processes
        self._policy = policy
        self._settings = settings
        self._console = Console()

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
        self._tell(number, job, ending, context.job.attempts)
        if ending.status != OK:
            raise Ended(ending.status, ending.sentence)

    async def _write(self, number: int, ending: Ending) -> None:
        try:
            await asyncio.to_thread(tables.write_ending, self._engine, number, *ending)
        except SQLAlchemyError as error:
            self._console.print(f"job {number}: its end could not be written: {error.args[0] if error.args else error}")

    def _tell(self, number: int, job: Job, ending: Ending, before: int) -> None:
        if ending.status == OK:
            self._console.print(f"job {number} is done: {job.name}")
            return
        wait = self._policy.wait(ending.status, before)
        self.failed += wait is None
        then = "a person must look at it" if wait is None else f"again in {duration(wait)}"
        told = f"job {number} ended with {ending.status} at try {before + 1}, {then}: {job.name}: {ending.sentence}"
        self._console.print(told)


def register(app: App, jobs: Jobs, policy: Policy) -> None:
    """Let the engine know how each task is run."""
    for name in TASKS:
        app.task(name=name, pass_context=True, retry=ByExitStatus(policy))(_runner(jobs, name))


def _runner(jobs: Jobs, task: str) -> Task:
    async def run(context: JobContext, timestamp: int | None = None, **values: Any) -> None:  # noqa: ARG001 - a tick's
        await jobs.run(context, Job.stored(task, values))

    return run


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
