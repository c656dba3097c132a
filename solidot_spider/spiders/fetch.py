"""Fetches what is no story asked for: robots.txt, a list page, a control, a page of the probe."""

from __future__ import annotations

from typing import NamedTuple

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.http_outcome import Ending
from solidot_spider.middlewares.robots import RobotsMiddleware


class Fetched(NamedTuple):
    """A response, and why it is no page; '' if it is one.

    Attributes:
        response: None if no answer came.
        reason: the HTTP status or the network error, in words.
    """

    response: Response | None
    reason: str


async def fetch(crawler: Crawler, url: str) -> Fetched:
    """Fetch a URL through the crawl's middlewares; it is recorded nowhere.

    Args:
        crawler: a crawl that runs.
        url: what to fetch.
    """
    assert crawler.engine is not None
    request = Request(url, callback=NO_CALLBACK)
    try:
        response = await crawler.engine.download_async(request)
    except Exception as error:  # noqa: BLE001 - whatever it is, no page came
        return Fetched(None, http_outcome.of_error(error)[1])
    ending = http_outcome.of_status(response.status)
    return Fetched(response, ending[1] if ending else "")


async def fetch_robots(crawler: Crawler, base: str) -> Ending | None:
    """Fetch robots.txt, so that it is known before anything else is asked.

    Args:
        crawler: a crawl that runs.
        base: the site's scheme, host and port.

    Returns:
        The outcome and the reason of everything else if it could not be fetched; None if it could.
    """
    robots = crawler.get_downloader_middleware(RobotsMiddleware)
    if robots is None:
        return None
    try:
        await robots.rules(base)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has an outcome
        return http_outcome.of_error(error)
    return None
