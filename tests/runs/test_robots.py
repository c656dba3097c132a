"""robots.txt is asked first and obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawling import PLENTY, crawl
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
