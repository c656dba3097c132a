"""What a page costs a crawl: this project's spider against other ways to fetch the same pages.

Each side is a real process at full speed over loopback, 32 requests at once and no delay, on the same made-up stories.
What a page takes is the difference between a long crawl and a short one, so that the start-up is not in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import Taken, timed
from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table
from tests.crawling import environment
from tests.server.client import Running, running

SPEED = ("-s", "CONCURRENT_REQUESTS=32", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=32", "-s", "DOWNLOAD_DELAY=0")
SHORT = 200
BESIDE = Path(__file__).parent
QUIET = ("-L", "WARNING")

Words = Callable[[int, Path], list[str]]
"""The words of a command that crawls the ids 1 to a number, into a file."""


def ours(last: int, out: Path) -> list[str]:
    return ["-m", "solidot_spider", "crawl", "story", *SPEED, "-a", f"sids=1-{last}", "-O", str(out)]


def scrapy(file: str, last: int, out: Path | None, *words: str) -> list[str]:
    feed = ["-O", str(out)] if out else []
    return ["-m", "scrapy", "runspider", str(BESIDE / file), *SPEED, "-a", f"last={last}", *feed, *words]


def aiohttp(last: int, *out: Path) -> list[str]:
    return [str(BESIDE / "aiohttp_loop.py"), str(last), *map(str, out)]


def sides() -> dict[str, Words]:
    """Each side by its name."""
    ways: dict[str, Words] = {
        "a bare Scrapy spider: the URL only, no file, quiet": lambda last, _: scrapy(
            "bare_spider.py", last, None, *QUIET
        ),
        "`solidot crawl story`, with its store and its feed": ours,
        "a Scrapy spider with `css()` for the same fields, quiet": lambda last, out: scrapy(
            "plain_spider.py", last, out, *QUIET
        ),
        "the same with Scrapy's default log": lambda last, out: scrapy("plain_spider.py", last, out),
    }
    if find_spec("aiohttp"):
        ways["an `aiohttp` loop with our records and a file"] = aiohttp
        ways["`aiohttp`, nothing but the reading: the server's limit"] = lambda last, _: aiohttp(last)
    return ways


def a_page(server: Running, side: Words, pages: int) -> Taken:
    """What a page takes."""
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        env = environment(server.url, scratch / "data")
        short = timed(side(SHORT, scratch / "short.jsonl"), env, scratch)
        (scratch / "data").rename(scratch / "old") if (scratch / "data").exists() else None
        return timed(side(SHORT + pages, scratch / "long.jsonl"), env, scratch).a_page_more(short, pages)


def tables(scale: Scale) -> list[Table]:
    """What a page costs each side."""
    taken: dict[str, list[Taken]] = {name: [] for name in sides()}
    with running("--stories", f"generated:{SHORT + scale.pages}") as server:
        for _ in range(scale.rounds):
            for name, side in sides().items():
                taken[name].append(a_page(server, side, scale.pages))
    costs = {name: Taken(*map(median, zip(*each, strict=True))) for name, each in taken.items()}
    bare = next(iter(costs.values()))
    rows = [
        (name, f"{cost.cpu * 1e3:.2f}", f"{bare.cpu / cost.cpu:.2f}", f"{1 / cost.wall:,.0f}")
        for name, cost in costs.items()
    ]
    title = (
        f"A crawl at full speed over loopback, 32 requests at once: {scale.pages} pages, the median of {scale.rounds} "
        "rounds. The server has a core of its own."
    )
    return [Table("crawl", title, ("", "CPU ms a page", "speed, bare = 1", "pages a second"), rows)]
