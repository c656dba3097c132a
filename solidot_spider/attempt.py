"""One request, one attempt on the wire: every further one passes the gate."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class OneAttemptDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, without Twisted's own retry.

    Twisted sends a GET again in the same millisecond when a connection that served before ends without an answer.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
