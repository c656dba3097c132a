"""Answers on their way to the client, and the faults that are made on that way.

A ``request`` here is the server's ``Exchange``; Twisted's own annotations are too few to say so.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

from solidot_spider.trial import faults

if TYPE_CHECKING:
    from solidot_spider.trial.answer import Answer

FILLER = "<p>这一页没有尽头，读到这里的程序应当停下来。</p>\n".encode() * 64
TICK = 0.05
MEGABYTE = b"<p>0123456789</p>".ljust(1024, b" ") * 1024


def start(request: Any, answer: Answer, length: int | None) -> None:
    """Status and headers; without a length the body comes in chunks."""
    request.setResponseCode(answer.status)
    if answer.content_type is not None:
        request.setHeader(b"Content-Type", answer.content_type.encode())
    for name, value in answer.headers:
        request.setHeader(name.encode(), value.encode())
    if length is not None:
        request.setHeader(b"Content-Length", b"%d" % length)


def send(request: Any, answer: Answer, *, packed: bool = False) -> None:
    """The whole answer, gzipped where that is wanted."""
    body = answer.body
    if packed:
        request.setHeader(b"Content-Encoding", b"gzip")
        body = zlib.compress(body, level=1, wbits=31)
    start(request, answer, len(body))
    request.write(body)
    request.finish()


def spoil(rule: faults.Rule, request: Any, answer: Answer) -> bool:
    """Answers as a fault on the wire wants it; False when the rule is none, and nothing was sent."""
    match rule:
        case faults.Silence():
            pass
        case faults.Reset():
            _end(request) if rule.quiet else request.channel.transport.abortConnection()
        case faults.Cut():
            start(request, answer, len(answer.body))
            request.write(answer.body[: int(len(answer.body) * rule.share)])
            _end(request)
        case faults.Endless():
            start(request, answer, None)
            request.write(answer.body[: len(answer.body) // 2])
            _drip(request, rule.bytes_per_second) if rule.bytes_per_second else _pour(request)
        case faults.Bomb():
            request.setHeader(b"Content-Encoding", b"gzip")
            start(request, answer, None)
            request.write(_bomb(rule.megabytes))
            request.finish()
        case _:
            return False
    return True


def _end(request: Any) -> None:
    request.channel.loseConnection()


def _drip(request: Any, bytes_per_second: int) -> None:
    """A few bytes every now and then, for as long as the client listens."""
    owed, sent = 0.0, 0

    def tick() -> None:
        nonlocal owed, sent
        if request.gone:
            return
        owed += bytes_per_second * TICK
        request.write(FILLER[sent % len(FILLER) :][: int(owed) - sent])
        sent = int(owed)
        request.reactor.callLater(TICK, tick)

    tick()


def _pour(request: Any) -> None:
    """As much as the client takes."""
    request.registerProducer(_Spring(request), streaming=False)


class _Spring:
    """A producer that never runs dry."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def resumeProducing(self) -> None:  # noqa: N802 - the interface's name
        """Called whenever the last bytes were taken."""
        self._request.write(FILLER)

    def stopProducing(self) -> None:  # noqa: N802 - the interface's name
        """Called when the client is gone."""


@cache
def _bomb(megabytes: int) -> bytes:
    """A small gzip body that unpacks to so many megabytes."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(MEGABYTE) for _ in range(megabytes)), packer.flush()])
