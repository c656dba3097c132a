"""What a story costs a PostgreSQL database, the wire and a crawl; and what so many sites would cost them.

``python -m tests.benchmarks.database_load [--stories 300] [--delay 0.25] [--sites 100]``: three paced crawls over a server
of ``.ci/postgres``. The first makes the tables and is not counted; a story costs what the third took more than the second,
by the stories that it had more. Pages are those of the corpus where there is one, packed by gzip on the wire; else made-up
ones. The pace must leave each story its own commit: over 0.2 s.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from tests import corpus
from tests.benchmarks import by_turns, machine
from tests.benchmarks.counted_relay import Counts, counted
from tests.crawling import environment
from tests.forked import ROOT
from tests.server.client import running

SHORT = 60
DATABASE = "load"
GAP = 1.5
"""The default pace, in seconds a request."""
TICK = os.sysconf("SC_CLK_TCK")

_TRANSACTIONS = text("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = :name")
_ROWS = text(
    "SELECT tup_inserted + tup_updated + tup_deleted, tup_returned + tup_fetched FROM pg_stat_database "
    "WHERE datname = :name"
)
_WAL = text("SELECT pg_current_wal_lsn() - '0/0'")
_SIZE = text("SELECT pg_database_size(:name)")
_SESSIONS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")


@dataclass(frozen=True)
class Cost:
    """What was counted, in all or of a story."""

    stories: float
    transactions: float
    rows_written: float
    rows_read: float
    wal: float
    database_cpu: float
    disk: float
    crawl_cpu: float
    to_database: float
    from_database: float
    to_site: float
    from_site: float

    def less(self, other: Cost) -> Cost:
        return Cost(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def a_story(self) -> Cost:
        return Cost(*(each / self.stories for each in astuple(self)))


def cpu_of(postmaster: int) -> float:
    """The CPU seconds of a PostgreSQL server: its own, of its processes, and of those that have ended."""
    total = 0
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = process.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        is_server = process.parent.name == str(postmaster)
        if is_server or int(fields[1]) == postmaster:
            total += sum(map(int, fields[11:15] if is_server else fields[11:13]))
    return total / TICK


@contextmanager
def postgres() -> Iterator[Path]:
    """The directory of a server, for the time of a ``with`` block."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)  # PostgreSQL's own user goes through it
        script = str(ROOT / ".ci" / "postgres")
        subprocess.run([script, "start", directory], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Path(directory)
        finally:
            subprocess.run([script, "stop", directory], check=True)


class Load:
    """A server and a site that crawls are measured between."""

    def __init__(self, directory: Path, connection: Connection, delay: float) -> None:
        self.connection = connection
        self.delay = delay
        self.postmaster = int((directory / "data" / "postmaster.pid").read_text().split()[0])
        self.most_sessions = 0
        self.peak = 0
        """The most memory of a crawl, in KiB."""

    def one(self, statement: object) -> list[int]:
        return [int(each) for each in self.connection.execute(statement, {"name": DATABASE}).one()]  # type: ignore[call-overload]

    def counted(self, sids: list[int], env: dict[str, str], database: Counts, site: Counts) -> Cost:
        """What a crawl of these stories costs."""
        self.connection.exec_driver_sql("CHECKPOINT")  # so that each run pays for whole pages in the WAL
        before = self._now(0, database, site)
        cpu = self._crawl(sids, env)
        time.sleep(1.5)  # the server counts what a session did once it has ended
        return self._now(len(sids), database, site, cpu).less(before)

    def _now(self, stories: int, database: Counts, site: Counts, cpu: float = 0) -> Cost:
        (transactions,), (wal,), (size,) = self.one(_TRANSACTIONS), self.one(_WAL), self.one(_SIZE)
        written, read = self.one(_ROWS)
        server = cpu_of(self.postmaster)
        return Cost(
            *(stories, transactions, written, read, wal, server, size, cpu),
            *(database.out, database.back, site.out, site.back),
        )

    def _crawl(self, sids: list[int], env: dict[str, str]) -> float:
        pace = ("-s", f"DOWNLOAD_DELAY={self.delay}", "-s", "DOWNLOAD_DELAY_JITTER=0")
        words = [sys.executable, "-m", "solidot_spider", "crawl", "story", "-a", "sids=@-", *pace, "--quiet"]
        process = subprocess.Popen(words, env=env, stdin=subprocess.PIPE)
        assert process.stdin
        process.stdin.write("\n".join(map(str, sids)).encode())
        process.stdin.close()
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            self.most_sessions = max(self.most_sessions, *self.one(_SESSIONS))
            time.sleep(0.5)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"the crawl ended with {process.returncode}")
        self.peak = max(self.peak, usage.ru_maxrss)
        return usage.ru_utime + usage.ru_stime


def connected(path: str) -> socket.socket:
    """A connection to a socket file."""
    made = socket.socket(socket.AF_UNIX)
    made.connect(path)
    return made


def measured(stories: int, delay: float) -> tuple[Cost, Load, int]:
    """A story's cost, the crawls, and the database's own bytes before there is a story."""
    pages = ("--pages", str(corpus.DIRECTORY / "pages")) if corpus.exists() else ()
    sids = corpus.sids() if corpus.exists() else list(range(1, 2 * SHORT + stories + 1))
    first, short, long = sids[:SHORT], sids[SHORT : 2 * SHORT], sids[2 * SHORT :][:stories]
    made_up = f"generated:{len(sids)}"
    with postgres() as directory, running("--gzip", "--stories", made_up, *pages) as server:
        engine = create_engine(
            f"postgresql+psycopg://postgres@/postgres?host={directory}", isolation_level="AUTOCOMMIT"
        )
        site_port = int(server.url.rpartition(":")[2])
        with (
            engine.connect() as connection,
            counted(lambda: connected(f"{directory}/.s.PGSQL.5432")) as (database_port, database),
            counted(lambda: socket.create_connection(("127.0.0.1", site_port))) as (port, site),
            tempfile.TemporaryDirectory() as data,
        ):
            connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
            load = Load(directory, connection, delay)
            (empty,) = load.one(_SIZE)
            env = environment(f"http://127.0.0.1:{port}", Path(data))
            env["SOLIDOT_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{database_port}/{DATABASE}"
            costs = [load.counted(part, env, database, site) for part in (first, short, long)]
        engine.dispose()
    return costs[2].less(costs[1]).a_story(), load, empty


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.database_load", description=__doc__)
    words.add_argument("--stories", type=int, default=260, help="stories of the crawl that is measured (default 260)")
    words.add_argument("--delay", type=float, default=0.25, help="seconds between two requests (default 0.25)")
    words.add_argument("--sites", type=int, default=100, help="how many sites to reckon (default 100)")
    given = words.parse_args()
    story, load, empty = measured(given.stories, given.delay)
    print(f"{machine.program()}: {', '.join(map(str, machine.told().values()))}")
    print(f"sessions of a crawl: {load.most_sessions}; its most memory: {load.peak / 1024:.0f} MiB; ", end="")
    print(f"a database without tables: {empty / 2**20:.1f} MiB\n")
    rate = given.sites / GAP
    rows: list[tuple[object, ...]] = [
        ("transactions", f"{story.transactions:.2f}", f"{story.transactions * rate:,.0f} a second"),
        ("rows written", f"{story.rows_written:.1f}", f"{story.rows_written * rate:,.0f} a second"),
        ("rows read", f"{story.rows_read:.0f}", f"{story.rows_read * rate:,.0f} a second"),
        ("bytes of WAL", f"{story.wal:,.0f}", f"{story.wal * rate / 2**20:.2f} MiB a second"),
        ("ms of PostgreSQL's CPU", f"{story.database_cpu * 1e3:.2f}", f"{story.database_cpu * rate:.2f} cores"),
        ("bytes of the database", f"{story.disk:,.0f}", f"{story.disk * rate / 2**20:.2f} MiB a second"),
        ("ms of the crawl's CPU", f"{story.crawl_cpu * 1e3:.1f}", f"{story.crawl_cpu * rate:.2f} cores"),
        ("bytes to the database", f"{story.to_database:,.0f}", f"{story.to_database * rate / 2**20:.2f} MiB a second"),
        ("bytes back", f"{story.from_database:,.0f}", f"{story.from_database * rate / 2**20:.2f} MiB a second"),
        ("bytes to the site", f"{story.to_site:,.0f}", f"{story.to_site * rate / 2**20:.2f} MiB a second"),
        ("bytes from the site", f"{story.from_site:,.0f}", f"{story.from_site * rate / 2**20:.2f} MiB a second"),
        ("the most memory, MiB", f"{load.peak / 1024:.0f} a crawl", f"{load.peak / 1024 * given.sites / 1024:.1f} GiB"),
        ("sessions", f"{load.most_sessions} a crawl", f"{load.most_sessions * given.sites}"),
    ]
    print(by_turns.table(("", "a story", f"{given.sites} sites, a request in {GAP} s each"), rows))


if __name__ == "__main__":
    main()
