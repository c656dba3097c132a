"""How many pages killed workers lose or ask twice: scrapy-redis beside our store, two workers of each.

``python -m tests.benchmarks.killed_workers [--pages 1000] [--kills 10] [--concurrency 16] [--rounds 3]``: SIGKILL meets
workers at random requests; each is begun again at once, until nothing is left to do. *Lost* is a page that nobody has in
the end, though all workers ended well. It needs PostgreSQL as ``.ci/postgres`` finds it, ``redis-server`` (Debian's package)
and ``pip install -e '.[benchmarks]'``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import create_engine, text

from tests.benchmarks import by_turns, machine
from tests.benchmarks.database_load import postgres
from tests.crawling import environment
from tests.server.client import Running, running

LATENCY = 0.3
"""Seconds until the server answers: a kill finds as many pages on the wire as may be."""
WORKERS = 2
PATIENCE = 600.0
SCRAPY = ("-s", "DOWNLOAD_DELAY=0", "-L", "ERROR")


class Lost(NamedTuple):
    """What became of the pages of one round."""

    killed: int
    lost: int
    asked_twice: int
    stored_twice: int


class Worker:
    """A process that is begun again whenever it ends with anything but 0."""

    def __init__(self, words: list[str], env: Mapping[str, str]) -> None:
        self._words, self._env = words, env
        self.begin()

    def begin(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self._words], env=self._env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def has_ended(self) -> bool:
        """Whether it has nothing left to do."""
        if self.process.poll():
            self.begin()
        return self.process.returncode == 0

    def kill(self) -> bool:
        """Kill it and begin it again, if it runs; whether it did."""
        if self.process.poll() is not None:
            return False
        self.process.kill()
        self.process.wait()
        self.begin()
        return True


def asked(site: Running) -> Counter[int]:
    return Counter(each["sid"] for each in site.requests() if each["sid"])


def have_ended(workers: list[Worker]) -> bool:
    """Whether all have; those that failed begin anew."""
    return {each.has_ended() for each in workers} == {True}


def disturbed(site: Running, workers: list[Worker], chosen: Callable[[], Worker], kills: list[int]) -> int:
    """Kill workers once so many pages have been asked, and wait for the end of all; how many were killed."""
    killed, deadline = 0, time.monotonic() + PATIENCE
    for instant in kills:
        while asked(site).total() < instant and not have_ended(workers):
            time.sleep(0.01)
            assert time.monotonic() < deadline
        killed += chosen().kill()
    while not have_ended(workers):
        time.sleep(0.1)
        assert time.monotonic() < deadline
    return killed


@contextmanager
def redis() -> Iterator[tuple[Any, str]]:
    """A Redis of one's own, and its address."""
    with tempfile.TemporaryDirectory() as directory:
        address = f"unix://{directory}/socket"
        words = ["--port", "0", "--unixsocket", f"{directory}/socket", "--dir", directory, "--save", ""]
        process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
        module = import_module("redis")
        client = module.Redis.from_url(address)
        try:
            while True:
                try:
                    client.ping()
                    break
                except module.ConnectionError:
                    time.sleep(0.05)
            yield client, address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def with_redis(site: Running, pages: int, kills: list[int], concurrency: int, random: Random) -> Lost:
    """Two workers of scrapy-redis; either is killed."""
    at_once = [f"CONCURRENT_REQUESTS={concurrency}", f"CONCURRENT_REQUESTS_PER_DOMAIN={concurrency}"]
    words = ["scrapy", "runspider", str(Path(__file__).with_name("redis_spider.py")), *SCRAPY]
    words += [word for each in at_once for word in ("-s", each)]
    with redis() as (client, address):
        client.rpush("urls", *(json.dumps({"url": f"{site.url}/story?sid={sid}"}) for sid in range(1, pages + 1)))
        env = environment(site.url, Path()) | {"BENCHMARK_REDIS": address}
        workers = [Worker(words, {**env, "PYTHONWARNINGS": "ignore"}) for _ in range(WORKERS)]
        killed = disturbed(site, workers, lambda: random.choice(workers), kills)
        items = Counter(json.loads(each)["url"] for each in client.lrange("stored:items", 0, -1))
    return Lost(killed, pages - len(items), twice(asked(site)), twice(items))


def with_store(site: Running, pages: int, kills: list[int], concurrency: int, random: Random) -> Lost:
    """Two runs of this program, one of which holds the store; the one that asks is killed, or the one that waits."""
    words = ["solidot_spider", "crawl", "story", "-a", f"sids=1-{pages}", "-a", "wait=5", "-s", "DOWNLOAD_DELAY=0"]
    words += ["-s", f"CONCURRENT_REQUESTS={concurrency}"]
    with postgres() as directory, tempfile.TemporaryDirectory() as data:
        address = f"postgresql://postgres@/postgres?host={directory}"
        engine = create_engine(address.replace(":", "+psycopg:", 1))
        env = environment(site.url, Path(data)) | {"SOLIDOT_DATABASE_URL": address}
        workers = [Worker(words, {**env, "SOLIDOT_DATA_DIR": f"{data}/{name}"}) for name in range(WORKERS)]
        holds = text(
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory'"
        )

        def holder() -> Worker:
            with engine.connect() as connection:
                names = [name.split() for name in connection.execute(holds).scalars()]
            asking = [each for each in workers if any(f"-{each.process.pid}" in name[0] for name in names if name)]
            return random.choice(asking or workers)

        killed = disturbed(site, workers, holder, kills)
        with engine.connect() as connection:
            stored = Counter(connection.execute(text("SELECT sid FROM visits WHERE outcome = 'stored'")).scalars())
        engine.dispose()
    return Lost(killed, pages - len(stored), twice(asked(site)), twice(stored))


def twice(counts: Counter[Any]) -> int:
    """How many were more than needed."""
    return counts.total() - len(counts)


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.killed_workers", description=__doc__)
    words.add_argument("--pages", type=int, default=1000, help="(default 1000)")
    words.add_argument("--kills", type=int, default=10, help="workers that are killed (default 10)")
    words.add_argument("--concurrency", type=int, default=16, help="requests of a worker at once (default 16)")
    words.add_argument("--rounds", type=int, default=3, help="(default 3)")
    given = words.parse_args()
    if not shutil.which("redis-server") or not find_spec("scrapy_redis"):
        print(
            "skipped: it needs redis-server (Debian's package) and scrapy-redis (the extra `benchmarks`)",
            file=sys.stderr,
        )
        return
    print(f"{machine.program()}: {', '.join(map(str, machine.told().values()))}")
    rows: list[tuple[object, ...]] = []
    for name, side in {"scrapy-redis": with_redis, "this program": with_store}.items():
        for number in range(given.rounds):
            random = Random(number)
            kills = sorted(random.sample(range(given.pages // 20, given.pages * 9 // 10), given.kills))
            with running("--stories", f"generated:{given.pages}", "--latency", str(LATENCY)) as site:
                found = side(site, given.pages, kills, given.concurrency, random)
            rows.append((name, *found, f"{found.lost / max(1, found.killed):.1f}"))
            print(rows[-1], file=sys.stderr)
    print(by_turns.table(("", "killed", "lost", "asked again", "stored twice", "lost a kill"), rows))


if __name__ == "__main__":
    os.environ.pop("SOLIDOT_DATABASE_URL", None)
    main()
