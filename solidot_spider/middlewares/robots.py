"""Downloader middleware for robots.txt: fetched first, obeyed, its ``Crawl-delay`` the floor of each gap.

Scrapy's own middleware lets requests through that wait for the first robots.txt together, and allows everything if it
cannot be fetched. Setting: ``ROBOTSTXT_USER_AGENT``.
"""

from __future__ import annotations

import logging
from asyncio import Future, ensure_future
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from solidot_spider.middlewares import robots_rules
from solidot_spider.middlewares.redirects import RefusedError
from solidot_spider.middlewares.robots_rules import RobotsTextError
from solidot_spider.middlewares.throttle import limiter_of

logger = logging.getLogger(__name__)

LONGEST_DELAY = 60.0
"""Seconds; a site whose ``Crawl-delay`` is longer wants no crawler."""

_IS_ROBOTS = "solidot_robots"
"""The ``meta`` key of the request for robots.txt itself."""

_MAX_SIZE = 500 * 1024
"""A parser must take so much of a robots.txt (RFC 9309); the rest of a larger one is left out."""


class RobotsUnavailableError(RefusedError):
    """robots.txt answers 429 or 5xx, or what it answers is no text: nobody knows what is allowed, so nothing is."""


class RobotsMiddleware:
    """Holds each request until its host's robots.txt is known, and refuses what it forbids."""

    def __init__(self, crawler: Crawler, token: str) -> None:
        self.crawler = crawler
        self.token = token
        self.responses: dict[str, Response] = {}
        """What each host answered, by scheme and host."""
        self._rules: dict[str, Future[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The middleware of a crawl."""
        return cls(crawler, crawler.settings["ROBOTSTXT_USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or refuse it.

        Raises:
            RefusedError: robots.txt forbids it, or is not available.
        """
        if request.meta.get(_IS_ROBOTS) or not request.url.startswith("http"):
            return
        rules = await self.rules(request.url)
        if not rules.can_fetch(request.url, self.token):
            raise RefusedError("forbidden by robots.txt")

    async def rules(self, url: str) -> Protego:
        """The rules of a URL's host, fetched once.

        Raises:
            RobotsUnavailableError: robots.txt answers 429 or 5xx, or no text.
            RefusedError: its ``Crawl-delay`` is longer than any crawl can wait.
            Exception: no answer came, after the retries.
        """
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        if base not in self._rules:
            self._rules[base] = ensure_future(self._fetch(base))
        return await self._rules[base]

    async def _fetch(self, base: str) -> Protego:
        request = Request(f"{base}/robots.txt", callback=NO_CALLBACK, priority=1000, meta={_IS_ROBOTS: True})
        assert self.crawler.engine is not None
        began = monotonic()
        response = self.responses[base] = await self.crawler.engine.download_async(request)
        self.crawler.stats.set_value("solidot/robots/seconds", round(monotonic() - began, 3))
        rules = rules_of(response, self.token)
        delay = float(rules.crawl_delay(self.token) or 0)
        if not delay <= LONGEST_DELAY:
            raise RefusedError(f"robots.txt asks for {delay:g} s between two requests, more than {LONGEST_DELAY:g}")
        limiter = limiter_of(self.crawler)
        if delay > limiter.pace.high:
            logger.warning("robots.txt asks for %g s between two requests", delay)
        limiter.set_floor(delay)
        return rules


def rules_of(response: Response, token: str) -> Protego:
    """The rules of a response for robots.txt for a crawler; a 4xx but 429 means that there are none.

    Raises:
        RobotsUnavailableError: the response does not say what is allowed.
    """
    if 200 <= response.status < 300:
        body = response.body
        if len(body) > _MAX_SIZE:
            body = body[:_MAX_SIZE].rpartition(b"\n")[0]
        try:
            return robots_rules.parse(body, token)
        except RobotsTextError as error:
            raise RobotsUnavailableError(f"robots.txt cannot be read: {error}") from error
    if 400 <= response.status < 500 and response.status != 429:
        return Protego.parse("")
    raise RobotsUnavailableError(f"robots.txt answers {response.status}")
