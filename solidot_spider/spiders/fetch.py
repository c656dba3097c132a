"""Fetches a page that is no story asked for: a list page, a control, a page of the probe."""

from __future__ import annotations

from typing import NamedTuple

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from solidot_spider.middlewares import http_outcome


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
