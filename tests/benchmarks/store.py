"""What the store costs: a crawl with it and without, one story again in a large one, ``status``, bytes a story.

``python -m tests.benchmarks.store [--pages 3000] [--rounds 3] [--stories 90000] [--postgres URL]``. Crawls are real
processes at full speed over loopback, by turns; CPU and time a page are the difference between a long crawl and a
short one, so that the start-up is not in them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine, make_url, text

from solidot_spider.base.options import Options
from solidot_spider.crawl import report
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from tests import stores
from tests.benchmarks import by_turns
from tests.crawling import environment
from tests.server.client import Running, running

SPEED = ("-s", "CONCURRENT_REQUESTS=32", "-s", "DOWNLOAD_DELAY=0")
SHORT = 200
AT_ONCE = 100
FIRST = stores.NOW.replace(year=2024)


def timed(url: str, data: Path, database: str, *words: str) -> tuple[float, float]:
    """Seconds and CPU seconds of a command.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "solidot_spider", *words],
        cwd=data.parent,
        env={**environment(url, data), "SOLIDOT_DATABASE_URL": database},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.decode())
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def a_page(server: Running, database: str, pages: int) -> tuple[float, float]:
    """Seconds and CPU seconds of a page of a crawl."""
    empty(database)
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory, "data")
        short = timed(server.url, data, database, "crawl", "story", *SPEED, "-a", f"sids=1-{SHORT}")
        long = timed(
            server.url, data, database, "crawl", "story", *SPEED, "-a", f"sids={SHORT + 1}-{2 * SHORT + pages}"
        )
    return (long[0] - short[0]) / pages, (long[1] - short[1]) / pages


def empty(database: str) -> None:
    """Leave nothing in a PostgreSQL database."""
    if database.startswith("postgres"):
        engine = create_engine(make_url(database).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()


def throughput(pages: int, rounds: int, postgres: str) -> None:
    sides = {"without a store": "none", "SQLite": ""} | ({"PostgreSQL": postgres} if postgres else {})
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    with running("--stories", f"generated:{2 * SHORT + pages}") as server:
        for _ in range(rounds):
            for name, database in sides.items():
                taken[name].append(a_page(server, database, pages))
    # The least, not the median: noise only ever adds, and by more than the store costs.
    rows = {name: (min(each[0] for each in all_), min(each[1] for each in all_)) for name, all_ in taken.items()}
    bare = rows["without a store"][0]
    print(f"{pages} pages, the least of {rounds} rounds")
    lines = [
        (name, f"{wall * 1e3:.2f}", f"{cpu * 1e3:.2f}", f"{bare / wall:.2f}") for name, (wall, cpu) in rows.items()
    ]
    print(by_turns.table(("", "ms a page", "CPU ms a page", "speed, without = 1"), list(lines)))


def filled(data: Path, count: int) -> float:
    """A store with so many stories and their pages; bytes a story."""
    with Store.opened(Options(data_dir=data), create=True) as store:
        run_id = store.begin(RunStart("story-x", "story", "{}", "http://127.0.0.1", "2024-11-08T04:00:00+00:00"))
        for first in range(1, count + 1, AT_ONCE):
            store.write(
                [stores.small(store, sid, FIRST) for sid in range(first, min(first + AT_ONCE, count + 1))], run_id
            )
    return (data / "solidot.db").stat().st_size / count


def large(count: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as directory, running("--stories", f"generated:{count}") as server:
        data, told = Path(directory, "data"), Path(directory, "report.json")
        print(f"\n{count} stories: {filled(data, count):.0f} bytes a story, its page and its index entries")
        words = ("crawl", "story", "-s", "DOWNLOAD_DELAY=0", "--report", str(told))
        status, again, nothing = [], [], []
        for number in range(rounds):
            status.append(timed(server.url, data, "", "status")[0])
            timed(server.url, data, "", *words, "-a", f"sid={count // 2 + number}")
            again.append(report.load(told.read_bytes()).seconds)
            timed(server.url, data, "", *words, "-a", f"sids=1-{count}")
            nothing.append(report.load(told.read_bytes()).seconds)
        rows = [
            ("`solidot status`, all of the process", f"{median(status):.3f}"),
            ("`-a sid=`: the command's work, two fetches and Scrapy's own start and end in it", f"{median(again):.3f}"),
            ("`-a sids=` of all, nothing to ask", f"{median(nothing):.3f}"),
        ]
        print(by_turns.table(("", "s"), list(rows)))


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.store", description=__doc__)
    words.add_argument("--pages", type=int, default=3000, help="pages of each crawl (default 3000)")
    words.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    words.add_argument("--stories", type=int, default=90_000, help="stories of the large store (default 90000)")
    words.add_argument("--postgres", default="", metavar="URL", help="an empty database, to measure as well")
    given = words.parse_args()
    throughput(given.pages, given.rounds, given.postgres)
    if given.stories:
        large(given.stories, given.rounds)


if __name__ == "__main__":
    main()
