"""The gaps between requests, as the server's log has them."""

from __future__ import annotations

import itertools
import time
from datetime import datetime
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.crawling import WIDE, paced
from tests.faulty_site import faulty

TOLERANCE = 0.02
"""Seconds that a gap may be shorter on the wire than by the limiter's own clock."""
SLACK = 5.0
"""Seconds that a busy machine may be late."""

site = partial(faulty, stories="generated:200")


def gaps(log: list[dict[str, Any]]) -> list[float]:
    """The seconds between requests, at least as long as they were: a busy server may log the first of two late."""
    return [later["time"] - earlier["after"] for earlier, later in itertools.pairwise(log)]


@pytest.mark.long
def test_no_gap_is_under_the_floor(tmp_path: Path, data: Path) -> None:
    with site(
        tmp_path, {"action": "status", "status": 503, "path": "/story", "sids": [3], "attempts": [1, 2]}
    ) as server:
        run = paced(server.url, data, *WIDE, "-a", "sids=1-12", "-s", "DOWNLOAD_DELAY=0.3")
        found = gaps(server.requests())
    assert run.status == 0
    assert len(found) == 14
    assert min(found) >= 0.2 - TOLERANCE
    assert max(found) <= 0.4 + SLACK


def test_the_default_pace_is_one_to_two_seconds(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        paced(server.url, data, "-a", "sids=1-4")
        found = gaps(server.requests())
    assert min(found) >= 1.0 - TOLERANCE
    assert max(found) <= 2.0 + SLACK


@pytest.mark.long
def test_crawl_delay_is_the_floor_from_the_first_story_on(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, robots="User-agent: *\nCrawl-delay: 0.5\n") as server:
        run = paced(server.url, data, *WIDE, "-a", "sids=1-6", "-s", "DOWNLOAD_DELAY=0.1")
        found = gaps(server.requests())
    assert run.status == 0
    assert len(found) == 6
    assert min(found) >= 0.5 - TOLERANCE


@pytest.mark.long
@pytest.mark.parametrize("quiet", [True, False])
def test_a_lost_connection_is_not_tried_again_behind_the_rate_limiter(tmp_path: Path, data: Path, quiet: bool) -> None:
    lost = {"action": "reset", "quiet": quiet, "path": "/story", "sids": [3, 5], "attempts": [1, 1]}
    with site(tmp_path, lost) as server:
        run = paced(server.url, data, "-a", "sids=1-7", "-s", "DOWNLOAD_DELAY=0.3")
        found = gaps(server.requests())
    assert run.status == 0
    assert len(found) == 9
    assert min(found) >= 0.2 - TOLERANCE


@pytest.mark.long
def test_redirects_within_the_site_keep_the_pace(tmp_path: Path, data: Path) -> None:
    moved = {"action": "redirect", "path": "/story", "sids": [2, 4], "to": "{path}&moved={attempt}", "attempts": [1, 1]}
    with site(tmp_path, moved) as server:
        paced(server.url, data, *WIDE, "-a", "sids=1-5", "-s", "DOWNLOAD_DELAY=0.3")
        found = gaps(server.requests())
    assert len(found) >= 7
    assert min(found) >= 0.2 - TOLERANCE


@pytest.mark.long
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_nothing_is_asked_inside_a_retry_after(tmp_path: Path, data: Path, form: str) -> None:
    until = int(time.time()) + 8  # later than a slow machine asks
    header = "2" if form == "seconds" else formatdate(until, usegmt=True)
    busy = {"action": "status", "status": 503, "headers": {"Retry-After": header}, "sids": [20], "attempts": [1, 1]}
    with site(tmp_path, busy) as server:
        run = paced(server.url, data, "-a", "sids=1-40", "-s", "DOWNLOAD_DELAY=0")
        log = server.requests()
    assert run.status == 0
    assert len(run.stories()) == 40
    told = next(each["time"] for each in log if each["fault"])
    after = [each for each in log if each["after"] > told + 0.1]
    assert "The site asks to wait" in run.err
    assert min(each["time"] for each in after) - told >= (2 if form == "seconds" else 0) - TOLERANCE
    if form == "date":
        assert min(datetime.fromisoformat(each["wall"]).timestamp() for each in after) >= until - TOLERANCE


@pytest.mark.long
@pytest.mark.parametrize("status", [404, 302])
def test_a_retry_after_holds_whatever_it_comes_with(tmp_path: Path, data: Path, status: int) -> None:
    headers = {"Retry-After": "1", "Location": "/story?sid=20&moved=1"}
    busy = {"action": "status", "status": status, "headers": headers, "sids": [20], "attempts": [1, 1]}
    with site(tmp_path, busy) as server:
        run = paced(server.url, data, *WIDE, "-a", "sids=20-40", "-s", "DOWNLOAD_DELAY=0.02")
        log = server.requests()
    told = next(each["time"] for each in log if each["fault"])
    assert run.status == 0
    assert min(each["time"] - told for each in log if each["after"] > told + 0.1) >= 1 - TOLERANCE


def test_a_retry_after_longer_than_the_patience_ends_the_run(tmp_path: Path, data: Path) -> None:
    busy = {"action": "status", "status": 429, "headers": {"Retry-After": "3600"}, "sids": [20]}
    with site(tmp_path, busy) as server:
        run = paced(server.url, data, "-a", "sids=1-100", "-s", "DOWNLOAD_DELAY=0")
        log = server.requests()
    told = run.report
    assert run.status == 1
    assert [each["sid"] for each in log if each["fault"]] == [20]
    assert told.counts["failed"] == 1
    assert told.counts["not tried"] >= 75
    assert "3600 s" in told.stopped
    assert "failed: answered 429 Too Many Requests: 20" in run.err


@pytest.mark.long
def test_retries_wait_longer_each_time(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "status", "status": 500, "sids": [5]}) as server:
        run = paced(server.url, data, "-a", "sid=5", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0.2")
        waits = gaps([each for each in server.requests() if each["sid"] == 5])
    assert run.status == 1
    assert len(waits) == 3
    for wait, pause in zip(waits, (0.2, 0.4, 0.8), strict=True):
        assert pause / 2 - TOLERANCE <= wait <= pause * 1.5 + SLACK
    assert run.report.retries == 3
