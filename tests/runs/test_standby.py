"""Two machines with one database: one crawls, the other ends at once or waits, and takes over when the first is gone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import needs_postgres
from tests.crawling import FAST, crawl, finish, start, status, until
from tests.faulty_site import asked_sids, faulty
from tests.forked import Forked
from tests.runs.test_rate_limit import TOLERANCE, gaps
from tests.server.client import Running

site = partial(faulty, stories="generated:200")
PACE = ("-s", "DOWNLOAD_DELAY=0.2", "-s", "DOWNLOAD_DELAY_JITTER=0", "-s", "SOLIDOT_BACKOFF=0")
IDS = ("-a", "sids=1-40")


@pytest.fixture
def env(database_url: str) -> dict[str, str]:
    """Of both machines; a silent one loses a database in PostgreSQL soon."""
    return {"SOLIDOT_DATABASE_URL": database_url, "SOLIDOT_LOCK_TIMEOUT": "2"} if database_url else {}


@contextmanager
def crawling(server: Running, data: Path, env: dict[str, str]) -> Iterator[Forked]:
    """A crawl that has asked three stories."""
    process = start(server.url, data, "crawl", "story", *IDS, *PACE, env=env)
    try:
        until(lambda: len(asked_sids(server)) >= 3)
        yield process
    finally:
        process.kill()
        if not process.stdout.closed:
            finish(process, data)


def waits(process: Forked) -> None:
    """Read what a crawl prints until it waits for the store."""
    assert process.stderr is not None
    assert any("waiting up to" in line for line in process.stderr)


def second(data: Path, env: dict[str, str]) -> Path:
    return data.parent / "second" if env else data


def test_the_second_machine_ends_at_once(tmp_path: Path, data: Path, env: dict[str, str]) -> None:
    with site(tmp_path) as server, crawling(server, data, env):
        other = crawl(server.url, second(data, env), *IDS, env=env)
    assert other.status == 75
    assert "held by story-2" in other.err
    assert not env or not list(second(data, env).glob("runs/*"))


@pytest.mark.long
def test_a_wait_that_is_over_ends_with_who_holds_the_store(tmp_path: Path, data: Path, env: dict[str, str]) -> None:
    with site(tmp_path) as server, crawling(server, data, env):
        other = crawl(server.url, second(data, env), *IDS, "-a", "wait=0.02", env=env)
    assert other.status == 75
    assert "waiting up to 0.02 minutes for the store: held by story-2" in other.err


@pytest.mark.long
def test_who_waits_goes_on_when_the_first_machine_dies(tmp_path: Path, data: Path, env: dict[str, str]) -> None:
    with site(tmp_path) as server, crawling(server, data, env) as first:
        waiting = start(server.url, second(data, env), "crawl", "story", *IDS, *PACE, "-a", "wait=5", env=env)
        waits(waiting)
        first.kill()
        other = finish(waiting, second(data, env))
        asked = asked_sids(server)
        found = gaps(server.requests())
    assert other.status == 0
    assert sorted(set(asked)) == list(range(1, 41))
    assert len(asked) <= 42  # what was on the wire, or not committed yet, is asked again
    assert min(found) >= 0.2 - TOLERANCE
    told = status(second(data, env), env)
    assert told["stories"] == 40


@pytest.mark.long
@needs_postgres
def test_a_machine_that_hangs_loses_the_store(tmp_path: Path, data: Path, postgres: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": postgres, "SOLIDOT_LOCK_TIMEOUT": "2"}
    with site(tmp_path) as server, crawling(server, data, env) as first:
        first.send_signal(signal.SIGSTOP)
        hung_at = len(server.requests())
        other = crawl(server.url, second(data, env), *IDS, *PACE, "-a", "wait=5", env=env)
        before = len(server.requests())
        first.send_signal(signal.SIGCONT)
        told = finish(first, data)
        log = server.requests()
    assert other.status == 0
    assert told.status == 75
    assert "another run may hold the store now" in told.err
    assert len(log) == before  # it asks nothing after its sleep
    assert min(gaps(log[hung_at:])) >= 0.2 - TOLERANCE
    assert status(data, env)["stories"] == 40


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait(tmp_path: Path, data: Path, env: dict[str, str], number: signal.Signals) -> None:
    with site(tmp_path) as server, crawling(server, data, env):
        waiting = start(server.url, second(data, env), "crawl", "story", *IDS, *FAST, "-a", "wait=5", env=env)
        waits(waiting)
        waiting.send_signal(number)
        ended = finish(waiting, second(data, env))
    assert ended.status == 1
    assert ended.err.splitlines()[-1].endswith("interrupted")
