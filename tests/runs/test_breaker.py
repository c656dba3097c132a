"""The circuit breaker ends a run, or lets it go on, when the site does not answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.crawling import REPORT, paced, solidot
from tests.faulty_site import faulty

TOLERANCE, SLACK = 0.02, 5.0
"""Seconds that a wait may seem shorter in the server's log, and that a busy machine may be late."""

site = partial(faulty, stories="generated:200")


@pytest.mark.parametrize("status", [503, 403])
def test_the_breaker_ends_a_run_that_no_answer_comes_to(tmp_path: Path, data: Path, status: int) -> None:
    old = tmp_path / "all.jsonl"
    old.write_bytes(b"old\n")
    fault = {"action": "status", "status": status, "path": "/story", "sids": ["6-200"]}
    with site(tmp_path, fault) as server:
        run = paced(
            server.url, data, "-a", "sids=1-200", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_PATIENCE=0", "-O", str(old)
        )
        refused = [each for each in server.requests() if each["fault"]]
    told = run.report
    assert run.status == told.exit_status == 1
    assert 10 <= len(refused) <= 12
    assert told.breaker_opened == 1
    assert told.counts["stored"] == 5
    assert told.counts["not tried"] >= 180
    assert sum(told.counts.values()) == told.asked + told.left == 200
    assert "SOLIDOT_PATIENCE" in told.stopped
    assert old.read_bytes() == b"old\n"
    assert "all.jsonl is as it was" in run.err


@pytest.mark.long
def test_one_trial_after_a_minute_and_then_on(tmp_path: Path, data: Path) -> None:
    ten = {"action": "status", "status": 500, "path": "/story", "requests": [2, 11]}
    with site(tmp_path, ten) as server:
        run = solidot(
            server.url,
            data,
            *("crawl", "story", "-a", "sids=1-30", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0"),
            *(*REPORT, "-s", "CONCURRENT_REQUESTS=1"),
            patience=240,  # a second trial would come after two minutes more, and be told below
        )
        log = server.requests()
    last_failed = max((each for each in log if each["fault"]), key=lambda each: each["time"])
    trial = min(each["time"] for each in log if each["time"] > last_failed["time"])
    assert 60 - TOLERANCE <= trial - last_failed["after"] <= 60 + SLACK
    told = run.report
    assert (run.status, told.breaker_opened) == (1, 1)
    assert (told.counts["stored"], told.counts["failed"], told.counts["not tried"]) == (28, 2, 0)
