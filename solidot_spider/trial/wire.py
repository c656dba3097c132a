"""Sends an answer to a client.

A ``request`` here is one of ``twisted.web.http``; Twisted's own annotations are too few to say so.
"""

from __future__ import annotations

import zlib
from typing import Any

from solidot_spider.trial.answer import Answer


def start(request: Any, answer: Answer, length: int | None) -> None:
    """Send status and headers; without a length the body comes in chunks."""
    request.setResponseCode(answer.status)
    if answer.content_type is not None:
        request.setHeader(b"Content-Type", answer.content_type.encode())
    for name, value in answer.headers:
        request.setHeader(name.encode(), value.encode())
    if length is not None:
        request.setHeader(b"Content-Length", b"%d" % length)


def send(request: Any, answer: Answer, *, packed: bool = False) -> None:
    """Send the whole answer, compressed with gzip if ``packed``."""
    body = answer.body
    if packed:
        request.setHeader(b"Content-Encoding", b"gzip")
        body = zlib.compress(body, level=1, wbits=31)
    start(request, answer, len(body))
    request.write(body)
    request.finish()
