"""The log: one line an event, safe to look at, as JSON where that is asked for."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pytest

from solidot_spider.base.console import plain
from solidot_spider.extensions.logs import JsonFormatter, LineFormatter, Repeats
from tests.crawling import NOW, crawl
from tests.faulty_site import faulty
from tests.server.client import running

HOSTILE = "标题\x1b[2J\r\n伪造的一行\u202e\u0085末"


def event(message: str, *, fails: bool = False) -> logging.LogRecord:
    exc_info = None
    if fails:
        try:
            int(message)
        except ValueError:
            exc_info = sys.exc_info()
    return logging.LogRecord("solidot", logging.ERROR, __file__, 1, message, None, exc_info)


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(
    "formatter", [LineFormatter("%(levelname)s %(message)s"), JsonFormatter()], ids=["text", "json"]
)
def test_an_event_is_one_harmless_line(formatter: logging.Formatter, fails: bool) -> None:
    line = formatter.format(event(HOSTILE, fails=fails))
    assert len(line.splitlines()) == 1
    assert not {"\x1b", "\u202e", "\u0085", "\r"} & set(line)
    assert "标题" in line
    assert ("ValueError" in line) == fails


def test_text_keeps_what_can_be_seen() -> None:
    assert plain("奇客　Solidot “引号” – a\u00a0b 🎉") == "奇客　Solidot “引号” – a\u00a0b 🎉"
    assert plain("a\nb\x00c\u200b") == "a?b?c?"


@pytest.fixture
def busy(tmp_path: Path) -> tuple[str, ...]:
    plan = tmp_path / "faults.json"
    plan.write_text(json.dumps([{"action": "empty", "path": "/story?sid=79517"}]))
    return ("--clock", NOW, "--faults", str(plan))


def test_json_lines_where_a_setting_asks_for_them(tmp_path: Path, busy: tuple[str, ...]) -> None:
    log = tmp_path / "crawl.log"
    with running(*busy) as server:
        words = ("-a", "sids=79517-79523", "-s", "SOLIDOT_LOG=json", "-L", "DEBUG", "--logfile", str(log))
        run = crawl(server.url, tmp_path / "data", *words)
    lines = log.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith('{"time"'))  # behind Scrapy's banner
    events = [json.loads(line) for line in lines[first:]]
    assert run.status == 1
    assert {"time", "level", "logger", "message"} == set(events[-1])
    assert any(each["message"] == "Story 79517 unparsed: empty" for each in events)


def test_a_warning_that_is_repeated_is_one_line_with_a_count(tmp_path: Path) -> None:
    with faulty(tmp_path, {"action": "cut", "path": "/story"}, stories="generated:20") as server:
        run = crawl(
            server.url, tmp_path / "data", "-a", "sids=1-9", "-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_WARNSIZE=10"
        )
    warnings = [line for line in run.err.splitlines() if "larger than download warn size" in line]
    assert len(warnings) == 2  # at once, and how often when the run ends
    assert warnings[1].endswith("(and 9 more like it)")


def test_different_warnings_are_all_told() -> None:
    repeats = Repeats()
    told = [repeats.filter(logging.LogRecord("a", logging.WARNING, "", 1, text, None, None)) for text in "xyxxy"]
    assert told == [True, True, False, False, False]
    assert repeats.told() == [("a", "x (and 2 more like it)"), ("a", "y (and 1 more like it)")]
    assert repeats.filter(event("x"))
    assert repeats.told() == []


def test_a_wrong_form_of_log_is_refused(tmp_path: Path) -> None:
    run = crawl("http://127.0.0.1:9", tmp_path / "data", "-a", "sid=1", "-s", "SOLIDOT_LOG=xml")
    assert run.status == 2
    assert run.err == "solidot: SOLIDOT_LOG=xml: no form of log lines; there is text, json\n"


def test_every_line_of_a_debug_log_begins_with_its_time(tmp_path: Path, busy: tuple[str, ...]) -> None:
    log = tmp_path / "crawl.log"
    with running(*busy) as server:
        crawl(server.url, tmp_path / "data", "-a", "sids=79517-79523", "-L", "DEBUG", "--logfile", str(log))
    lines = log.read_text(encoding="utf-8").splitlines()
    spider = next(number for number, line in enumerate(lines) if "Spider opened" in line)
    assert len(lines) > spider + 5
    assert [line for line in lines[spider:] if not line.startswith("20")] == []
