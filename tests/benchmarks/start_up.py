"""How long a person waits for a small thing: one story again, and ``status``, beside the least that Scrapy needs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import timed
from tests.benchmarks.scale import Scale
from tests.benchmarks.store import filled
from tests.benchmarks.tables import Table
from tests.crawling import environment
from tests.server.client import running

SOLIDOT = ("-m", "solidot_spider")
NO_DELAY = ("-s", "DOWNLOAD_DELAY=0")


def tables(scale: Scale) -> list[Table]:
    """Whole processes, from start to end, over a large store."""
    bare = str(Path(__file__).with_name("bare_spider.py"))
    with tempfile.TemporaryDirectory() as directory, running("--stories", f"generated:{scale.stories}") as server:
        scratch = Path(directory)
        data = scratch / "data"
        filled(data, scale.stories)
        sides = {
            "a bare Scrapy spider, one page": ["-m", "scrapy", "runspider", bare, "-L", "WARNING"],
            "`solidot crawl story -a sid=`": [*SOLIDOT, "crawl", "story", *NO_DELAY, "-a", f"sid={scale.stories // 2}"],
            "`solidot crawl story -a sids=` of all, nothing to ask": [
                *(*SOLIDOT, "crawl", "story", *NO_DELAY, "-a", f"sids=1-{scale.stories}")
            ],
            "`solidot status`": [*SOLIDOT, "status"],
            "`solidot --help`": [*SOLIDOT, "--help"],
        }
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(scale.rounds):
            for name, words in sides.items():
                taken[name].append(timed(words, environment(server.url, data), scratch).wall)
    seconds = {name: median(each) for name, each in taken.items()}
    base = next(iter(seconds.values()))
    rows = [(name, f"{each:.2f}", f"{each / base:.2f}") for name, each in seconds.items()]
    title = f"Small commands, over a store of {scale.stories:,} stories: the median of {scale.rounds} rounds."
    return [Table("start-up", title, ("", "s", "a bare spider = 1"), rows)]
