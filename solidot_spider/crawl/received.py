"""Makes what the store keeps of an answer: its status and its page."""

from __future__ import annotations

from scrapy.http import Response

from solidot_spider.store.pages.page_packer import PagePacker
from solidot_spider.store.pages.raw_pages import RawPage

STATUSES = range(100, 1000)
"""The statuses that HTTP has: three digits. A server can send nineteen."""


def status_of(response: Response) -> int | None:
    """The HTTP status of an answer; None if its number is no status."""
    return response.status if response.status in STATUSES else None


def page_of(response: Response, fetched_at: str, packer: PagePacker) -> RawPage:
    """The page of an answer, packed.

    Args:
        response: the answer.
        fetched_at: when it came, UTC, ISO 8601.
        packer: packs it.
    """
    assert response.request is not None
    asked = response.request.meta.get("redirect_urls", [response.url])[0]
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
    return packer.pack(response.body, asked, response.url, response.status, headers=headers, fetched_at=fetched_at)
