"""Workers that are killed in the middle of their jobs: nothing is lost, and the site sees one polite crawl at a time."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from solidot_spider.base.outcome import OK
from tests import forked
from tests.conftest import needs_postgres
from tests.crawling import NOW, crawl, solidot, until
from tests.queue.conftest import Queue
from tests.server.client import Running, running

JOBS, EACH = 5, 30
LAST = JOBS * EACH
KILLS = (20, 75)
"""After so many requests for stories the worker is killed that has the job."""
DELAY = 0.05
WORDS = (
    *("worker", "--until-empty", "--silence", "2", "--pause", "0.5", "--tries", "100"),
    *("-s", f"DOWNLOAD_DELAY={DELAY}", "-s", "DOWNLOAD_DELAY_JITTER=0", "-s", "SOLIDOT_BACKOFF=0"),
)
SITE = ("--stories", f"generated:{LAST}", "--still", "--clock", NOW)
WINDOW = 10


def pages(server: Running) -> list[int]:
    return [each["sid"] for each in server.requests() if each["sid"]]


def has_asked(server: Running, count: int) -> bool:
    return len(pages(server)) >= count


def begun(queue: Queue, url: str) -> tuple[int, forked.Forked]:
    """A worker, by its number."""
    before = {number for (number,) in queue.rows("SELECT id FROM procrastinate_workers")}
    worker = queue.start(url, *WORDS)
    found = "SELECT id FROM procrastinate_workers ORDER BY id DESC LIMIT 1"
    ((number,),) = until(lambda: [row for row in queue.rows(found) if row[0] not in before])
    return number, worker


def busy(queue: Queue, workers: dict[int, forked.Forked]) -> int:
    """The number of the worker that has the crawl, if it is one of these; 0 if none has it."""
    found = queue.rows("SELECT worker_id FROM procrastinate_jobs WHERE task_name = 'crawl' AND status = 'doing'")
    return next((number for (number,) in found if number in workers), 0)


@needs_postgres
@pytest.mark.long
def test_workers_that_are_killed_lose_nothing(queue: Queue, tmp_path: Path) -> None:
    with running(*SITE) as server:
        calm = tmp_path / "calm"
        assert crawl(server.url, calm, "-a", f"sids=1-{LAST}", env={"SOLIDOT_CLOCK": NOW}).status == OK
        assert solidot(server.url, calm, "export", "calm.jsonl", env={"SOLIDOT_CLOCK": NOW}).status == OK
    with running(*SITE) as server:
        jobs = [
            queue.enqueue(server.url, "story", "-a", f"sids={first}-{first + EACH - 1}")
            for first in range(1, LAST, EACH)
        ]
        workers = dict(begun(queue, server.url) for _ in range(3))
        told = ""
        for count in KILLS:
            until(partial(has_asked, server, count))
            killed = workers.pop(until(lambda: busy(queue, workers)))
            killed.kill()
            told += killed.communicate()[1]
        ((_, last),) = workers.items()
        out, err = last.communicate(timeout=120)
        requests = server.requests()
        assert queue.run(server.url, "export", "all.jsonl").status == OK
    assert (last.returncode, out) == (OK, ""), err
    told += err
    assert told.count("goes back into the queue, its worker is dead") == len(KILLS)
    assert queue.jobs() == dict.fromkeys(jobs, "succeeded")
    assert (tmp_path / "all.jsonl").read_bytes() == (tmp_path / "calm.jsonl").read_bytes()
    assert queue.rows("SELECT outcome, count(*) FROM sids GROUP BY outcome") == [("stored", LAST)]
    assert queue.rows("SELECT sid FROM visits GROUP BY sid HAVING count(*) > 1") == []
    assert_polite([each["time"] for each in requests])


def assert_polite(times: list[float]) -> None:
    """No more came in any stretch than one crawl asks; that single ones come late is the machine's."""
    assert times == sorted(times)
    stretches = [times[at + WINDOW] - times[at] for at in range(len(times) - WINDOW)]
    assert min(stretches) > WINDOW * DELAY * 0.8


@needs_postgres
@pytest.mark.long
def test_a_killed_worker_takes_its_crawl_with_it(queue: Queue) -> None:
    with running("--stories", "generated:100000", "--clock", NOW) as server:
        queue.enqueue(server.url, "story", "-a", "sids=1-100000")
        _, worker = begun(queue, server.url)
        until(lambda: len(pages(server)) >= 5)
        (child,) = until(lambda: children(worker.pid))
        worker.kill()
        worker.communicate()
        until(lambda: not Path(f"/proc/{child}").exists(), patience=10)
        count = len(pages(server))
        ((stories,),) = queue.rows("SELECT count(*) FROM stories")
    assert count - 2 <= stories <= count
    assert queue.rows("SELECT count(*) FROM runs WHERE ended_at IS NOT NULL") == [(1,)]


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in task.read_text().split()] if os.path.lexists(task) else []
