"""What the store costs a crawl, and how many bytes a story takes in it.

Crawls are real processes at full speed over loopback, by turns. The least of all rounds counts, not the median: noise
only ever adds, and by more than the store costs.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from solidot_spider.base.options import Options
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from tests import stores
from tests.benchmarks.processes import Taken, timed
from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table
from tests.crawling import environment
from tests.server.client import Running, running

CRAWL = ("-m", "solidot_spider", "crawl", "story", "-s", "CONCURRENT_REQUESTS=32", "-s", "DOWNLOAD_DELAY=0")
SHORT = 200
AT_ONCE = 100
FIRST = stores.NOW.replace(year=2024)


def a_page(server: Running, database: str, pages: int) -> Taken:
    """What a page of a crawl takes."""
    empty(database)
    with tempfile.TemporaryDirectory() as directory:
        env = environment(server.url, Path(directory, "data")) | {"SOLIDOT_DATABASE_URL": database}
        short = timed([*CRAWL, "-a", f"sids=1-{SHORT}"], env, Path(directory))
        long = timed([*CRAWL, "-a", f"sids={SHORT + 1}-{2 * SHORT + pages}"], env, Path(directory))
    return long.a_page_more(short, pages)


def empty(database: str) -> None:
    """Leave nothing in a PostgreSQL database."""
    if database.startswith("postgres"):
        engine = create_engine(make_url(database).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()


def filled(data: Path, count: int) -> float:
    """A store with so many stories and their pages; bytes a story."""
    with Store.opened(Options(data_dir=data), create=True) as store:
        run_id = store.begin(RunStart("story-x", "story", "{}", "http://127.0.0.1", "2024-11-08T04:00:00+00:00"))
        for first in range(1, count + 1, AT_ONCE):
            store.write(
                [stores.small(store, sid, FIRST) for sid in range(first, min(first + AT_ONCE, count + 1))], run_id
            )
    return (data / "solidot.db").stat().st_size / count


def tables(scale: Scale) -> list[Table]:
    """A crawl without a store and with each kind; PostgreSQL where ``SOLIDOT_BENCHMARK_POSTGRES`` names an empty one."""
    postgres = os.environ.get("SOLIDOT_BENCHMARK_POSTGRES", "")
    sides = {"without a store": "none", "SQLite": ""} | ({"PostgreSQL": postgres} if postgres else {})
    taken: dict[str, list[Taken]] = {name: [] for name in sides}
    with running("--stories", f"generated:{2 * SHORT + scale.pages}") as server:
        for _ in range(scale.rounds):
            for name, database in sides.items():
                taken[name].append(a_page(server, database, scale.pages))
    least = {name: Taken(*map(min, zip(*each, strict=True))) for name, each in taken.items()}
    bare = least["without a store"].wall
    rows = [
        (name, f"{each.wall * 1e3:.2f}", f"{each.cpu * 1e3:.2f}", f"{bare / each.wall:.2f}")
        for name, each in least.items()
    ]
    title = f"What a store costs a crawl at full speed: {scale.pages} pages, the least of {scale.rounds} rounds."
    return [Table("store", title, ("", "ms a page", "CPU ms a page", "speed, without = 1"), rows)]
