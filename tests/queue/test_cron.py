"""Lines of ``--cron``, and their ticks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from procrastinate import App
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import Engine

from solidot_spider.base.options import Options
from solidot_spider.base.sids import ArgumentError
from solidot_spider.queue import app as apps
from solidot_spider.queue import cron_line, tables, tasks
from solidot_spider.queue.cron_line import CronLine
from solidot_spider.queue.job import Job
from solidot_spider.queue.processes import Processes
from solidot_spider.queue.retry import Policy
from solidot_spider.store import database
from tests.conftest import needs_postgres
from tests.queue.conftest import Queue

NOWHERE = "http://127.0.0.1:9"


def plainly(words: Sequence[str], given: Sequence[str]) -> Job:
    return Job.of(words, dict(each.split("=", 1) for each in given))


def test_a_line_is_a_time_and_a_job() -> None:
    line = cron_line.parse("  5 4 * * 1-5  daily since='7 days ago'  limit=9", plainly)
    assert line == CronLine("5 4 * * 1-5", Job("crawl", "daily", {"since": "7 days ago", "limit": "9"}))
    assert cron_line.parse("0 6 * * 0 export /srv/a.csv bom=true", plainly).job.task == "export"


@pytest.mark.parametrize("line", ["", "latest", "* * * * latest", "61 * * * * latest", "@hourly latest", "* * * * '"])
def test_what_is_no_time_is_refused(line: str) -> None:
    with pytest.raises(ArgumentError, match=r"--cron"):
        cron_line.parse(line, plainly)


@needs_postgres
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("20 * * * latest", "'20 * * * latest' is no time; give minute, hour, day, month and day of the week"),
        ("20 * * * *", "give SPIDER, reparse, or export OUT, not nothing"),
        ("20 * * * * ltest", "no spider is called ltest; there is daily, latest, story; did you mean latest?"),
        ("20 * * * * daily dat=today", "unknown argument dat; daily takes since, until, date"),
        ("0 0 30 2 * latest", "'0 0 30 2 *' is no time"),
        ("20 * * * * latest", "it is given 2 times; give it once"),
        ("20 * * * * latest limit=0", "limit=0: not a number of pages"),
        ("20 * * * * latest limit=1 limit=2", "-a limit= is given 2 times"),
    ],
)
def test_a_wrong_line_ends_the_worker_at_the_start(queue: Queue, line: str, told: str) -> None:
    done = queue.run(NOWHERE, "worker", "--cron", "20 * * * * latest", "--cron", line)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"solidot: --cron {line!r}: ")
    assert told in done.err
    assert done.err.count("\n") == 1


def apps_of(chosen: Options, engine: Engine, count: int) -> list[App]:
    """The engines of so many workers that have the same line."""
    made = []
    for _ in range(count):
        app = apps.of(chosen)
        tasks.Jobs(app, engine, Processes(), Policy(), {}).register()
        tasks.add_tick(app, CronLine("* * * * *", Job("crawl", "latest", {"limit": "5"})), chosen.site_url)
        made.append(app)
    return made


@needs_postgres
def test_a_tick_is_one_job_over_all_workers_and_does_not_pile_up(queue: Queue, tmp_path: Path) -> None:
    chosen = Options(data_dir=tmp_path, database_url=queue.database)
    engine, where = database.connect(chosen, create=True)
    tables.prepare(engine, where)
    minute = 1_762_574_400.0

    async def ticks(apps: list[App], at: float) -> None:
        await asyncio.gather(*(_tick(app, at) for app in apps))

    async def _tick(app: App, at: float) -> None:
        deferrer = PeriodicDeferrer(app.periodic_registry)
        await deferrer.defer_jobs(deferrer.get_previous_tasks(at))

    async def work() -> None:
        one, two = apps_of(chosen, engine, 2)
        async with one.open_async(), two.open_async():
            await ticks([one, two], minute + 1)
            assert queue.jobs() == {1: "todo"}
            await ticks([two, one], minute + 61)
            assert list(queue.jobs().values()) == ["todo"]
            manager = one.job_manager
            worker = await manager.register_worker()
            running = await manager.fetch_job([chosen.site_url], worker)
            assert running is not None
            assert running.lock == "crawl https://www.solidot.org"
            assert running.task_kwargs["arguments"] == {"limit": "5"}
            for later in (121, 181, 241):
                await ticks([one, two], minute + later)
            assert sorted(queue.jobs().values()) == ["doing", "todo"]
            # What waits is what would be tried again.
            await manager.retry_job(running)
            assert sorted(queue.jobs().values()) == ["aborted", "todo"]

    asyncio.run(work())
    engine.dispose()
