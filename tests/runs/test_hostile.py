"""Answers without an end take no memory."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from tests.crawling import WIDE, measured
from tests.faulty_site import faulty

pytestmark = pytest.mark.long

site = partial(faulty, stories="generated:200")


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
