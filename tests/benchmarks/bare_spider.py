"""The least that a Scrapy spider can do: fetch, and yield the URL."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response


class BareSpider(Spider):
    """Yields the URL of each page."""

    name = "bare"
    last = "1"

    async def start(self) -> AsyncIterator[Any]:
        for sid in range(1, int(self.last) + 1):
            yield Request(f"{os.environ['SOLIDOT_SITE_URL']}/story?sid={sid}")

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {"url": response.url}
