"""robots.txt: waited for before anything else is asked, and refused by default; its Crawl-delay is the gate's floor.

Scrapy's own middleware lets requests through that wait on the first robots.txt together, and allows everything when
it cannot be had.
"""

from __future__ import annotations

from asyncio import Future, ensure_future
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from solidot_spider.middlewares.redirects import RefusedError
from solidot_spider.middlewares.throttle import gate_of

_PASS = "solidot_robots"  # noqa: S105 - the name of a mark on requests


class RobotsUnavailableError(RefusedError):
    """robots.txt answers 429 or 5xx: nobody knows what is allowed, so nothing is."""


class RobotsMiddleware:
    """Keeps each request until its host's robots.txt is known, and refuses what it forbids."""

    def __init__(self, crawler: Crawler, token: str) -> None:
        self.crawler = crawler
        self.token = token
        self.answers: dict[str, Response] = {}
        """What each host answered."""
        self._rules: dict[str, Future[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The middleware for a crawl; ``ROBOTSTXT_USER_AGENT`` is who the rules are read for."""
        return cls(crawler, crawler.settings["ROBOTSTXT_USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or refuse it.

        Raises:
            RefusedError: robots.txt forbids it, or is not to be had.
        """
        if request.meta.get(_PASS) or not request.url.startswith("http"):
            return
        rules = await self.rules(request.url)
        if not rules.can_fetch(request.url, self.token):
            raise RefusedError("forbidden by robots.txt")

    async def rules(self, url: str) -> Protego:
        """The rules of a URL's host, asked for once.

        Raises:
            RobotsUnavailableError: robots.txt answers 429 or 5xx.
            Exception: no answer came, after the retries.
        """
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        if base not in self._rules:
            self._rules[base] = ensure_future(self._fetch(base))
        return await self._rules[base]

    async def _fetch(self, base: str) -> Protego:
        request = Request(
            f"{base}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            meta={_PASS: True},
        )
        assert self.crawler.engine is not None
        answer = self.answers[base] = await self.crawler.engine.download_async(request)
        rules = rules_of(answer)
        delay = rules.crawl_delay(self.token)
        if delay:
            gate_of(self.crawler).set_floor(float(delay))
        return rules


def rules_of(response: Response) -> Protego:
    """The rules that an answer for robots.txt states; a 4xx but 429 means that there are none.

    Raises:
        RobotsUnavailableError: the answer is no answer to what is allowed.
    """
    if 200 <= response.status < 300:
        return Protego.parse(response.body.decode("utf-8-sig", "replace"))
    if 400 <= response.status < 500 and response.status != 429:
        return Protego.parse("")
    raise RobotsUnavailableError(f"robots.txt answers {response.status}")
