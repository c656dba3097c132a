"""A site whose answers are written byte by byte: what no HTTP library would send."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tests.stores import page

NOTHING_FORBIDDEN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def answer(body: bytes = b"", status: bytes = b"200 OK", headers: bytes = b"") -> bytes:
    """A whole answer; ``headers`` are lines that end in CRLF."""
    length = f"Content-Length: {len(body)}\r\n".encode()
    return b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\n" + length + headers + b"\r\n" + body


@contextmanager
def odd(answers: Mapping[str, bytes]) -> Iterator[str]:
    """The address of a site with these answers by path, for the time of a ``with`` block.

    Any other story is there, robots.txt is not.
    """

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            while request := self.request.recv(65536):
                path = request.split()[1].decode()
                sid = path.partition("sid=")[2]
                made = NOTHING_FORBIDDEN if not sid else answer(page(int(sid)))
                self.request.sendall(answers.get(path, made))

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
