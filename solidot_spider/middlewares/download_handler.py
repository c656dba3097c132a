"""One request, one attempt on the wire, and the gate knows when: every further one passes it again."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from solidot_spider.middlewares.throttle import gate_of

_IN_HEAD = frozenset({"STATUS", "HEADER"})

HEAD_LIMIT = 256 * 1024
"""Bytes of status line and headers; real ones have less than one KB, endless ones filled 200 MB in three seconds."""


class HeadTooLongError(Exception):
    """An answer's headers do not end."""

    def __init__(self) -> None:
        super().__init__(f"headers over the limit of {HEAD_LIMIT // 1024} KB")


class OneAttemptDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, without Twisted's own retry, and with an end to headers.

    Twisted sends a GET again in the same millisecond when a connection that served before ends without an answer.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
        self._pool._factory = _bounded(self._pool._factory)  # noqa: SLF001 - Scrapy sets it so, too
        self._of = crawler

    async def download_request(self, request: Request) -> Response:
        """Send a request, and wait for its answer."""
        gate_of(self._of).sent()
        return await super().download_request(request)


def _bounded(factory: Any) -> Any:
    """A factory of connections that give an answer up whose head is too long: Scrapy's limits count bodies only."""

    def make(*given: Any) -> Any:
        made = factory(*given)
        build = made.buildProtocol
        made.buildProtocol = lambda address: _limit(build(address))
        return made

    return make


def _limit(protocol: Any) -> Any:
    receive, answer, taken = protocol.dataReceived, None, 0

    def counted(data: bytes) -> None:
        nonlocal answer, taken
        parser = protocol._parser  # noqa: SLF001 - nothing else tells whether the headers have ended
        if parser is not answer:
            answer, taken = parser, 0
        if parser is not None and parser.state in _IN_HEAD:
            taken += len(data)
            if taken > HEAD_LIMIT:
                protocol._giveUp(Failure(HeadTooLongError()))  # type: ignore[no-untyped-call] # noqa: SLF001
                return
        receive(data)

    protocol.dataReceived = counted
    return protocol
