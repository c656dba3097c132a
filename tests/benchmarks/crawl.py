"""What a page costs a crawl: this project's spider against a bare Scrapy spider and a plain one with ``css()``.

``python -m tests.benchmarks.crawl [--pages 3000] [--rounds 3]``. Each side is a real process at full speed over
loopback, ``CONCURRENT_REQUESTS=32`` and no delay, on the same made-up stories. CPU a page is the difference between
a long crawl and a short one, so that the start-up is not in it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks import by_turns
from tests.crawling import environment
from tests.server.client import Running, running

SPEED = ("-s", "CONCURRENT_REQUESTS=32", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=32", "-s", "DOWNLOAD_DELAY=0")
SHORT = 200
BESIDE = Path(__file__).parent

Words = Callable[[int, Path], list[str]]
"""The words of a command that crawls the ids 1 to a number, into a file."""


def ours(last: int, out: Path) -> list[str]:
    return ["-m", "solidot_spider", "crawl", "story", *SPEED, "-a", f"sids=1-{last}", "-O", str(out)]


def scrapy(file: str, last: int, out: Path | None, *words: str) -> list[str]:
    feed = ["-O", str(out)] if out else []
    return ["-m", "scrapy", "runspider", str(BESIDE / file), *SPEED, "-a", f"last={last}", *feed, *words]


QUIET = ("-L", "WARNING")
SIDES: dict[str, Words] = {
    "a bare spider: the URL only, no file, quiet": lambda last, _: scrapy("bare_spider.py", last, None, *QUIET),
    "`solidot crawl story`": ours,
    "a plain spider: `css()`, quiet": lambda last, out: scrapy("plain_spider.py", last, out, *QUIET),
    "a plain spider: `css()`, default settings, its log": lambda last, out: scrapy("plain_spider.py", last, out),
}


def cpu_seconds(server: Running, words: list[str], scratch: Path) -> float:
    """The CPU time of one process, user and system.

    Raises:
        RuntimeError: it failed.
    """
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=scratch,
        env=environment(server.url, scratch / "data"),
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.decode())
    return usage.ru_utime + usage.ru_stime


def a_page(server: Running, side: Words, pages: int) -> float:
    """The CPU time of a page, in seconds."""
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        short = cpu_seconds(server, side(SHORT, scratch / "short.jsonl"), scratch)
        long = cpu_seconds(server, side(SHORT + pages, scratch / "long.jsonl"), scratch)
    return (long - short) / pages


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.crawl", description=__doc__)
    words.add_argument("--pages", type=int, default=3000, help="pages of each crawl (default 3000)")
    words.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    given = words.parse_args()
    taken: dict[str, list[float]] = {name: [] for name in SIDES}
    with running("--stories", f"generated:{SHORT + given.pages}") as server:
        for _ in range(given.rounds):
            for name, side in SIDES.items():
                taken[name].append(a_page(server, side, given.pages))
    costs = {name: median(each) for name, each in taken.items()}
    bare = next(iter(costs.values()))
    rows = [(name, f"{cost * 1e3:.2f}", f"{bare / cost:.2f}") for name, cost in costs.items()]
    print(f"{given.pages} pages, median of {given.rounds} rounds")
    print(by_turns.table(("", "CPU ms a page", "speed, bare = 1"), list(rows)))


if __name__ == "__main__":
    main()
