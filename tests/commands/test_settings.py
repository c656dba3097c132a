"""Settings that nobody knows are told, arguments that are given twice refused, and a log in JSON is all JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solidot_spider.base import options
from solidot_spider.base.options import OptionError
from tests.crawling import NOW, PLENTY, crawl, executed, solidot
from tests.server.client import running

NOWHERE = "http://127.0.0.1:9"
TOLD = "-s DONWLOAD_DELAY: no setting that Scrapy or this program knows; did you mean DOWNLOAD_DELAY?"
MEANT = "SOLIDOT_DATADIR: there is no such option; did you mean SOLIDOT_DATA_DIR?"


@pytest.mark.parametrize(
    "words", [("crawl", "story", "-a", "sid=1"), ("crawl", "latest"), ("status",), ("export", "a.jsonl")], ids=" ".join
)
def test_an_option_that_does_not_exist_is_refused(data: Path, words: tuple[str, ...]) -> None:
    by_environment = solidot(NOWHERE, data, *words, env={"SOLIDOT_DATADIR": "x"})
    by_setting = solidot(NOWHERE, data, *words, "-s", "SOLIDOT_DATADIR=x")
    for run in (by_environment, by_setting):
        assert (run.status, run.err) == (2, f"solidot: {MEANT}\n")
    assert not data.exists()


def test_an_option_like_no_other_is_refused_too() -> None:
    with pytest.raises(OptionError, match=r"^SOLIDOT_X: there is no such option; `solidot help options` lists all$"):
        options.load({"SOLIDOT_X": "1"})


def test_a_setting_that_nobody_knows_is_told(data: Path) -> None:
    words = ("-s", "DONWLOAD_DELAY=5", "-s", "HTTPPROXY_ENABLED=0", "-s", "CLOSESPIDER_TIMEOUT=9")
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", *words)
    assert run.status == 0
    assert run.err.splitlines()[0] == TOLD
    assert "no setting" not in run.err.partition("\n")[2]
    told = solidot(NOWHERE, data, "status", "-s", "DONWLOAD_DELAY=5")
    assert (told.status, told.err) == (0, f"{TOLD}\n")


@pytest.mark.parametrize("spider", ["story", "latest"])
def test_an_argument_that_is_given_twice_is_refused(data: Path, spider: str) -> None:
    run = solidot(NOWHERE, data, "crawl", spider, "-a", "limit=5", "-a", "limit=9")
    assert (run.status, run.err) == (2, "solidot: -a limit= is given 2 times: limit=5 and limit=9; give it once\n")
    twice = solidot(NOWHERE, data, "crawl", "story", "-a", "sids=1-5", "-a", "sids=9")
    assert (
        twice.err == "solidot: -a sids= is given 2 times: sids=1-5 and sids=9; give it once, several ids with commas\n"
    )
    assert not data.exists()


@pytest.mark.parametrize("by", ["environment", "setting"])
def test_every_line_of_a_log_in_json_is_json(tmp_path: Path, data: Path, by: str) -> None:
    env = {"SOLIDOT_LOG": "json"} if by == "environment" else {}
    words = ("-s", "SOLIDOT_LOG=json") if by == "setting" else ()
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-L", "DEBUG", *words, env=env)
        refused = crawl(server.url, data, "-a", "sids=none", *words, env=env)
        log = tmp_path / "crawl.log"
        crawl(server.url, data, "-a", f"sids={PLENTY}", "-L", "DEBUG", "--logfile", str(log), *words, env=env)
    events = [json.loads(line) for line in run.err.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(each) for each in events)
    messages = [each["message"] for each in events]
    assert any(message.startswith("Scrapy ") for message in messages)
    assert any("7 asked in" in message for message in messages)
    (event,) = [json.loads(line) for line in refused.err.splitlines()]
    assert event["level"] == "ERROR"
    assert all(json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    assert (run.status, refused.status) == (0, 2)


def test_a_verb_that_refuses_says_so_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLIDOT_LOG", raising=False)
    run = solidot(NOWHERE, tmp_path / "none", "status", env={"SOLIDOT_LOG": "json"})
    assert run.status == 4
    assert "there is no store here yet" in json.loads(run.err)["message"]


@pytest.mark.long
def test_an_executed_command_is_no_other(tmp_path: Path) -> None:
    run = executed(NOWHERE, tmp_path / "data", "crawl", "story", "-a", "sid=1", "-a", "sid=2")
    assert (run.status, run.err) == (2, "solidot: -a sid= is given 2 times: sid=1 and sid=2; give it once\n")
