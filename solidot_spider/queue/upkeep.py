"""Puts jobs of dead workers back into the queue, and removes what is old: a task that one worker at a time runs."""

from __future__ import annotations

from procrastinate import App, JobContext

from solidot_spider.base.console import Console
from solidot_spider.queue.job import UPKEEP, Job

SILENCE = 30.0
"""By default, seconds without a heartbeat after which a worker is dead; it sends three in that time."""

KEPT_DAYS = 30
"""How long jobs are kept that ended well; those that failed stay until a person retries or removes them."""
_KEPT_HOURS = 1
"""How long jobs of this task itself are kept."""
_MINUTE = 60


def register(app: App, silence: float) -> None:
    """Let the engine run it each minute, or more often where workers are taken for dead sooner.

    Args:
        app: the engine.
        silence: seconds without a heartbeat after which a worker is dead.
    """

    @app.task(name="upkeep", pass_context=True, queue=UPKEEP)
    async def upkeep(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the tick's
        await _take_up(context.app, silence)
        await context.app.job_manager.delete_old_jobs(_KEPT_HOURS, queue=UPKEEP, include_failed=True)
        await context.app.job_manager.delete_old_jobs(KEPT_DAYS * 24, include_aborted=True, include_cancelled=True)

    seconds = max(1, round(silence / 2))
    app.periodic_registry.register_task(
        task=upkeep,
        cron="* * * * *" if silence * 2 >= _MINUTE else f"* * * * * */{seconds}",
        periodic_id="",
        configure_kwargs={"queue": UPKEEP, "lock": UPKEEP, "queueing_lock": UPKEEP, "priority": 1},
    )


async def _take_up(app: App, silence: float) -> None:
    manager = app.job_manager
    await manager.prune_stalled_workers(silence)
    for row in await manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        await manager.retry_job(row)
        if row.queue != UPKEEP:
            name = Job.stored(row.task_name, row.task_kwargs).name
            Console().print(f"job {row.id} goes back into the queue, its worker is dead: {name}")
