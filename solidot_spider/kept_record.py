"""Makes records of kept pages again, as the store asks for it: it knows no parser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from solidot_spider import items
from solidot_spider.base import origins
from solidot_spider.items import Story
from solidot_spider.parsing.page import Unparsed
from solidot_spider.record import CapturedStory, record_of


def reread(data: bytes, url: str, fetched_at: datetime, sid: int, origin: str = origins.CRAWL) -> Story | str | None:
    """The story that today's parser makes of a kept page, or why it gives none.

    Args:
        data: the page's bytes.
        url: the address that answered, after any redirect.
        fetched_at: when the page was fetched.
        sid: the story that was asked for.
        origin: where the page comes from.

    Returns:
        the story; or the reason why the page is unparsed; or None if it is the answer for a story that is missing.
    """
    found = record_of(data, origin, url, fetched_at, sid)
    if isinstance(found, Unparsed):
        return found.reason
    return found.story if isinstance(found, CapturedStory) else None


def reparse(
    data: bytes, url: str, fetched_at: datetime, sid: int, origin: str = origins.CRAWL
) -> dict[str, Any] | None:
    """The record that today's parser makes of a kept page, as plain values; None if the page is no story to it.

    Args:
        data: the page's bytes.
        url: the address that answered, after any redirect.
        fetched_at: when the page was fetched.
        sid: the story that was asked for.
        origin: where the page comes from.
    """
    made = record_of(data, origin, url, fetched_at, sid)
    return items.check(made.story) if isinstance(made, CapturedStory) else None
