"""The trial server on the wire: its faults, its log, its command line and its end."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from http.client import HTTPConnection, IncompleteRead
from typing import TYPE_CHECKING, Any

import pytest

from solidot_spider.trial.plan import Plan, PlanError
from tests.forked import ROOT
from tests.server.client import Reply, Running, StartError, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = "2025-11-08T12:00:00+08:00"
STORY = "/story?sid=79517"
TITLE = "手机厂商联合制定电池更换标准"


class Hostile:
    """A server whose plan a test writes."""

    def __init__(self, server: Running, file: Path) -> None:
        self.server = server
        self._file = file

    def plan(self, *rules: dict[str, Any]) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(rules))
        fresh.replace(self._file)

    def fails(self, action: str, **parameters: Any) -> None:
        self.plan({"action": action, **parameters})

    def get(self, path: str = STORY, **headers: str) -> Reply:
        return self.server.get(path, headers)

    def statuses(self, *paths: str) -> list[int]:
        return [self.get(path).status for path in paths]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    file = tmp_path_factory.mktemp("faults") / "plan.json"
    file.write_text("[]")
    with running("--clock", NOW, "--faults", str(file), "--gzip") as server:
        yield Hostile(server, file)


@pytest.fixture
def hostile(served: Hostile) -> Hostile:
    served.plan()
    assert TITLE in served.get().text
    return served


def raw(server: Running, path: str = STORY, timeout: float = 5) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return connection


def test_status_with_headers_and_body(hostile: Hostile) -> None:
    hostile.fails("status", status=503, headers={"Retry-After": "7"}, body="稍后再来")
    reply = hostile.get()
    assert (reply.status, reply.headers["Retry-After"], reply.text) == (503, "7", "稍后再来")


def test_delay(hostile: Hostile) -> None:
    hostile.fails("delay", seconds=0.2)
    begun = time.monotonic()
    assert TITLE in hostile.get().text
    assert time.monotonic() - begun >= 0.2


def test_reset(hostile: Hostile) -> None:
    hostile.fails("reset")
    with raw(hostile.server) as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


def test_quiet_reset(hostile: Hostile) -> None:
    hostile.fails("reset", quiet=True)
    with raw(hostile.server) as connection:
        assert connection.recv(1) == b""


def test_cut(hostile: Hostile) -> None:
    hostile.fails("cut", share=0.25)
    with pytest.raises(IncompleteRead) as cut:
        hostile.get()
    assert len(cut.value.partial) * 3 == pytest.approx(cut.value.expected, abs=4)


@pytest.mark.parametrize(("rate", "enough"), [(0, 3_000_000), (400, 20)])
def test_endless(hostile: Hostile, rate: int, enough: int) -> None:
    hostile.fails("endless", path="/story", bytes_per_second=rate)
    with raw(hostile.server) as connection:
        got = connection.recv(65536)
        assert b"chunked" in got
        more = 0
        while more < enough:
            more += len(connection.recv(65536))
    assert hostile.server.get("/robots.txt").status == 200


def test_silence(hostile: Hostile) -> None:
    hostile.fails("silence", path="/story")
    with raw(hostile.server) as connection:
        # The next answer is proof that the server had the request before and passed it over.
        assert hostile.get("/robots.txt").status == 200
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)


def test_bomb(hostile: Hostile) -> None:
    hostile.fails("bomb", megabytes=30)
    reply = hostile.get()
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.body) < 300_000
    assert len(zlib.decompress(reply.body, wbits=31)) == 30 * 2**20


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("gbk", None, "text/html"),
        ("gbk", "gbk", "text/html; charset=gbk"),
        ("utf-8", "gbk", "text/html; charset=gbk"),
    ],
)
def test_charset(hostile: Hostile, encoding: str, declared: str | None, header: str) -> None:
    hostile.fails("charset", encoding=encoding, declared=declared)
    reply = hostile.get()
    assert reply.headers["Content-Type"] == header
    assert TITLE in reply.body.decode(encoding)


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("/", "/"),
        ("{path}", STORY),
        ("http://other.example:81{path}", f"http://other.example:81{STORY}"),
        ("/story?sid={sid}&n={attempt}", f"{STORY}&n=1"),
    ],
)
def test_redirect(hostile: Hostile, to: str, location: str) -> None:
    hostile.fails("redirect", to=to, status=301)
    reply = hostile.get()
    assert (reply.status, reply.headers["Location"]) == (301, location)


def test_pages_of_another_kind(hostile: Hostile) -> None:
    hostile.plan(
        {"action": "other", "sids": [1], "sid": 79520},
        {"action": "home", "sids": [2]},
        {"action": "empty", "sids": [3]},
        {"action": "captcha", "sids": [4]},
        {"action": "truncate", "sids": [79517], "share": 0.5},
        {"action": "garbage", "sids": [6], "size": 500},
    )
    assert "旧平板电脑获得十年软件支持" in hostile.get("/story?sid=1").text
    assert "热门文章" in hostile.get("/story?sid=2").text
    assert hostile.get("/story?sid=3").body == b""
    captcha = hostile.get("/story?sid=4")
    assert (captcha.status, "block_m" in captcha.text) == (200, False)
    assert len(hostile.get("/story?sid=6").body) == 500
    half = hostile.get()
    assert b"</html>" not in half.body
    assert int(half.headers["Content-Length"]) == len(half.body)
    hostile.plan()
    assert len(half.body) == pytest.approx(len(hostile.get().body) / 2, abs=200)


def test_the_first_rule_that_fits_wins_and_the_rest_is_well(hostile: Hostile) -> None:
    hostile.plan(
        {"action": "status", "status": 418, "sids": [75206]},
        {"action": "status", "status": 500, "sids": ["75200-75207", 75212]},
        {"action": "status", "status": 502, "path": "/?issue="},
    )
    paths = [f"/story?sid={sid}" for sid in (75206, 75207, 75209, 75212)]
    assert hostile.statuses(*paths, "/?issue=20230612", "/") == [418, 500, 200, 500, 502, 200]


def test_windows_of_attempts_and_requests(hostile: Hostile) -> None:
    hostile.fails("status", status=503, path="/story", attempts=[2, 3])
    assert hostile.statuses(STORY, STORY, "/story?sid=75206", STORY, STORY) == [200, 503, 200, 503, 200]
    hostile.fails("status", status=503, requests=[3, None])
    assert hostile.statuses("/", STORY, "/", "/robots.txt") == [200, 200, 503, 503]


def test_windows_of_time(hostile: Hostile) -> None:
    def status(**window: Any) -> int:
        hostile.fails("status", status=503, **window)
        return hostile.get().status

    assert status(elapsed=[0, None]) == 503
    assert status(elapsed=[3600, None]) == 200
    assert status(between=["2025-11-08T04:00:00Z", None]) == 503
    assert status(between=["2025-11-08T12:00:01+08:00", None]) == 200


def test_probability_is_the_same_in_every_run(hostile: Hostile) -> None:
    paths = [f"/story?sid={sid}" for sid in range(1, 101)]
    hostile.fails("status", status=503, probability=0.3, seed=4)
    first = hostile.statuses(*paths)
    hostile.fails("status", status=503, probability=0.3, seed=4, path="/st")
    assert hostile.statuses(*paths) == first
    assert 15 < first.count(503) < 45


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"action": "explode"}, "rule 1: no action 'explode'; allowed are bomb, captcha, "),
        ({"action": "status"}, "rule 1 (status): Object missing required field `status`; allowed keys are"),
        ({"action": "status", "status": 99}, "rule 1 (status): Expected `int` >= 200"),
        (
            {"action": "home", "sid": 3},
            "rule 1 (home): Object contains unknown field `sid`; allowed keys are",
        ),
        ({"action": "home", "sids": ["1..3"]}, "rule 1 (home): Expected `str` matching"),
        ({"action": "home", "between": ["2025-01-01T00:00:00", None]}, "timezone"),
        ({"action": "redirect", "to": "{host}"}, "to may hold {path}, {sid} and {attempt}"),
        ("home", "rule 1: no action 'home'"),
    ],
)
def test_a_bad_plan_is_one_clear_sentence(raw: Any, says: str) -> None:
    with pytest.raises(PlanError) as error:
        Plan([raw])
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_plan_is_a_list(tmp_path: Path) -> None:
    assert len(Plan({"rules": [{"action": "home"}]}).rules) == 1
    with pytest.raises(PlanError, match="a fault plan is a list of rules"):
        Plan({"rule": []})
    with pytest.raises(PlanError, match=r"absent\.json"):
        Plan.read(tmp_path / "absent.json")


def test_a_plan_gone_bad_leaves_the_one_before(hostile: Hostile) -> None:
    hostile.fails("status", status=503)
    assert hostile.get().status == 503
    hostile.fails("bang")
    assert hostile.get().status == 503
    assert "no action 'bang'" in hostile.server.complaints()


def test_the_log(hostile: Hostile) -> None:
    hostile.fails("silence", path="/story", attempts=[2, 2])
    begun, before = time.monotonic(), len(hostile.server.requests())
    hostile.get(**{"User-Agent": "probe/1", "Host": "www.solidot.test"})
    raw(hostile.server).close()
    hostile.get("/index.rss")
    entries = hostile.server.requests()[before:]
    assert [(e["path"], e["sid"], e["attempt"], e["status"], e["fault"]) for e in entries] == [
        (STORY, 79517, 1, 200, None),
        (STORY, 79517, 2, None, "silence"),
        ("/index.rss", None, 1, 200, None),
    ]
    first = entries[0]
    assert (first["user_agent"], first["host"], first["method"]) == ("probe/1", "www.solidot.test", "GET")
    assert first["peer"].startswith("127.0.0.1:")
    assert begun <= first["time"] <= entries[1]["time"] <= time.monotonic()
    assert first["wall"].endswith("+00:00")


def test_gzip_for_those_who_take_it(hostile: Hostile) -> None:
    reply = hostile.get(**{"Accept-Encoding": "gzip, deflate"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert TITLE in gzip.decompress(reply.body).decode()
    assert "Content-Encoding" not in hostile.get().headers


def test_methods(hostile: Hostile) -> None:
    connection = HTTPConnection(hostile.server.url.removeprefix("http://"))
    for method, status in (("HEAD", 200), ("POST", 405), ("GET", 200)):
        connection.request(method, "/robots.txt")
        response = connection.getresponse()
        assert response.status == status
        assert bool(response.read()) is (method == "GET")
    connection.close()


def test_switches(tmp_path: Path) -> None:
    robots = tmp_path / "robots.txt"
    robots.write_text("User-agent: *\nCrawl-delay: 3\n")
    generated = ("--stories", "generated:50", "--first", "1000", "--step", "2")
    others = ("--missing", "404", "--robots", str(robots), "--feed-size", "5", "--latency", "0.05")
    with running(*generated, *others) as server:
        begun = time.monotonic()
        assert server.get("/robots.txt").text == robots.read_text()
        assert time.monotonic() - begun >= 0.05
        assert [server.get(f"/story?sid={sid}").status for sid in (1000, 1001, 1098, 1100)] == [
            200,
            404,
            200,
            404,
        ]
        assert server.get("/index.rss").text.count("<item>") == 5


def test_sigterm_ends_it_at_once_with_0() -> None:
    with running("--latency", "30") as server:
        with raw(server):
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(5) == 0
        assert server.complaints() == ""


def test_the_end_of_standard_input_ends_it() -> None:
    with running() as server:
        server.process.stdin.close()
        assert server.process.wait(5) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--stories", "generated:x"), "not builtin, generated:N or lively:N"),
        (("--clock", "yesterday"), "neither an ISO time"),
        (("--pages", "/nowhere"), "/nowhere is no directory"),
        (("--missing", "gone"), "invalid choice"),
    ],
)
def test_a_wrong_option_is_told(arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(StartError, match="exit status 2") as error, running(*arguments):
        pass
    assert says in str(error.value)


def test_a_start_that_hangs_is_told() -> None:
    with pytest.raises(StartError, match="no URL within 0 s"), running(patience=0):
        pass


IN_PROCESS = """
from urllib.request import urlopen
from twisted.internet import reactor, threads
from solidot_spider.trial.plan import Plan
from solidot_spider.trial.server import TrialServer
from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories

seen = []
plan = Plan([{"action": "silence", "sids": [1]}])
server = TrialServer(Site(builtin_stories()), faults=plan, log=seen.append)
url = f"http://127.0.0.1:{server.listen()}"

def fetch():
    with urlopen(url + "/story?sid=79517") as page:
        return page.status

def done(status):
    print(status, seen[0]["sid"])
    server.stop().addBoth(lambda _: reactor.stop())

threads.deferToThread(fetch).addBoth(done)
reactor.run()
"""


def test_in_the_reactor_of_the_caller() -> None:
    kept_open = "ignore:unclosed file <_io.TextIOWrapper name='/dev/null':ResourceWarning"  # Twisted's reserve
    run = subprocess.run(
        [sys.executable, "-W", "error", "-W", kept_open, "-c", IN_PROCESS],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (run.stdout, run.stderr, run.returncode) == ("200 79517\n", "", 0)
