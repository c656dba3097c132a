"""robots.txt is asked first and obeyed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.crawling import PLENTY, crawl, stored
from tests.faulty_site import asked_paths, faulty


def test_robots_is_asked_first_and_obeyed_at_full_speed(tmp_path: Path, data: Path) -> None:
    robots = "\ufeffUser-agent: solidot_spider\nDisallow: /story?sid=7951\nDisallow: /story?sid=79523\n"
    with faulty(tmp_path, robots=robots, words=("--latency", "0.05")) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-s", "CONCURRENT_REQUESTS=32")
        paths = asked_paths(server)
    assert paths[0] == "/robots.txt"
    assert paths.count("/robots.txt") == 1
    assert not [path for path in paths if "sid=7951" in path or "sid=79523" in path]
    assert run.status == 1
    assert "refused: forbidden by robots.txt: 79517-79519, 79523" in run.err


@pytest.mark.parametrize("status", [503, 429])
def test_a_robots_that_cannot_be_had_ends_the_run(tmp_path: Path, data: Path, status: int) -> None:
    with faulty(tmp_path, {"path": "/robots.txt", "action": "status", "status": status}) as server:
        run = crawl(server.url, data, "-a", "sids=1-99999999", "-s", "RETRY_TIMES=1")
        paths = asked_paths(server)
    assert set(paths) == {"/robots.txt"}
    assert run.status == 1
    assert f"refused: robots.txt answers {status}: 1-99999999" in run.err


def test_a_robots_that_is_not_there_allows_all(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/robots.txt", "action": "status", "status": 404}) as server:
        assert crawl(server.url, data, "-a", "sid=79520").status == 0


FORBIDS = "User-agent: *\nAllow: /\n\nUser-agent: solidot_spider/0.1.0\nDisallow: /story?sid=79520\n"


FORMS = {
    "utf-8": FORBIDS.encode(),
    "utf-16": FORBIDS.encode("utf-16"),
    "gzip": gzip.compress(FORBIDS.encode(), mtime=0),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_robots_is_obeyed_whatever_its_form(tmp_path: Path, data: Path, form: str) -> None:
    with faulty(tmp_path, robots=FORMS[form]) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}")
        paths = asked_paths(server)
    assert run.status == 1
    assert "refused: forbidden by robots.txt: 79520" in run.err
    assert not [path for path in paths if "sid=79520" in path]
    assert stored(data) == [79517, 79523]


@pytest.mark.parametrize("robots", [FORMS["gzip"][:-9], b"\x00\x01\x02" * 99], ids=["cut gzip", "binary"])
def test_a_robots_that_is_no_text_ends_the_run(tmp_path: Path, data: Path, robots: bytes) -> None:
    with faulty(tmp_path, robots=robots) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}")
        paths = asked_paths(server)
    assert set(paths) == {"/robots.txt"}
    assert run.status == 1
    assert "refused: robots.txt cannot be read: " in run.err


TARGETS = [
    "data:text/html,hello",
    "file:///etc/hostname",
    "ftp://127.0.0.1/story?sid=79520",
    "javascript:alert(1)",
    "mailto:wilson@example.org",
    "//[",
    "http://127.0.0.1:99999/",
]


def test_a_redirect_to_what_is_no_page_of_the_site_is_refused(tmp_path: Path, data: Path) -> None:
    rules = [
        {"path": "/story", "sids": [sid], "action": "redirect", "to": target} for sid, target in enumerate(TARGETS, 1)
    ]
    with faulty(tmp_path, *rules) as server:
        run = crawl(server.url, data, "-a", f"sids=1-{len(TARGETS)}")
    assert run.status == 1
    for sid, target in enumerate(TARGETS, 1):
        assert f"refused: redirect off the site, to {target}: {sid}\n" in run.err


def test_a_robots_that_leads_off_the_site_ends_the_run(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/robots.txt", "action": "redirect", "to": "data:text/plain,"}) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}")
        assert set(asked_paths(server)) == {"/robots.txt"}
    assert run.status == 1
    assert f"refused: robots.txt: redirect off the site, to data:text/plain,: {PLENTY}" in run.err
