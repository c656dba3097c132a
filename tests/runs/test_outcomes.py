"""Each id ends in one outcome, whatever the site answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crawling import NOW, PLENTY, REPORT, WIDE, crawl, paced, solidot, status
from tests.faulty_site import faulty
from tests.server.client import running


def test_a_fault_that_passes_is_retried(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "status", "status": 503, "attempts": [1, 2]}) as server:
        run = crawl(server.url, data, "-a", "sid=79520")
    assert run.status == 0
    assert list(run.stories()) == [79520]


@pytest.mark.parametrize("how", ["close", "gzip"])
def test_a_page_that_ends_early_is_retried_and_loses_nothing(tmp_path: Path, data: Path, how: str) -> None:
    cut = {"path": "/story", "action": "cut", "how": how, "share": 0.9}
    with faulty(tmp_path, {**cut, "attempts": [1, 2]}, stories="lively:100") as server:
        run = crawl(server.url, data, "-a", "sids=10,15,20", *REPORT)
    assert run.status == 0
    assert run.report.retries >= 2 * 3
    assert [story["comment_count"] for story in run.stories().values()] == [3, 3, 3]


def test_a_whole_page_may_end_with_its_connection(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"action": "cut", "how": "close", "share": 1}) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", *REPORT)
    assert run.status == 0
    assert sorted(run.stories()) == [79517, 79520, 79523]
    assert run.report.retries == 0


def test_a_home_page_that_ends_early_says_of_no_story_that_it_is_missing(tmp_path: Path, data: Path) -> None:
    with running("--clock", NOW) as whole:
        home = whole.get("/").text
    early = {"path": "/story", "sids": [79520], "action": "status", "status": 200, "body": home[: len(home) // 2]}
    with faulty(tmp_path, early) as server:
        run = crawl(server.url, data, "-a", "sids=79517-79523")
    assert run.status == 1
    assert "failed: body cut short: the page has no end: 79520" in run.err


def test_no_answer_at_all_is_told(data: Path) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sids=5-9", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: robots.txt: connection refused: 5-9" in run.err
    told = "nothing came from http://127.0.0.1:9: robots.txt: connection refused: 5 failed"
    assert next(line for line in run.err.splitlines() if "asked" in line).endswith(told)
    latest = solidot("http://127.0.0.1:9", data, "crawl", "latest", "-s", "RETRY_TIMES=0")
    assert "0 asked in " in latest.err
    assert "nothing came from http://127.0.0.1:9: robots.txt: connection refused\n" in latest.err
    assert "Traceback" not in run.err


def test_a_range_of_all_ids_says_what_was_asked_and_what_is_left(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, stories="generated:100") as server:
        run = crawl(server.url, data, "-a", "sids=1-99999999", "-a", "limit=1", *REPORT)
        again = crawl(server.url, data, "-a", "sids=1-99999999", "-a", "limit=2")
    assert "1 asked (limit=1), 99,999,998 left: repeat it to go on; in " in run.err
    assert "2 asked (limit=2), 99,999,996 left: repeat it to go on; in " in again.err
    assert (run.report.asked, run.report.left) == (1, 99_999_998)
    assert not run.retries
    told = status(data)
    assert told["outcomes"]["not tried"] == 99_999_996
    assert [(each["outcome"], each["count"]) for each in told["failures"]] == [("not tried", 99_999_996)]


def test_what_a_file_of_all_is_left_with_can_be_asked(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, stories="generated:100") as server:
        run = crawl(server.url, data, "-a", "sids=1-9", "-a", "limit=4", "-a", "refresh=true")
    assert "4 asked (limit=4), 5 left; in " in run.err
    assert [line.split()[0] for line in run.retries[0].read_text().splitlines()] == ["5-9"]


MIXED: list[dict[str, Any]] = [
    {"action": "status", "status": 500},
    {"action": "status", "status": 404},
    {"action": "status", "status": 403},
    {"action": "home"},
    {"action": "reset"},
    {"action": "cut"},
    {"action": "empty"},
    {"action": "captcha"},
    {"action": "truncate", "share": 0.6},
    {"action": "other", "sid": 1},
    {"action": "charset"},
    {"action": "redirect", "to": "/"},
    {"action": "redirect", "to": "{path}"},
]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_each_id_has_exactly_one_outcome_whatever_comes(tmp_path: Path, data: Path, seed: int) -> None:
    faults = [
        {**fault, "path": "/story", "probability": 0.05, "seed": seed * 100 + at} for at, fault in enumerate(MIXED)
    ]
    with faulty(tmp_path, *faults, stories="generated:150") as server:
        run = paced(server.url, data, *WIDE, "-a", "sids=1-200", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=1")
    told = run.report
    assert told.asked + told.left == sum(told.counts.values()) == 200
    stored = set(run.stories())
    unsettled = [sid for each in told.unsettled for part in each.sids for sid in _range(part)]
    assert len(stored) == told.counts["stored"]
    assert len(unsettled) == len(set(unsettled)) == 200 - told.counts["stored"] - told.counts["missing"]
    assert stored.isdisjoint(unsettled)
    assert stored | set(unsettled) <= set(range(1, 201))
    assert [line.split()[0] for line in run.retries[0].read_text().splitlines()] == [
        part for each in told.unsettled for part in each.sids
    ]


def _range(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)
