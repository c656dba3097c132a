"""The tests' server: its log, its command line, its end, and a reactor of the caller's."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.forked import ROOT
from tests.server.client import StartError, running
from tests.server.conftest import STORY, TITLE, Hostile, raw


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
    assert begun - 0.1 <= first["after"] <= first["time"] <= entries[1]["time"] <= time.monotonic()
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
from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories
from tests.server.behaviour import Behaviour
from tests.server.plan import Plan
from tests.server.server import Server

seen = []
plan = Plan([{"action": "silence", "sids": [1]}])
server = Server(Behaviour(Site(builtin_stories()), faults=plan, log=seen.append))
url = f"http://127.0.0.1:{server.port}"

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
        timeout=60,
        check=False,
    )
    assert (run.stdout, run.stderr, run.returncode) == ("200 79517\n", "", 0)
