"""Care for the site, told by the server's own log."""

from __future__ import annotations

import itertools
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from solidot_spider import __version__
from solidot_spider.crawl import report
from tests.crawling import NOW, Crawl, crawl, finish, measured, solidot, start
from tests.server.client import Running, running

TOLERANCE = 0.02
"""Seconds that a gap may seem shorter in the server's log."""
SLACK = 5.0
"""Seconds that a busy machine may be late."""
WIDE = ("-s", "CONCURRENT_REQUESTS=32")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextmanager
def site(tmp_path: Path, *faults: dict[str, Any], robots: str = "", stories: int = 200) -> Iterator[Running]:
    plan, rules = tmp_path / "faults.json", tmp_path / "robots.txt"
    plan.write_text(json.dumps(faults))
    rules.write_text(robots)
    words = ("--stories", f"generated:{stories}", "--faults", str(plan), "--robots", str(rules))
    with running("--clock", NOW, *words) as server:
        yield server


def gaps(server: Running) -> list[float]:
    times = [each["time"] for each in server.requests()]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def reported(run: Crawl) -> report.Report:
    return report.read((run.data.parent / "report.json").read_bytes())


def story(server: Running, data: Path, *words: str) -> Crawl:
    return solidot(
        server.url,
        data,
        "crawl",
        "story",
        "-s",
        "SOLIDOT_BACKOFF=0",
        "--report",
        str(data.parent / "report.json"),
        *words,
    )


def test_no_gap_is_under_the_floor(tmp_path: Path, data: Path) -> None:
    with site(
        tmp_path, {"action": "status", "status": 503, "path": "/story", "sids": [3], "attempts": [1, 2]}
    ) as server:
        run = story(server, data, *WIDE, "-a", "sids=1-12", "-s", "DOWNLOAD_DELAY=0.3")
        found = gaps(server)
    assert run.status == 0
    assert len(found) == 14
    assert min(found) >= 0.2 - TOLERANCE
    assert max(found) <= 0.4 + SLACK


def test_the_default_pace_is_one_to_two_seconds(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        story(server, data, "-a", "sids=1-4")
        found = gaps(server)
    assert min(found) >= 1.0 - TOLERANCE
    assert max(found) <= 2.0 + SLACK


def test_crawl_delay_is_the_floor_from_the_first_story_on(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, robots="User-agent: *\nCrawl-delay: 0.5\n") as server:
        run = story(server, data, *WIDE, "-a", "sids=1-6", "-s", "DOWNLOAD_DELAY=0.1")
        found = gaps(server)
    assert run.status == 0
    assert len(found) == 6
    assert min(found) >= 0.5 - TOLERANCE


@pytest.mark.parametrize("quiet", [True, False])
def test_a_lost_connection_is_not_tried_again_behind_the_gate(tmp_path: Path, data: Path, quiet: bool) -> None:
    lost = {"action": "reset", "quiet": quiet, "path": "/story", "sids": [3, 5], "attempts": [1, 1]}
    with site(tmp_path, lost) as server:
        run = story(server, data, "-a", "sids=1-7", "-s", "DOWNLOAD_DELAY=0.3")
        found = gaps(server)
    assert run.status == 0
    assert len(found) == 9
    assert min(found) >= 0.2 - TOLERANCE


def test_redirects_within_the_site_keep_the_pace(tmp_path: Path, data: Path) -> None:
    moved = {"action": "redirect", "path": "/story", "sids": [2, 4], "to": "{path}&moved={attempt}", "attempts": [1, 1]}
    with site(tmp_path, moved) as server:
        story(server, data, *WIDE, "-a", "sids=1-5", "-s", "DOWNLOAD_DELAY=0.3")
        found = gaps(server)
    assert len(found) >= 7
    assert min(found) >= 0.2 - TOLERANCE


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_nothing_is_asked_inside_a_retry_after(tmp_path: Path, data: Path, form: str) -> None:
    until = int(time.time()) + 8  # later than a slow machine asks
    header = "2" if form == "seconds" else formatdate(until, usegmt=True)
    busy = {"action": "status", "status": 503, "headers": {"Retry-After": header}, "sids": [20], "attempts": [1, 1]}
    with site(tmp_path, busy) as server:
        run = story(server, data, "-a", "sids=1-40", "-s", "DOWNLOAD_DELAY=0")
        log = server.requests()
    assert run.status == 0
    assert len(run.stories()) == 40
    told = next(each["time"] for each in log if each["fault"])
    after = [each for each in log if each["time"] > told + 0.1]
    assert "The site asks to wait" in run.err
    assert min(each["time"] for each in after) - told >= (2 if form == "seconds" else 0) - TOLERANCE
    if form == "date":
        assert min(datetime.fromisoformat(each["wall"]).timestamp() for each in after) >= until - TOLERANCE


@pytest.mark.parametrize("status", [404, 302])
def test_a_retry_after_holds_whatever_it_comes_with(tmp_path: Path, data: Path, status: int) -> None:
    headers = {"Retry-After": "1", "Location": "/story?sid=20&moved=1"}
    busy = {"action": "status", "status": status, "headers": headers, "sids": [20], "attempts": [1, 1]}
    with site(tmp_path, busy) as server:
        run = story(server, data, *WIDE, "-a", "sids=20-40", "-s", "DOWNLOAD_DELAY=0.02")
        log = server.requests()
    told = next(each["time"] for each in log if each["fault"])
    assert run.status == 0
    assert min(each["time"] - told for each in log if each["time"] > told + 0.1) >= 1 - TOLERANCE


def test_a_retry_after_longer_than_the_patience_ends_the_run(tmp_path: Path, data: Path) -> None:
    busy = {"action": "status", "status": 429, "headers": {"Retry-After": "3600"}, "sids": [20]}
    with site(tmp_path, busy) as server:
        run = story(server, data, "-a", "sids=1-100", "-s", "DOWNLOAD_DELAY=0")
        log = server.requests()
    told = reported(run)
    assert run.status == 1
    assert [each["sid"] for each in log if each["fault"]] == [20]
    assert told.counts["failed"] == 1
    assert told.counts["not tried"] >= 75
    assert "3600 s" in told.stopped
    assert "failed: answered 429 Too Many Requests: 20" in run.err


def test_retries_wait_longer_each_time(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "status", "status": 500, "sids": [5]}) as server:
        run = story(server, data, "-a", "sid=5", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0.2")
        times = [each["time"] for each in server.requests() if each["sid"] == 5]
    assert run.status == 1
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(waits) == 3
    for wait, pause in zip(waits, (0.2, 0.4, 0.8), strict=True):
        assert pause / 2 - TOLERANCE <= wait <= pause * 1.5 + SLACK
    assert reported(run).retries == 3


@pytest.mark.parametrize("status", [503, 403])
def test_the_breaker_ends_a_run_that_no_answer_comes_to(tmp_path: Path, data: Path, status: int) -> None:
    old = tmp_path / "all.jsonl"
    old.write_bytes(b"old\n")
    fault = {"action": "status", "status": status, "path": "/story", "sids": ["6-200"]}
    with site(tmp_path, fault) as server:
        run = story(
            server, data, "-a", "sids=1-200", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_PATIENCE=0", "-O", str(old)
        )
        refused = [each for each in server.requests() if each["fault"]]
    told = reported(run)
    assert run.status == told.exit_status == 1
    assert 10 <= len(refused) <= 12
    assert told.breaker_opened == 1
    assert told.counts["stored"] == 5
    assert told.counts["not tried"] >= 180
    assert sum(told.counts.values()) == told.asked == 200
    assert "SOLIDOT_PATIENCE" in told.stopped
    assert old.read_bytes() == b"old\n"
    assert "all.jsonl is as it was" in run.err


@pytest.mark.long
def test_one_trial_after_a_minute_and_then_on(tmp_path: Path, data: Path) -> None:
    ten = {"action": "status", "status": 500, "path": "/story", "requests": [2, 11]}
    with site(tmp_path, ten) as server:
        run = solidot(
            server.url,
            data,
            *("crawl", "story", "-a", "sids=1-30", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0"),
            *("--report", str(tmp_path / "report.json"), "-s", "CONCURRENT_REQUESTS=1"),
            patience=120,
        )
        log = server.requests()
    last_failed = max(each["time"] for each in log if each["fault"])
    trial = min(each["time"] for each in log if each["time"] > last_failed)
    assert 60 - TOLERANCE <= trial - last_failed <= 60 + SLACK
    told = reported(run)
    assert (run.status, told.breaker_opened) == (1, 1)
    assert (told.counts["stored"], told.counts["failed"], told.counts["not tried"]) == (28, 2, 0)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("wait", ["retry-after", "back-off", "crawl-delay"])
def test_a_signal_ends_any_wait_at_once(tmp_path: Path, data: Path, by: signal.Signals, wait: str) -> None:
    headers = {"Retry-After": "300"} if wait == "retry-after" else {}
    fault = {"action": "status", "status": 503, "headers": headers, "sids": [2]}
    faults = [] if wait == "crawl-delay" else [fault]
    robots = "User-agent: *\nCrawl-delay: 300\n" if wait == "crawl-delay" else ""
    with site(tmp_path, *faults, robots=robots) as server:
        process = start(
            server.url,
            data,
            *("crawl", "story", "-a", "sids=2-9", "-s", "SOLIDOT_BACKOFF=300", "-s", "DOWNLOAD_DELAY=0"),
            *("-s", "CONCURRENT_REQUESTS=1", "--report", str(tmp_path / "report.json")),
        )
        waiting_for = "/robots.txt" if wait == "crawl-delay" else "/story?sid=2"
        while waiting_for not in [each["path"] for each in server.requests()]:
            time.sleep(0.02)
        time.sleep(0.3)  # into the wait: nothing outside tells when it begins
        began = time.monotonic()
        process.send_signal(by)
        run = finish(process, data)
    told = reported(run)
    assert time.monotonic() - began < 5
    assert run.status == told.exit_status == 1
    assert told.interrupted
    assert sum(told.counts.values()) == told.asked == 8
    assert told.counts["failed"] == (0 if wait == "crawl-delay" else 1)
    assert "Traceback" not in run.err


def test_a_page_that_never_comes_does_not_keep_a_stopped_run(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "silence", "sids": [3]}) as server:
        words = ("-a", "sids=1-9", "-s", "DOWNLOAD_DELAY=0", "--report", str(tmp_path / "report.json"))
        process = start(server.url, data, "crawl", "story", *words)
        while "/story?sid=3" not in [each["path"] for each in server.requests()]:
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        run = finish(process, data)
    told = reported(run)
    assert 4 < time.monotonic() - began < 5 + SLACK
    assert run.status == 1
    assert told.counts["failed"] == 0
    assert "3" in " ".join(each.sids[0] for each in told.unsettled)
    assert told.counts["stored"] + told.counts["not tried"] == told.asked == 9
    assert run.err.count("Traceback") == 0


def test_a_second_signal_ends_the_process(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "silence", "sids": [3]}) as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-9", "-s", "DOWNLOAD_DELAY=0")
        while "/story?sid=3" not in [each["path"] for each in server.requests()]:
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # Scrapy takes the first signal before it listens for the second
        process.send_signal(signal.SIGTERM)
        run = finish(process, data)
    assert time.monotonic() - began < 15
    assert run.status == 1
    assert "9 asked" in run.err
    assert "Traceback" not in run.err


def test_minutes_do_not_wait_for_a_site_in_trouble(tmp_path: Path, data: Path) -> None:
    busy = {"action": "status", "status": 503, "headers": {"Retry-After": "300"}, "sids": [5]}
    with site(tmp_path, busy) as server:
        began = time.monotonic()
        run = story(server, data, "-a", "sids=1-50", "-a", "minutes=0.1", "-s", "DOWNLOAD_DELAY=0")
    assert time.monotonic() - began < 30
    assert run.status == 1
    assert sum(reported(run).counts.values()) == 50


def test_only_the_site_is_asked_and_honestly(tmp_path: Path, data: Path) -> None:
    with (
        site(tmp_path) as other,
        site(tmp_path, {"action": "redirect", "sids": [3], "to": f"{other.url}/story?sid=3"}) as server,
    ):
        run = story(
            server,
            data,
            *WIDE,
            "-a",
            "sids=1-9",
            "-s",
            "DOWNLOAD_DELAY=0",
            "-s",
            "SOLIDOT_CONTACT=mailto:a@example.org",
        )
        log, elsewhere = server.requests(), other.requests()
    assert run.status == 1
    assert elsewhere == []
    assert {each["user_agent"] for each in log} == {
        f"Mozilla/5.0 (compatible; solidot_spider/{__version__}; +mailto:a@example.org)"
    }


HOSTILE = [
    {"action": "bomb", "megabytes": 300},
    {"action": "endless", "bytes_per_second": 0},
    {"action": "garbage", "size": 3_000_000},
]


@pytest.mark.parametrize("fault", HOSTILE, ids=lambda fault: fault["action"])
def test_a_hostile_answer_takes_no_memory(tmp_path: Path, data: Path, fault: dict[str, Any]) -> None:
    with site(tmp_path, {**fault, "sids": ["5-8"]}) as server:
        words = ("crawl", "story", "-a", "sids=1-20", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0", *WIDE)
        run, peak = measured(server.url, data, *words)
    assert run.status in (1, 3)
    assert len(run.stories()) == 16
    assert peak < 200 * 1024
    assert "Traceback" not in run.err


class Endless(BaseRequestHandler):
    """Headers that never end, in lines or in one; robots.txt is not there."""

    line = b"X-More: " + b"a" * 1000 + b"\r\n"

    def handle(self) -> None:
        if b"robots.txt" in self.request.recv(65536):
            self.request.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            self.request.recv(65536)
        with suppress(OSError):
            self.request.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.request.sendall(self.line * 100)


@pytest.mark.parametrize(
    ("line", "reason"),
    [(Endless.line, "headers over the limit of 256 KB"), (b"a" * 1000, "connection lost")],
    ids=["lines", "one line"],
)
def test_headers_that_never_end_take_no_memory(data: Path, line: bytes, reason: str) -> None:
    with ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (Endless,), {"line": line})) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        words = ("crawl", "story", "-a", "sids=1-2", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
        run, peak = measured(url, data, *words)
        server.shutdown()
    assert run.status == 1
    assert f"failed: {reason}: 1-2" in run.err
    assert peak < 200 * 1024
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
    with site(tmp_path, *faults, stories=150) as server:
        run = story(server, data, *WIDE, "-a", "sids=1-200", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=1")
    told = reported(run)
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


def test_a_quiet_run_prints_only_trouble(tmp_path: Path, data: Path) -> None:
    data.mkdir()
    with site(tmp_path, {"action": "status", "status": 500, "sids": [3], "attempts": [1, 1]}) as server:
        well = crawl(server.url, data, "-a", "sids=1-5", "--quiet")
    with site(tmp_path, {"action": "status", "status": 500, "sids": [3]}) as server:
        ill = crawl(server.url, data, "-a", "sids=1-5", "-a", "refresh=true", "--quiet")
    assert (well.status, well.out, well.err) == (0, "", "")
    assert ill.status == 1
    assert "failed: answered 500 Internal Server Error: 3" in ill.err


def test_a_new_data_directory_is_never_made_in_silence(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        first = crawl(server.url, data, "-a", "sids=1-5", "--quiet")
        second = crawl(server.url, data, "-a", "sids=6-9", "--quiet")
    assert (first.status, first.err) == (0, f"making the data directory {data}\n")
    assert (second.status, second.err) == (0, "")


def test_a_report_that_cannot_be_written_is_4(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        run = crawl(server.url, data, "-a", "sid=1", "--report", str(tmp_path / ("x" * 250)))
    assert run.status == 4
    assert "File name too long" in run.err
    assert list(run.stories()) == [1]


@pytest.mark.parametrize("name", ["", "none/report.json"])
def test_a_report_that_has_no_place_fetches_nothing(tmp_path: Path, data: Path, name: str) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sid=1", "--report", str(tmp_path / name))
    assert run.status == 2
    assert run.err.startswith("solidot: --report ")
    assert not data.exists()
