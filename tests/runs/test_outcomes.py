"""Each id ends in one outcome, whatever the site answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crawling import WIDE, crawl, paced
from tests.faulty_site import faulty


def test_a_fault_that_passes_is_retried(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "status", "status": 503, "attempts": [1, 2]}) as server:
        run = crawl(server.url, data, "-a", "sid=79520")
    assert run.status == 0
    assert list(run.stories()) == [79520]


def test_no_answer_at_all_is_told(data: Path) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sids=5-9", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: robots.txt: connection refused: 5-9" in run.err
    assert "Traceback" not in run.err


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


@pytest.mark.parametrize("seed", range(4))
def test_each_id_has_exactly_one_outcome_whatever_comes(tmp_path: Path, data: Path, seed: int) -> None:
    faults = [
        {**fault, "path": "/story", "probability": 0.05, "seed": seed * 100 + at} for at, fault in enumerate(MIXED)
    ]
    with faulty(tmp_path, *faults, stories="generated:150") as server:
        run = paced(server.url, data, *WIDE, "-a", "sids=1-200", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=1")
    told = run.report
    assert told.asked == sum(told.counts.values()) == 200
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
