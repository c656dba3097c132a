"""What a reparse costs: from the store to compared records, by one process and by two, against the parser alone.

Over copies of the corpus's pages under other sids or, without a corpus, over the trial server's stories. The sides have
their turns in each round: a machine's noise meets all of them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

from solidot_spider import items, record
from solidot_spider.base import clock, site
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.items import Story
from solidot_spider.reparse.run import Order, reparse
from solidot_spider.store.pages import kept
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests import corpus, stores
from tests.benchmarks.processes import Taken
from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table

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


def now() -> Taken:
    """Since some time, in this process and in those that it has ended."""
    used = os.times()
    return Taken(time.perf_counter(), used.user + used.system + used.children_user + used.children_system)


def parsed(chosen: Options, count: int) -> tuple[Taken, float, float]:
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
    return Taken(wall, cpu), mean(sizes), mean(packed)


def reread(chosen: Options, count: int, processes: int) -> Taken:
    """What a reparse takes that writes nothing."""
    began = now()
    ended = reparse(chosen, Order(is_dry=True, processes=processes))
    after = now()
    assert (ended.tally.stories, ended.tally.changed) == (count, 0)
    return Taken(after.wall - began.wall, after.cpu - began.cpu)


def tables(scale: Scale) -> list[Table]:
    """Pages a second of each side, by the least of all rounds: noise only ever adds."""
    with tempfile.TemporaryDirectory() as directory:
        chosen = Options(data_dir=Path(directory))
        filled(chosen.data_dir, scale.kept)
        _, size, packed = parsed(chosen, scale.kept)
        sides: dict[str, Callable[[], Taken]] = {
            "the parser alone, pages in memory": lambda: parsed(chosen, scale.kept)[0],
            "a reparse by one process": lambda: reread(chosen, scale.kept, 1),
            "a reparse by two processes": lambda: reread(chosen, scale.kept, 2),
        }
        taken: dict[str, list[Taken]] = {name: [] for name in sides}
        for _ in range(scale.rounds):
            for name, side in sides.items():
                taken[name].append(side())
    least = {name: Taken(*map(min, zip(*each, strict=True))) for name, each in taken.items()}
    one = least["a reparse by one process"].wall
    rows = [
        (name, f"{scale.kept / each.wall:,.0f}", f"{one / each.wall:.2f}", f"{scale.kept / each.cpu:,.0f}")
        for name, each in least.items()
    ]
    title = (
        f"From the store to compared records: {scale.kept:,} pages of {size:,.0f} bytes ({packed:,.0f} packed), the "
        f"least of {scale.rounds} rounds."
    )
    header = ("", "pages a second", "speed, one process = 1", "pages a CPU second")
    return [Table("reparse", title, header, rows)]
