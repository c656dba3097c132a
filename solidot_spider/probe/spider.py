"""Fetches the probe's pages one after the other, as a crawl does: robots.txt first, at the crawl's pace.

It reads ``SOLIDOT_SITE_URL`` and ``DOWNLOAD_VERIFY_CERTIFICATES``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Self

from msgspec import Struct
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from solidot_spider.base import options, site
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.robots import RobotsMiddleware
from solidot_spider.middlewares.shared_turns import WatchedTurns
from solidot_spider.middlewares.throttle import limiter_of
from solidot_spider.parsing import list_pages
from solidot_spider.probe.findings import UNKNOWN_SID_DISTANCE
from solidot_spider.spiders.fetch import fetch, fetch_robots
from solidot_spider.store.store import Store


class ProbeResponse(Struct):
    """The response to a path: the address that answered, status, headers and body; or the error.

    ``certificate`` names the issuer of the site's certificate; '' over http, and if certificates are not verified.
    """

    name: str
    path: str
    url: str = ""
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    error: str = ""
    certificate: str = ""


class ProbeSpider(Spider):
    """Fetches robots.txt, the home page, the feed, the known stories and a sid far above the newest."""

    name = "probe"
    base = site.CANONICAL

    def __init__(self, sids: Sequence[int] = (), store: Store | None = None) -> None:
        super().__init__()
        self.sids = sids
        self.store = store
        self.answers: list[ProbeResponse] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """The spider of a probe."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.base = options.load(crawler.settings).site_url
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Fetch everything; the scheduler gets nothing, so nothing is yielded."""
        if self.store is not None:
            limiter_of(self.crawler).turns = WatchedTurns(self.store, self.base)
        if await self._robots():
            home = await self._fetch("home", "/")
            await self._fetch("feed", "/index.rss")
            for sid in self.sids:
                await self._fetch(f"story {sid}", f"/story?sid={sid}")
            newest = max([*_shown(home.body), *self.sids], default=1)
            await self._fetch(f"story {newest + UNKNOWN_SID_DISTANCE}", f"/story?sid={newest + UNKNOWN_SID_DISTANCE}")
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def _robots(self) -> bool:
        """Whether robots.txt could be fetched."""
        ending = await fetch_robots(self.crawler, self.base)
        if ending is not None:
            self.answers.append(ProbeResponse("robots.txt", "/robots.txt", error=ending[1]))
            return False
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None
        response = robots.responses[self.base]
        self.answers.append(_answer("robots.txt", "/robots.txt", response))
        self.answers[-1].error = ""  # a 4xx allows all
        if self.crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
            self.answers[-1].certificate = _issuer(response)
        return True

    async def _fetch(self, name: str, path: str) -> ProbeResponse:
        response, reason = await fetch(self.crawler, f"{self.base}{path}")
        answer = ProbeResponse(name, path, error=reason) if response is None else _answer(name, path, response)
        self.answers.append(answer)
        return answer


def _shown(home: bytes) -> list[int]:
    """The stories that the home page shows; none if the parser has a fault with it, which the findings tell."""
    try:
        return list_pages.story_sids(home)
    except Exception:  # noqa: BLE001
        return []


def _answer(name: str, path: str, response: Response) -> ProbeResponse:
    headers = {key.decode("latin-1"): b", ".join(values).decode("latin-1") for key, values in response.headers.items()}
    return ProbeResponse(
        name=name,
        path=path,
        url=response.url,
        status=response.status,
        headers=headers,
        body=response.body,
        error="" if http_outcome.is_answer(response.status) else f"answered {http_outcome.named(response.status)}",
    )


def _issuer(response: Response) -> str:
    """The issuer of a response's certificate; '' over http."""
    if response.certificate is None:
        return ""
    issuer = response.certificate.getIssuer()
    names = (issuer.get("commonName"), issuer.get("organizationName"))
    return next((name.decode("utf-8", "replace") for name in names if name), "an unnamed authority")
