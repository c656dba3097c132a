"""Progress on a terminal, and nothing of it elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from solidot_spider.base.durations import duration
from solidot_spider.base.outcome import Outcome
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.proof import NOTHING_KNOWN
from solidot_spider.extensions.progress import plan, state
from tests.crawling import solidot
from tests.server.client import running
from tests.terminal import on_a_terminal

CRAWL = ("crawl", "story", "-a", "sids=1-30", "-s", "DOWNLOAD_DELAY=0.05")


@pytest.mark.long
def test_a_terminal_shows_what_is_done_and_what_is_left(tmp_path: Path) -> None:
    with running("--stories", "generated:100") as server:
        status, shown = on_a_terminal(server.url, tmp_path / "data", *CRAWL)
    assert status == 0
    assert "asking 30 stories, one each 0.05 s: about 2 s" in shown
    assert "/30 |" in shown
    assert " stored; " in shown
    assert " a minute, " in shown
    assert " left" in shown
    assert "30 asked" in shown


@pytest.mark.long
def test_a_spider_that_finds_its_ids_on_the_way_shows_how_many(tmp_path: Path) -> None:
    with running("--stories", "generated:100") as server:
        status, shown = on_a_terminal(server.url, tmp_path / "data", "crawl", "latest", "-s", "DOWNLOAD_DELAY=0.03")
    assert status == 0
    assert "asking 20 stories, one each 0.03 s: about 1 s" in shown
    assert "/20 |" in shown
    assert "20 asked" in shown


@pytest.mark.long
def test_a_quiet_crawl_shows_nothing_on_a_terminal_either(tmp_path: Path) -> None:
    with running("--stories", "generated:100") as server:
        (tmp_path / "data").mkdir()
        assert on_a_terminal(server.url, tmp_path / "data", *CRAWL, "--quiet") == (0, "")


@pytest.mark.long
def test_where_there_is_no_terminal_there_is_no_progress(tmp_path: Path) -> None:
    with running("--stories", "generated:100") as server:
        run = solidot(server.url, tmp_path / "data", *CRAWL)
    assert run.status == 0
    assert [line for line in run.err.splitlines() if "asked" not in line and "records" not in line] == [
        f"making the data directory {tmp_path / 'data'}",
        "  30 new",
        f"  {NOTHING_KNOWN}",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3725, "1 h 2 min"),
        (7200, "2 h"),
        (200_000, "2 d 7 h"),
        (86_460, "1 d"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_state_of_a_crawl() -> None:
    ledger = Ledger()
    assert state(ledger, 0, 100) == ""
    for sid in range(1, 11):
        ledger.ask(sid)
        ledger.settle(sid, Outcome.STORED if sid > 2 else Outcome.MISSING)
    assert state(ledger, 20, 100) == "8 stored, 2 missing; 30 a minute, 3 min left"
    assert plan(20_000, 1.5) == "asking 20,000 stories, one each 1.5 s: about 8 h 20 min"
