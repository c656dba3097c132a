"""One politeness for all runs on a store, on whichever machine: what the site asked of one, the next one keeps to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.crawling import WIDE, Crawl, crawl, finish, solidot, start, status, until
from tests.faulty_site import faulty, heal
from tests.runs.test_rate_limit import TOLERANCE, gaps

site = partial(faulty, stories="generated:200")
SLOW = ("-s", "DOWNLOAD_DELAY=1.5", "-s", "DOWNLOAD_DELAY_JITTER=0")


@pytest.fixture
def machines(tmp_path: Path, database_url: str) -> tuple[Path, Path, dict[str, str]]:
    """Two data directories of one database; of SQLite, the same directory twice."""
    first, second = tmp_path / "first", tmp_path / ("second" if database_url else "first")
    return first, second, {"SOLIDOT_DATABASE_URL": database_url} if database_url else {}


def story(url: str, data: Path, *words: str, env: dict[str, str]) -> Crawl:
    return solidot(url, data, "crawl", "story", *words, "--report", str(data.parent / "report.json"), env=env)


@pytest.mark.parametrize("words", [("-a", "sids=1-2"), ("-a", "sid=2")])
def test_the_next_run_keeps_the_gap_to_the_last_request(
    tmp_path: Path, machines: tuple[Path, Path, dict[str, str]], words: tuple[str, ...]
) -> None:
    first, second, env = machines
    with site(tmp_path) as server:
        crawl(server.url, first, "-a", "sid=1", env=env)
        run = story(server.url, second, *words, *SLOW, "-a", "limit=1" if "sids" in words[1] else "_job=1", env=env)
        found = gaps(server.requests())
    assert run.status == 0
    assert min(found[1:]) >= 1.5 - TOLERANCE


@pytest.mark.long
def test_the_next_run_keeps_to_the_crawl_delay_before_it_reads_robots(
    tmp_path: Path, machines: tuple[Path, Path, dict[str, str]]
) -> None:
    first, second, env = machines
    with site(tmp_path, robots="User-agent: *\nCrawl-delay: 2\n") as server:
        for data, sid in ((first, 1), (second, 2)):
            assert crawl(server.url, data, "-a", f"sid={sid}", env=env).status == 0
        found = gaps(server.requests())
    assert len(found) == 3
    assert min(found) >= 2 - TOLERANCE


@pytest.mark.parametrize("words", [("-a", "sids=1-9"), ("-a", "sid=2")])
def test_no_run_asks_within_a_retry_after(
    tmp_path: Path, machines: tuple[Path, Path, dict[str, str]], words: tuple[str, ...]
) -> None:
    first, second, env = machines
    busy = {"action": "status", "status": 503, "path": "/story", "sids": [3], "headers": {"Retry-After": "4000"}}
    with site(tmp_path, busy) as server:
        assert crawl(server.url, first, "-a", "sids=1-9", env=env).status == 1
        asked = len(server.requests())
        heal(tmp_path)
        run = story(server.url, second, *words, "-s", "SOLIDOT_BACKOFF=0", env=env)
        assert len(server.requests()) == asked
    assert run.status == 1
    assert "asks to wait" in run.err
    assert run.report.asked == 0
    assert run.report.counts["failed"] == 0 < run.report.counts["not tried"]


@pytest.mark.long
def test_a_short_retry_after_is_waited_for(tmp_path: Path, machines: tuple[Path, Path, dict[str, str]]) -> None:
    first, second, env = machines
    busy = {"action": "status", "status": 503, "path": "/story", "sids": [1], "headers": {"Retry-After": "4"}}
    with site(tmp_path, busy) as server:
        assert crawl(server.url, first, "-a", "sid=1", "-s", "RETRY_TIMES=0", env=env).status == 1
        heal(tmp_path)
        assert crawl(server.url, second, "-a", "sid=1", env=env).status == 0
        *_, refused, robots, again = server.requests()
    assert robots["time"] - refused["after"] >= 4 - TOLERANCE
    assert again["sid"] == 1


@pytest.mark.parametrize(("backoff", "asked"), [("0.01", 0), ("0", 1)])
def test_an_open_breaker_stays_open_for_the_next_run(
    tmp_path: Path, machines: tuple[Path, Path, dict[str, str]], backoff: str, asked: int
) -> None:
    """Without a back-off the next run's first request is a trial."""
    first, second, env = machines
    words = ("-s", "DOWNLOAD_DELAY=0", "-s", f"SOLIDOT_BACKOFF={backoff}", "-s", "SOLIDOT_PATIENCE=0")
    with site(tmp_path, {"action": "status", "status": 503, "path": "/story"}) as server:
        assert story(server.url, first, "-a", "sids=1-50", *words, env=env).status == 1
        before = len(server.requests())
        (tmp_path / "faults.json").write_text('[{"action": "status", "status": 503}]\n')
        run = story(server.url, second, "-a", "sids=1-50", *words, env=env)
        assert len(server.requests()) - before == asked
        assert run.status == 1
        heal(tmp_path)
        last = story(server.url, second, "-a", "sids=1-50", *words, env=env)
    assert last.status == (0 if backoff == "0" else 1)


@pytest.mark.long
def test_a_crawl_and_a_single_story_share_one_pace(tmp_path: Path, machines: tuple[Path, Path, dict[str, str]]) -> None:
    first, second, env = machines
    pace = ("-s", "DOWNLOAD_DELAY=0.4", "-s", "DOWNLOAD_DELAY_JITTER=0")
    with site(tmp_path) as server:
        long = start(server.url, first, "crawl", "story", "-a", "sids=1-12", *pace, *WIDE, env=env)
        until(lambda: len(server.requests()) >= 3)
        for sid in (101, 102):
            assert story(server.url, second, "-a", f"sid={sid}", *pace, env=env).status == 0
        assert finish(long, first).status == 0
        found = gaps(server.requests())
    assert len(found) == 16
    assert min(found) >= 0.4 - TOLERANCE


def test_status_shows_when_the_site_was_asked_and_what_it_asks(
    tmp_path: Path, machines: tuple[Path, Path, dict[str, str]]
) -> None:
    first, second, env = machines
    busy = {"action": "status", "status": 503, "path": "/story", "sids": [3], "headers": {"Retry-After": "4000"}}
    with site(tmp_path, busy, robots="User-agent: *\nCrawl-delay: 0.1\n") as server:
        assert crawl(server.url, first, "-a", "sids=1-9", env=env).status == 1
        told = solidot(server.url, second, "status", env=env)
        times = status(second, env)["times"]
    line = next(line for line in told.out.splitlines() if line.startswith("asked last "))
    assert f"left alone until {times['held_until']}" in line
    assert "robots.txt asks for 0.1 s" in line
    assert times["site"] == server.url
    assert times["asked_at"] >= times["robots_at"]
    assert times["breaker_until"] is None


def test_a_probe_asks_nothing_within_a_retry_after(tmp_path: Path, machines: tuple[Path, Path, dict[str, str]]) -> None:
    first, second, env = machines
    busy = {"action": "status", "status": 503, "path": "/story", "sids": [3], "headers": {"Retry-After": "4000"}}
    with site(tmp_path, busy) as server:
        assert crawl(server.url, first, "-a", "sids=1-9", env=env).status == 1
        asked = len(server.requests())
        told = solidot(server.url, second, "probe", env=env)
        assert len(server.requests()) == asked
    assert told.status == 1
