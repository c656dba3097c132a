"""Puts jobs of dead workers back into the queue, and removes what is old: a task that one worker at a time runs."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.jobs import Status
from sqlalchemy import Engine

from solidot_spider.queue import tables
from solidot_spider.queue.job import UPKEEP, queue_of, upkeep_of
from solidot_spider.queue.tasks import Jobs

SILENCE = 30.0
"""By default, seconds without a heartbeat after which a worker is dead; it sends three in that time."""

KEPT_DAYS = 30
"""How long jobs are kept that ended well; those that failed stay until a person retries or removes them."""
_KEPT_HOURS = 1
"""How long jobs of this task itself are kept."""
_MINUTE = 60


def register(jobs: Jobs, engine: Engine, base: str, silence: float) -> None:
    """Let the engine run it each minute, or more often where workers are taken for dead sooner.

    Its jobs have no lock of the engine's: one that died with its worker would keep it for ever.

    Args:
        jobs: runs the worker's jobs.
        engine: the store's database.
        base: the site's base; the jobs of other sites are for workers of theirs.
        silence: seconds without a heartbeat after which a worker is dead.
    """
    queue, own = queue_of(base), upkeep_of(base)

    @jobs.app.task(name=UPKEEP, pass_context=True, queue=own)
    async def upkeep(_: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the tick's
        with tables.alone(engine) as is_alone:
            if is_alone:
                await _keep_up(jobs, queue, own, silence)

    seconds = max(1, round(silence / 2))
    jobs.app.periodic_registry.register_task(
        task=upkeep,
        cron="* * * * *" if silence * 2 >= _MINUTE else f"* * * * * */{seconds}",
        periodic_id=own,
        configure_kwargs={"queue": own, "queueing_lock": own, "priority": 1},
    )


async def _keep_up(jobs: Jobs, queue: str, own: str, silence: float) -> None:
    manager = jobs.app.job_manager
    await manager.prune_stalled_workers(silence)
    for row in await manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=silence):
        await jobs.take_up(row)
    for row in await manager.get_stalled_jobs(queue=own, seconds_since_heartbeat=silence):
        await manager.finish_job(row, Status.FAILED, delete_job=False)
    await manager.delete_old_jobs(_KEPT_HOURS, queue=own, include_failed=True)
    await manager.delete_old_jobs(KEPT_DAYS * 24, queue=queue, include_aborted=True, include_cancelled=True)
