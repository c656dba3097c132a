"""Two machines with one database, through kills, a hang and a restart of PostgreSQL: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import needs_postgres
from tests.crawling import NOW, crawl, finish, solidot, start, status, until
from tests.forked import ROOT, Forked
from tests.runs.test_kill import FAULTS
from tests.runs.test_rate_limit import TOLERANCE, gaps
from tests.server.client import Running, running

LAST, KILLS, SEED = 3000, 10, 20251201
GONE = list(range(11, LAST, 11))
DELAY = 0.04
TIMEOUT = 3
PACE = ("-s", f"DOWNLOAD_DELAY={DELAY}", "-s", "DOWNLOAD_DELAY_JITTER=0", "-s", "SOLIDOT_BACKOFF=0", "-a", "wait=1")
SITE = ("--stories", f"generated:{LAST}", "--still", "--clock", NOW)
PLENTY = 600.0


class Server:
    """A PostgreSQL server that a test may restart."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.url = self._word("start")

    def _word(self, word: str) -> str:
        words = [str(ROOT / ".ci" / "postgres"), word, self.directory]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def restart(self) -> None:
        """End it as a crash does, and start it again."""
        self.stop()
        self._word("start")

    def stop(self) -> None:
        self._word("stop")

    def column(self, statement: str) -> list[Any]:
        engine = create_engine(make_url(self.url).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            found = list(connection.execute(text(statement)).scalars())
        engine.dispose()
        return found


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as directory:  # PostgreSQL's own user goes through it
        Path(directory).chmod(0o755)
        made = Server(directory)
        try:
            yield made
        finally:
            made.stop()


class Machine(threading.Thread):
    """Runs one crawl after the other, whatever becomes of each, until one has nothing left to ask."""

    def __init__(self, site: str, data: Path, env: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.site, self.data, self.env = site, data, env
        self.process: Forked | None = None
        self.ends: list[int] = []
        self.begin()

    def begin(self) -> None:
        words = ("crawl", "story", "-a", f"sids=1-{LAST}", *PACE)
        self.process = start(self.site, self.data, *words, env=self.env)

    def run(self) -> None:
        while 0 not in self.ends:
            assert self.process is not None
            self.ends.append(finish(self.process, self.data, patience=PLENTY).status)
            if self.ends[-1]:
                self.begin()


def holder(machines: list[Machine], env: dict[str, str]) -> Forked:
    """The process that holds the store."""

    def found() -> Forked | None:
        name = str(status(machines[0].data, env)["holder"]).partition(" ")[0]
        for each in machines:
            if each.process is not None and str(each.process.pid) in name.split("-"):
                return each.process
        return None

    process: Forked = until(found)
    return process


def has_asked(site: Running, count: int) -> bool:
    return len(site.requests()) >= count


def is_free_of(process: Forked, machine: Machine, env: dict[str, str]) -> bool:
    """Whether the store has lost this holder."""
    return str(process.pid) not in str(status(machine.data, env)["holder"])


def disturb(site: Running, server: Server, machines: list[Machine], env: dict[str, str]) -> Forked:
    """Kill who holds the store, at random requests, once let it hang, and restart the database; who was let hang."""
    random = Random(SEED)
    instants = sorted(random.sample(range(60, LAST - 300), KILLS + 2))
    hang, restart = random.sample(range(KILLS + 2), 2)
    hung: Forked | None = None
    for number, instant in enumerate(instants):
        until(partial(has_asked, site, instant), PLENTY)
        if number == restart:
            server.restart()
        elif number == hang:
            hung = holder(machines, env)
            os.kill(hung.pid, signal.SIGSTOP)
            until(partial(is_free_of, hung, machines[0], env), PLENTY)
        else:
            with suppress(ProcessLookupError):
                os.kill(holder(machines, env).pid, signal.SIGKILL)
    assert hung is not None
    return hung


@needs_postgres
@pytest.mark.long
def test_what_two_machines_go_through_costs_nothing_but_time(tmp_path: Path, server: Server) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text(json.dumps([{"action": "home", "sids": GONE}, *FAULTS[1:]]))
    calm = {"SOLIDOT_CLOCK": NOW}
    env = {**calm, "SOLIDOT_DATABASE_URL": server.url, "SOLIDOT_LOCK_TIMEOUT": str(TIMEOUT)}
    with running(*SITE, "--faults", str(plan)) as site:
        assert crawl(site.url, tmp_path / "calm", "-a", f"sids=1-{LAST}", env=calm).status == 0
        wanted = export(site, tmp_path / "calm", calm)
    with running(*SITE, "--faults", str(plan)) as site:
        machines = [Machine(site.url, tmp_path / name, env) for name in ("one", "other")]
        until(site.requests)
        for each in machines:
            each.start()
        hung = disturb(site, server, machines, env)
        os.kill(hung.pid, signal.SIGCONT)
        for each in machines:
            each.join(PLENTY)
            assert not each.is_alive()
        log = site.requests()
        assert export(site, tmp_path / "one", env) == wanted
    assert {end for each in machines for end in each.ends} <= {0, 1, 4, 75, -9}
    assert sum(each.ends.count(-9) for each in machines) == KILLS
    assert 75 in [end for each in machines for end in each.ends]  # who hung lost the store
    assert not server.column("SELECT sid FROM visits WHERE outcome = 'stored' GROUP BY sid HAVING count(*) > 1")
    assert server.column("SELECT count(*) FROM sids WHERE outcome IN ('stored', 'missing')") == [LAST]
    assert min(gaps(log)) >= DELAY - TOLERANCE


def export(site: Running, data: Path, env: dict[str, str]) -> bytes:
    out = data / "all.jsonl"
    assert solidot(site.url, data, "export", str(out), env=env).status == 0
    return out.read_bytes()
