"""Answers with a fault that happens on the wire.

A ``request`` here is an ``Exchange`` of the server; Twisted's own annotations are too few to say so.
"""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from typing import Any

from solidot_spider.trial.answer import Answer
from solidot_spider.trial.wire import start
from tests.server import faults

FILLER = "<p>这一页没有尽头，读到这里的程序应当停下来。</p>\n".encode() * 64
TICK = 0.05
MEGABYTE = b"<p>0123456789</p>".ljust(1024, b" ") * 1024


def spoil(rule: faults.Rule, request: Any, answer: Answer) -> bool:
    """Answer as a fault on the wire demands; False if the rule is not such a fault, and nothing was sent."""
    match rule:
        case faults.Silence():
            pass
        case faults.Reset():
            _end(request) if rule.quiet else request.channel.transport.abortConnection()
        case faults.Cut():
            _cut(rule, request, answer)
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


def _cut(rule: faults.Cut, request: Any, answer: Answer) -> None:
    body = gzip.compress(answer.body) if rule.how == "gzip" else answer.body
    part = body[: int(len(body) * rule.share)]
    if rule.how == "gzip":
        request.setHeader(b"Content-Encoding", b"gzip")
    if rule.how == "close":
        request.clientproto = b"HTTP/1.0"  # which has neither length nor chunks
    length = {"length": len(body), "gzip": len(part), "close": None}[rule.how]
    start(request, answer, length)
    request.write(part)
    # What is whole on the wire leaves its connection open: a client's next question would be lost with it.
    request.finish() if rule.how == "gzip" else _end(request)


def _end(request: Any) -> None:
    request.channel.loseConnection()


def _drip(request: Any, bytes_per_second: int) -> None:
    """Send a few bytes now and then until the client hangs up."""
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
    """Send as much as the client takes."""
    request.registerProducer(_Endless(request), streaming=False)


class _Endless:
    """A producer that never ends."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def resumeProducing(self) -> None:  # noqa: N802 - the interface's name
        """Write more; called when the last bytes were taken."""
        self._request.write(FILLER)

    def stopProducing(self) -> None:  # noqa: N802 - the interface's name
        """Do nothing; called when the client has hung up."""


@cache
def _bomb(megabytes: int) -> bytes:
    """A small gzip body that unpacks to so many megabytes."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(MEGABYTE) for _ in range(megabytes)), packer.flush()])
