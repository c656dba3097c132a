"""Download handler that sends each request once, tells the rate limiter when, and refuses what is not whole."""

from __future__ import annotations

import sys
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from solidot_spider.middlewares import whole_body
from solidot_spider.middlewares.throttle import limiter_of

_IN_HEADERS = frozenset({"STATUS", "HEADER"})

HEADERS_LIMIT = 256 * 1024
"""Bytes of status line and headers. Real ones have less than one KB; endless ones filled 200 MB in three seconds."""


class HeadersTooLongError(Exception):
    """The headers of an answer do not end."""

    def __init__(self) -> None:
        super().__init__(f"headers over the limit of {HEADERS_LIMIT // 1024} KB")


class OneAttemptDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler without Twisted's own retry, and with a limit on headers.

    Twisted sends a GET again in the same millisecond when a connection that served before ends without an answer.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize
        self._pool.retryAutomatically = False
        self._pool._factory = _bounded(self._pool._factory)  # noqa: SLF001 - Scrapy sets it so, too

    async def download_request(self, request: Request) -> Response:
        """Send a request and wait for its answer.

        Raises:
            BodyError: the answer's body is not whole.
        """
        response = await limiter_of(self._crawler).wire.answer(self._send(request))
        whole_body.check(response, self._limit)
        return response

    async def _send(self, request: Request) -> Response:
        await limiter_of(self._crawler).send()
        return await super().download_request(request)


def _bounded(factory: Any) -> Any:
    """A factory of connections that give up on headers without an end: Scrapy's own limits count bodies only."""

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
        if parser is not None and parser.state in _IN_HEADERS:
            taken += len(data)
            if taken > HEADERS_LIMIT:
                protocol._giveUp(Failure(HeadersTooLongError()))  # type: ignore[no-untyped-call] # noqa: SLF001
                return
        receive(data)

    protocol.dataReceived = counted
    return protocol
