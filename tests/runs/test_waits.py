"""Every wait ends: with the minutes, with Scrapy's own limits, with a signal; and the counts add up."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import needs_postgres
from tests.crawling import FAST, REPORT, Crawl, crawl, finish, start, status, stored, until
from tests.faulty_site import asked_paths, asked_sids, faulty

pytestmark = pytest.mark.long

SLACK = 10.0
"""Seconds that a busy machine may be late."""
SOON = 5.0 + SLACK
"""Seconds in which any wait ends, what is on the wire included."""

site = partial(faulty, stories="generated:200")

SILENCE = {"action": "silence", "path": "/robots.txt"}
BUSY = {"action": "status", "status": 503, "path": "/story", "sids": [4]}
WAITS: dict[str, tuple[list[dict[str, Any]], str | None]] = {
    "robots silence": ([SILENCE], None),
    "story silence": ([{"action": "silence", "path": "/story", "sids": [4]}], None),
    "retry-after": ([{**BUSY, "headers": {"Retry-After": "300"}}], None),
    "back-off": ([BUSY], None),
    "crawl-delay": ([], "User-agent: *\nCrawl-delay: 60\n"),
}
ENDS = {"minutes": ("-a", "minutes=0.05"), "setting": ("-s", "CLOSESPIDER_TIMEOUT=3")}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("wait", WAITS)
def test_a_limit_ends_any_wait_and_the_counts_add_up(tmp_path: Path, data: Path, wait: str, end: str) -> None:
    faults, robots = WAITS[wait]
    with site(tmp_path, *faults, robots=robots) as server:
        words = ("-a", "sids=1-8", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=200", *ENDS[end], *REPORT)
        began = time.monotonic()
        run = finish(start(server.url, data, "crawl", "story", *words), data)
        took = time.monotonic() - began
    told = run.report
    assert took < 3 + SOON
    assert sum(told.counts.values()) == told.asked + told.left == 8
    assert run.status == told.exit_status == (0 if wait in ("crawl-delay", "story silence") else 1)
    assert told.counts["not tried"] or wait == "back-off"
    assert told.counts["failed"] == (wait in ("retry-after", "back-off"))
    assert ("minutes" in told.stopped if end == "minutes" else "CLOSESPIDER_TIMEOUT=3" in told.stopped) or (
        wait == "back-off"
    )
    assert "Traceback" not in run.err


def test_a_signal_ends_the_silence_of_robots(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, SILENCE) as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-8", *REPORT)
        until(lambda: asked_paths(server))
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        run = finish(process, data)
    assert time.monotonic() - began < SOON
    assert run.status == 1
    assert (run.report.counts["not tried"], run.report.asked) == (8, 0)


def test_what_is_missing_is_confirmed_when_the_minutes_are_over(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "silence", "path": "/story", "sids": [4]}) as server:
        run = crawl(server.url, data, "-a", "sids=1-8,900", "-a", "minutes=0.05", *REPORT)
    assert run.status == 0
    assert (run.report.counts["missing"], run.report.counts["not tried"]) == (1, 1)


@pytest.mark.parametrize("delay", ["86400", "60.5"])
def test_a_crawl_delay_that_no_crawl_can_keep_is_refused(tmp_path: Path, data: Path, delay: str) -> None:
    with site(tmp_path, robots=f"User-agent: *\nCrawl-delay: {delay}\n") as server:
        run = crawl(server.url, data, "-a", "sids=1-8", *REPORT)
        paths = asked_paths(server)
    assert paths == ["/robots.txt"]
    assert run.status == 1
    assert (run.report.counts["refused"], run.report.asked) == (8, 0)
    assert "s between two requests, more than 60: 1-8" in run.err


@contextmanager
def locked(data: Path, url: str) -> Iterator[None]:
    """Another program that holds the store, for the time of a ``with`` block."""
    if not url:
        with closing(sqlite3.connect(data / "solidot.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        return
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE visits IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def test_a_signal_ends_the_wait_for_a_locked_store(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path, words=("--latency", "0.05")) as server:
        process = start(server.url, data, "crawl", "story", *FAST, *REPORT, "-a", "sids=1-200", env=env)
        until(lambda: len(asked_sids(server)) > 10)
        with locked(data, database_url):
            time.sleep(1)  # into the wait: nothing outside tells when it begins
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            run = finish(process, data)
            took = time.monotonic() - began
        told = run.report
        second = crawl(server.url, data, "-a", "sids=1-200", env=env)
    assert took < SOON
    assert run.status == told.exit_status == 4
    assert "another program" in told.verdict
    assert sum(told.counts.values()) == told.asked + told.left == 200
    assert told.counts["failed"]
    assert "Traceback" not in run.err
    assert second.status == 0
    assert status(data, env)["stories"] == 200


def test_a_lock_that_ends_costs_nothing(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path, words=("--latency", "0.05")) as server:
        process = start(server.url, data, "crawl", "story", *FAST, *REPORT, "-a", "sids=1-60", env=env)
        until(lambda: len(asked_sids(server)) > 10)
        with locked(data, database_url):
            time.sleep(3)
        run: Crawl = finish(process, data)
    assert run.status == 0
    assert run.report.counts["stored"] == 60
    assert run.err.count("Another program holds the store") == 1
    assert database_url or len(stored(data)) == 60


@needs_postgres
def test_a_table_that_is_locked_at_the_start_is_4(tmp_path: Path, data: Path, postgres: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": postgres}
    with site(tmp_path) as server:
        assert crawl(server.url, data, "-a", "sid=1", env=env).status == 0
        engine = create_engine(make_url(postgres).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            connection.execute(text("LOCK TABLE runs IN ACCESS EXCLUSIVE MODE"))
            run = crawl(server.url, data, "-a", "sid=2", env=env)
        engine.dispose()
    assert run.status == 4
    assert "locked a table" in run.err
    assert run.err.count("\n") == 1
