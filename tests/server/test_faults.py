"""Each kind of fault, as a client meets it."""

from __future__ import annotations

import time
import zlib
from http.client import IncompleteRead

import pytest

from tests.server.conftest import STORY, TITLE, Hostile, raw


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


def test_rewrite(hostile: Hostile) -> None:
    hostile.fails("rewrite", path="/story", pairs=[["div", "section"], ["section class", "p class"]])
    text = hostile.get().text
    assert TITLE in text
    assert "<p class" in text
    assert "<div" not in text
