"""One request, one attempt on the wire, and the gate knows when: every further one passes it again."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from solidot_spider.pacing import gate_of


class OneAttemptDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, without Twisted's own retry.

    Twisted sends a GET again in the same millisecond when a connection that served before ends without an answer.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
        self._of = crawler

    async def download_request(self, request: Request) -> Response:
        """Send a request, and wait for its answer."""
        gate_of(self._of).sent()
        return await super().download_request(request)
