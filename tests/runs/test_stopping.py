"""Runs that end before their last id: by a signal, a limit, or a kill."""

from __future__ import annotations

import signal
import time
from functools import partial
from pathlib import Path

import pytest

from tests.crawling import NOW, PLENTY, REPORT, crawl, finish, paced, read_stories, start, until
from tests.faulty_site import asked_paths, faulty
from tests.server.client import running

SLACK = 5.0
"""Seconds that a busy machine may be late."""

site = partial(faulty, stories="generated:200")


def has_begun(data: Path) -> bool:
    return any(data.glob("runs/*.run"))


@pytest.mark.long
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("wait", ["retry-after", "back-off", "crawl-delay"])
def test_a_signal_ends_any_wait_at_once(tmp_path: Path, data: Path, by: signal.Signals, wait: str) -> None:
    headers = {"Retry-After": "300"} if wait == "retry-after" else {}
    fault = {"action": "status", "status": 503, "headers": headers, "sids": [2]}
    faults = [] if wait == "crawl-delay" else [fault]
    robots = "User-agent: *\nCrawl-delay: 60\n" if wait == "crawl-delay" else ""
    with site(tmp_path, *faults, robots=robots) as server:
        process = start(
            server.url,
            data,
            *("crawl", "story", "-a", "sids=2-9", "-s", "SOLIDOT_BACKOFF=300", "-s", "DOWNLOAD_DELAY=0"),
            *("-s", "CONCURRENT_REQUESTS=1", *REPORT),
        )
        waiting_for = "/robots.txt" if wait == "crawl-delay" else "/story?sid=2"
        until(lambda: waiting_for in asked_paths(server))
        time.sleep(0.3)  # into the wait: nothing outside tells when it begins
        began = time.monotonic()
        process.send_signal(by)
        run = finish(process, data)
    told = run.report
    assert time.monotonic() - began < 5
    assert run.status == told.exit_status == 1
    assert told.interrupted
    assert sum(told.counts.values()) == told.asked + told.left == 8
    assert told.counts["failed"] == (0 if wait == "crawl-delay" else 1)
    assert "Traceback" not in run.err


@pytest.mark.long
def test_a_page_that_never_comes_does_not_keep_a_stopped_run(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "silence", "sids": [3]}) as server:
        words = ("-a", "sids=1-9", "-s", "DOWNLOAD_DELAY=0", *REPORT)
        process = start(server.url, data, "crawl", "story", *words)
        until(lambda: "/story?sid=3" in asked_paths(server))
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        run = finish(process, data)
    told = run.report
    assert 4 < time.monotonic() - began < 5 + SLACK
    assert run.status == 1
    assert told.counts["failed"] == 0
    assert "3" in " ".join(each.sids[0] for each in told.unsettled)
    assert told.counts["stored"] + told.left == told.asked + told.left == 9
    assert run.err.count("Traceback") == 0


def test_a_second_signal_ends_the_process(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "silence", "sids": [3]}) as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-9", "-s", "DOWNLOAD_DELAY=0")
        until(lambda: "/story?sid=3" in asked_paths(server))
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # Scrapy takes the first signal before it listens for the second
        process.send_signal(signal.SIGTERM)
        run = finish(process, data)
    assert time.monotonic() - began < 15
    assert run.status == 1
    assert "asked (interrupted), " in run.err
    assert "Traceback" not in run.err


def test_minutes_do_not_wait_for_a_site_in_trouble(tmp_path: Path, data: Path) -> None:
    busy = {"action": "status", "status": 503, "headers": {"Retry-After": "300"}, "sids": [5]}
    with site(tmp_path, busy) as server:
        began = time.monotonic()
        run = paced(server.url, data, "-a", "sids=1-50", "-a", "minutes=0.1", "-s", "DOWNLOAD_DELAY=0")
    assert time.monotonic() - began < 30
    assert run.status == 1
    assert sum(run.report.counts.values()) == 50


def test_a_limit_stops_cleanly_and_the_rest_is_not_tried(data: Path) -> None:
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-a", "limit=4")
        pages = [path for path in asked_paths(server) if "sid=" in path]
    assert run.status == 0
    assert sorted(run.stories()) == [79517, 79520]
    assert "2 stored, 2 missing, 3 not tried" in run.err
    assert "4 asked (limit=4), 3 left: repeat it to go on; in " in run.err
    assert not run.retries
    assert len(pages) <= 5  # four stories and a control


def test_minutes_stop_cleanly(data: Path) -> None:
    with running("--stories", "generated:100000", "--latency", "0.02") as server:
        run = crawl(server.url, data, "-a", "sids=1-100000", "-a", "minutes=0.02")
    assert run.status == 0
    assert " asked (minutes=0.02), 99," in run.err
    assert "minutes=0.02 are over" in run.err
    assert run.stories()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_whole_files_and_true_counts(data: Path, by: signal.Signals) -> None:
    with running("--stories", "generated:100000", "--latency", "0.02") as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-100000", "-s", "DOWNLOAD_DELAY=0")
        until(lambda: len(server.requests()) >= 20)
        process.send_signal(by)
        run = finish(process, data)
    assert run.status == 1
    stored = run.stories()
    assert stored
    assert f"{len(stored)} asked (interrupted), {100_000 - len(stored):,} left: repeat it to go on; in" in run.err
    assert f"{len(stored)} stored, {100_000 - len(stored)} not tried" in run.err
    assert "interrupted" in run.err
    assert "Traceback" not in run.err


def test_a_killed_run_leaves_whole_lines_and_the_next_run_names_them(data: Path) -> None:
    with running("--stories", "generated:100000", "--latency", "0.01") as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-100000", "-s", "DOWNLOAD_DELAY=0")
        until(lambda: len(server.requests()) >= 30)
        process.kill()
        finish(process, data)
        (part,) = data.glob("runs/*.part")
        stories = read_stories(part)
        run = crawl(server.url, data, "-a", "sid=7")
    assert stories
    assert f"{part} was left by a run that was killed" in run.err
    assert read_stories(part) == stories


@pytest.mark.long
def test_a_run_that_is_stopped_as_it_begins_leaves_no_part(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        for number in range(20):
            data = tmp_path / f"data-{number}"
            process = start(server.url, data, "crawl", "story", "-a", "sids=1-9")
            until(partial(has_begun, data))
            time.sleep(0.01 * number)  # an instant of chance, not one that an event tells
            process.send_signal(signal.SIGTERM)
            run = finish(process, data)
            assert run.status in (1, -signal.SIGTERM)  # until Scrapy listens, a signal ends the process itself
            assert not list(data.glob("runs/*.part"))
