"""What a reparse costs: from the store to compared records, by one process and by two, against the parser alone.

``python -m tests.benchmarks.reparse [--pages 10000] [--rounds 3]``, over copies of the corpus's pages under other sids
or, without a corpus, over the trial server's stories. The sides have their turns in each round: a machine's noise
meets all of them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from solidot_spider import items, record
from solidot_spider.base import clock, site
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.items import Story
from solidot_spider.reparse.run import Order, reparse
from solidot_spider.store import kept
from solidot_spider.store.page_reader import PageReader
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests import corpus, stores
from tests.benchmarks import by_turns

FIRST_SID = 20_000
AT_ONCE = 100


def pages(count: int) -> Iterator[tuple[int, bytes]]:
    """So many pages, each with its sid."""
    if not corpus.exists():
        yield from ((sid, stores.page(sid)) for sid in range(1, count + 1))
        return
    served = [(str(sid).encode(), corpus.page(sid)) for sid in corpus.sids()]
    for number in range(count):
        sid = FIRST_SID + number
        old, data = served[number % len(served)]
        yield sid, data.replace(old, str(sid).encode())


def filled(data: Path, count: int) -> None:
    """A store with so many stories, as a crawl leaves it."""
    with Store.opened(Options(data_dir=data), create=True) as store:
        run_id = store.begin(RunStart("story-x", "story", "{}", "http://127.0.0.1", clock.iso(corpus.FETCHED_AT)))
        visits: list[Visit] = []
        for sid, body in pages(count):
            visits.append(stored(store, sid, body))
            if len(visits) == AT_ONCE:
                store.write(visits, run_id)
                visits = []
        store.write(visits, run_id)


def stored(store: Store, sid: int, body: bytes) -> Visit:
    url, at = site.story_url(sid), clock.iso(corpus.FETCHED_AT)
    story = record.record(body, url, corpus.FETCHED_AT)
    assert isinstance(story, Story), (sid, story)
    page = store.packer.pack(body, url, url, 200, headers=[("Content-Type", "text/html")], fetched_at=at)
    return Visit(sid, at, Outcome.STORED, status=200, page=page, record=items.check(story))


class Cost(NamedTuple):
    """Seconds of the clock, and of the CPUs."""

    wall: float
    cpu: float


def now() -> Cost:
    """Since some time, in this process and in those that it has ended."""
    used = os.times()
    return Cost(time.perf_counter(), used.user + used.system + used.children_user + used.children_system)


def parsed(chosen: Options, count: int) -> tuple[Cost, float, float]:
    """What the parser alone takes over pages that are in memory; mean bytes of a page, and of a packed one."""
    wall, cpu, sizes, packed = 0.0, 0.0, [], []
    with Store.opened(chosen) as store, store.reading() as connection:
        reader = PageReader(connection)
        sids = kept.sids_with_pages(connection, None, is_older=False)[:count]
        for first in range(0, len(sids), AT_ONCE):
            rows = [row for each in kept.kept(connection, sids[first : first + AT_ONCE]) for row in each.pages]
            read = [(reader.data(row.page), row.answered) for row in rows]
            began, cpu_began = time.perf_counter(), time.process_time()
            for data, url in read:
                record.record(data, url, corpus.FETCHED_AT)
            wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - cpu_began
            sizes += [len(data) for data, _ in read]
            packed += [len(row.body) for row in rows]
    return Cost(wall, cpu), mean(sizes), mean(packed)


def reread(chosen: Options, count: int, processes: int) -> Cost:
    """What a reparse takes that writes nothing."""
    began = now()
    ended = reparse(chosen, Order(is_dry=True, processes=processes))
    after = now()
    assert (ended.tally.stories, ended.tally.changed) == (count, 0)
    return Cost(after.wall - began.wall, after.cpu - began.cpu)


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.reparse", description=__doc__)
    words.add_argument("--pages", type=int, default=10_000, help="pages of the store (default 10000)")
    words.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        chosen = Options(data_dir=Path(directory))
        filled(chosen.data_dir, given.pages)
        _, size, packed = parsed(chosen, given.pages)
        sides: dict[str, Callable[[], Cost]] = {
            "the parser alone, pages in memory": lambda: parsed(chosen, given.pages)[0],
            "a reparse by one process": lambda: reread(chosen, given.pages, 1),
            "a reparse by two processes": lambda: reread(chosen, given.pages, 2),
        }
        taken: dict[str, list[Cost]] = {name: [] for name in sides}
        for _ in range(given.rounds):
            for name, side in sides.items():
                taken[name].append(side())
    # The least: noise only ever adds.
    least = {name: Cost(*map(min, zip(*each, strict=True))) for name, each in taken.items()}
    one = least["a reparse by one process"]
    print(f"{given.pages} pages of {size:.0f} bytes ({packed:.0f} packed), the least of {given.rounds} rounds")
    rows = [
        (name, f"{given.pages / each.wall:.0f}", f"{one.wall / each.wall:.2f}", f"{given.pages / each.cpu:.0f}")
        for name, each in least.items()
    ]
    header = ("", "pages a second", "speed, one process = 1", "pages a CPU second")
    print(by_turns.table(header, list(rows)))


if __name__ == "__main__":
    main()
