"""``solidot extract``: the record of a saved page, and of one story that is asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from solidot_spider import items, record
from solidot_spider.base import clock, site
from tests.crawling import NOW, Crawl, solidot
from tests.server.client import Running, running
from tests.stores import page

NOWHERE = "http://127.0.0.1:9"
FETCHED = "2025-11-08T04:00:00+00:00"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "saved.html"
    file.write_bytes(page(10))
    os.utime(file, (0, clock.parsed(FETCHED).timestamp()))
    return file


def extract(tmp_path: Path, *words: str, url: str = NOWHERE) -> Crawl:
    done = solidot(url, tmp_path / "data", "extract", *words, cwd=tmp_path)
    assert not (tmp_path / "data").exists()
    return done


def line(fetched_at: str = FETCHED) -> str:
    story = record.record(page(10), site.story_url(10), clock.parsed(fetched_at))
    assert isinstance(story, items.Story)
    return f"{items.line(story).decode()}\n"


def test_a_saved_page_gives_its_record(tmp_path: Path, saved: Path) -> None:
    done = extract(tmp_path, saved.name)
    assert (done.status, done.out, done.err) == (0, line(), "")


@pytest.mark.parametrize("words", [("--sid", "10"), ("--url", "https://www.solidot.org/story?sid=10"), ()])
def test_what_was_asked_may_be_said(tmp_path: Path, saved: Path, words: tuple[str, ...]) -> None:
    done = extract(tmp_path, str(saved), *words, "--fetched-at", "2025-11-09T12:00:00+08:00")
    assert (done.status, done.out, done.err) == (0, line("2025-11-09T04:00:00+00:00"), "")


def test_a_page_comes_by_a_pipe(tmp_path: Path) -> None:
    done = solidot(NOWHERE, tmp_path / "data", "extract", "-", "--fetched-at", FETCHED, given=page(10).decode())
    assert (done.status, done.out, done.err) == (0, line(), "")


@pytest.mark.parametrize(
    ("words", "exit_status", "told"),
    [
        (("saved.html", "--sid", "11"), 1, "saved.html: story 11 is unparsed: other-story"),
        (("empty.html",), 2, "empty.html: the page names no story; give --sid N"),
        (("empty.html", "--sid", "5"), 1, "empty.html: story 5 is unparsed: empty"),
        (("saved.html", "--sid", "0"), 2, "--sid 0: no story id"),
        (("saved.html", "--sid", "x"), 2, "argument --sid: invalid int value: 'x'"),
        (("saved.html", "--fetched-at", "noon"), 2, "--fetched-at noon: no time with an offset"),
        (("absent.html",), 1, "absent.html: No such file or directory"),
        ((".",), 1, ".: Is a directory"),
        (("http://example.org/story?sid=5",), 2, "is no story of http://127.0.0.1:9; give one such as"),
        (("https://www.solidot.org/story?sid=5", "--sid", "5"), 2, "are for a saved page: leave them out"),
        ((), 2, "give FILE|URL"),
    ],
)
def test_what_gives_no_record_is_a_line_and_a_status(
    tmp_path: Path, saved: Path, words: tuple[str, ...], exit_status: int, told: str
) -> None:
    saved.with_name("empty.html").write_bytes(b"")
    done = extract(tmp_path, *words)
    assert (done.status, done.out, done.err.count("\n")) == (exit_status, "", 1)
    assert told in done.err


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


def test_a_story_is_asked_by_the_rules_of_a_crawl(tmp_path: Path, server: Running) -> None:
    done = extract(tmp_path, f"{server.url}/story?sid=79520", url=server.url)
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out)["sid"] == 79520
    assert [each["path"] for each in server.requests()][:2] == ["/robots.txt", "/story?sid=79520"]


@pytest.mark.long
def test_a_story_that_is_not_there_is_told(tmp_path: Path, server: Running) -> None:
    done = extract(tmp_path, f"{server.url}/story?sid=79519", url=server.url)
    assert (done.status, done.out) == (1, "")
    assert done.err == f"solidot: {server.url}/story?sid=79519: the site has no such story\n"
