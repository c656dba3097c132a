"""What the site does not have is missing, and a control story proves that the site is well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from solidot_spider.parsing import list_pages
from tests.crawling import NOW, PLENTY, crawl
from tests.faulty_site import asked_paths, faulty
from tests.server.client import Running, running

NEVER = 79518  # between two stories, and never one itself
WITHDRAWN = 75220


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


def test_what_the_site_does_not_have_is_missing(server: Running, data: Path) -> None:
    run = crawl(server.url, data, "-a", f"sids={PLENTY},{WITHDRAWN}")
    assert run.status == 0
    assert sorted(run.stories()) == [79517, 79520, 79523]
    assert "3 stored, 5 missing" in run.err
    assert not run.retries


@pytest.mark.parametrize("answer", ["404", "redirect", "home"])
def test_a_missing_story_is_missing_however_the_site_says_it(data: Path, answer: str) -> None:
    with running("--clock", NOW, "--missing", answer) as server:
        run = crawl(server.url, data, "-a", f"sids=79517,{NEVER}")
    assert run.status == 0
    assert "1 stored, 1 missing" in run.err


def test_a_control_is_asked_after_the_last_missing_and_never_stored(data: Path) -> None:
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, "-a", f"sid={NEVER}")
        paths = asked_paths(server)
    assert run.status == 0
    assert "1 asked" in run.err
    assert "1 missing" in run.err
    assert not run.feeds
    assert paths[:2] == ["/robots.txt", f"/story?sid={NEVER}"]
    assert len(paths) == 3  # one top story of the home page, which came already


def test_a_site_that_answers_its_home_page_to_all_settles_nothing(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "home"}) as server:
        run = crawl(server.url, data, "-a", "sids=60000-60119")
        number = len(asked_paths(server))
    assert run.status == 3
    assert "home-page-for-all" in run.err
    assert "missing" not in run.err.splitlines()[0]
    assert number < 80  # it stops after the first fifty
    assert "60000-60119" not in run.retries[0].read_text()
    again = crawl("http://127.0.0.1:9", data, "-a", f"sids=@{run.retries[0]}")
    assert "120 failed" in again.err


def test_the_top_story_of_a_home_page_for_all_is_told_as_the_others_are(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "home"}) as server:
        top = max(list_pages.story_sids(server.get("/").body))
        run = crawl(server.url, data, "-a", f"sids={top}")
    assert run.status == 3
    assert f"unparsed: home-page-for-all: {top}" in run.err


def test_what_an_ill_site_answered_is_not_confirmed_when_it_is_well_again(tmp_path: Path, data: Path) -> None:
    ill = {"path": "/story", "sids": ["70000-90000"], "action": "home", "attempts": [1, 1]}  # each control, once
    with faulty(tmp_path, ill, words=("--latency", "0.02")) as server:
        run = crawl(server.url, data, "-a", "sids=60000-60199")
    assert run.status == 3
    assert " missing" not in run.err


def test_a_page_that_is_no_home_page_names_no_control(tmp_path: Path, data: Path) -> None:
    rules = (
        {"path": f"/story?sid={NEVER}", "action": "redirect", "to": "/sorry"},
        {"path": "/sorry", "action": "captcha"},
    )
    with faulty(tmp_path, *rules) as server:
        run = crawl(server.url, data, "-a", f"sid={NEVER}")
    assert run.status == 0
    assert "1 missing" in run.err


def test_a_missing_that_no_control_answers_for_is_not_confirmed(tmp_path: Path, data: Path) -> None:
    rules = (
        {"path": "/story", "sids": [NEVER], "action": "status", "status": 404},
        {"path": "/", "sids": None, "action": "status", "status": 503, "requests": [3, None]},
    )
    with faulty(tmp_path, *rules) as server:
        run = crawl(server.url, data, "-a", f"sid={NEVER}", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: not confirmed" in run.err
