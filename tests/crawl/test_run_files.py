"""A run's name, its files, and its summary."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from solidot_spider.base import sids
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import summary
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.run_files import RunFiles


@pytest.fixture(autouse=True)
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLIDOT_CLOCK", "2024-10-18T22:58:07+08:00")


def ledger(*ends: tuple[int, Outcome, str]) -> Ledger:
    made = Ledger()
    for sid, outcome, reason in ends:
        made.ask(sid)
        made.settle(sid, outcome, reason)
    return made


def test_a_name_tells_spider_time_and_process(tmp_path: Path) -> None:
    assert RunFiles.new("story", tmp_path).name == f"story-20241018T145807Z-{os.getpid()}"


def test_a_name_that_a_file_has_is_not_taken_again(tmp_path: Path) -> None:
    first = RunFiles.new("story", tmp_path)
    first.directory.mkdir()
    first.part.touch()
    second = RunFiles.new("story", tmp_path)
    second.retry.touch()
    third = RunFiles.new("story", tmp_path)
    assert (second.name, third.name) == (first.name + "-2", first.name + "-3")


def test_runs_of_the_same_process_number_and_second_have_names_of_their_own(tmp_path: Path) -> None:
    with RunFiles.claimed("story", tmp_path) as first, RunFiles.claimed("story", tmp_path) as second:
        assert second.name == first.name + "-2"
        first.feed.touch()
    with RunFiles.claimed("story", tmp_path) as third:
        assert third.name == first.name + "-2"
    assert list(first.directory.iterdir()) == [first.feed]


def test_a_name_that_was_taken_while_it_was_chosen_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = RunFiles.new("story", tmp_path)
    with RunFiles.claimed("story", tmp_path) as first:
        assert first == chosen
        later = [chosen, RunFiles(chosen.name + "-2", chosen.directory)]
        monkeypatch.setattr(RunFiles, "new", classmethod(lambda *_: later.pop(0)))
        with RunFiles.claimed("story", tmp_path) as second:
            assert second.name == chosen.name + "-2"


def test_the_claim_of_a_killed_run_goes_with_the_next_one(tmp_path: Path) -> None:
    killed = os.fork()
    if not killed:
        with RunFiles.claimed("story", tmp_path):
            os._exit(0)
    os.waitpid(killed, 0)
    assert len(list((tmp_path / "runs").glob("*.run"))) == 1
    with RunFiles.claimed("story", tmp_path) as files:
        assert list(files.directory.iterdir()) == [files.claim]
    assert not list(files.directory.iterdir())


def test_the_retry_file_is_an_argument_again(tmp_path: Path) -> None:
    made = ledger(
        (5, Outcome.FAILED, "time-out"),
        (6, Outcome.STORED, ""),
        (7, Outcome.UNPARSED, "evil\nreason # 99"),
        (8, Outcome.UNPARSED, "evil\nreason # 99"),
        (9, Outcome.MISSING, "home-page"),
    )
    written = RunFiles("a", tmp_path).write_retry(made)
    assert written is not None
    assert str(sids.parse(f"@{written}")) == "5,7-8"
    assert written.read_text().splitlines() == ["5  # failed: time-out", "7-8  # unparsed: evil?reason # 99"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.retry.txt"]


def test_no_retry_file_where_all_settled(tmp_path: Path) -> None:
    assert RunFiles("a", tmp_path / "runs").write_retry(ledger((1, Outcome.STORED, ""))) is None
    assert not list(tmp_path.iterdir())


def test_the_summary_has_every_outcome_and_is_safe_for_a_terminal() -> None:
    made = ledger(
        (1, Outcome.STORED, ""), (3, Outcome.REFUSED, "redirect to \x1b[2Jhttp://x"), (4, Outcome.FAILED, "a")
    )
    lines = list(summary.outcomes("story-x", made, Plan(Sids(), settled_before=7), 1.25))
    assert lines[0] == "story-x: 3 asked in 1.2 s: 1 stored, 1 refused, 1 failed"
    assert lines[1:] == ["  7 settled before", "  refused: redirect to ?[2Jhttp://x: 3", "  failed: a: 4"]


def test_feeds_of_a_clock_that_was_ahead_are_the_first_to_go(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    feeds = [tmp_path / "runs" / f"latest-20350101T00000{number}Z-7.jsonl" for number in range(4)]
    for number, feed in enumerate(feeds):
        feed.touch()
        os.utime(feed, (2e9 + number, 2e9 + number) if number < 2 else (1e9 + number, 1e9 + number))
    RunFiles("story-x", tmp_path / "runs").remove_old_feeds(2)
    assert sorted((tmp_path / "runs").iterdir()) == feeds[2:]
