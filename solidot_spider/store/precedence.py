"""Says which of two pages of a story its record is made of, whoever writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.store.rows import StoryRow
from solidot_spider.store.state import SidState
from solidot_spider.store.visit import Visit

Stays = Literal["older", "lesser", "same"]
"""Why a stored record stays: the new page is older, or no page but Markdown, or it is the one that is stored."""


def stays(story: StoryRow, new: dict[str, Any], now: datetime, *, is_imported: bool = False) -> Stays | None:
    """Why a stored record stays; None if a new one takes its place.

    Args:
        story: the stored story.
        new: the new record.
        now: the time; a stored time after it is not believed.
        is_imported: whether the new page came from a file: it may be the very one that is stored.
    """
    if new["origin"] == items.MARKDOWN and story.origin != items.MARKDOWN:
        return "lesser"
    if story.last_seen > new["fetched_at"] and not clock.is_ahead(story.last_seen, now):
        return "older"
    is_same = is_imported and story.last_seen == new["fetched_at"] and is_comparable(story, new)
    return "same" if is_same else None


def is_comparable(story: StoryRow, new: Mapping[str, object]) -> bool:
    """Whether a difference between two records tells of an edit: a page always says more than a capture of it."""
    return (story.origin == items.MARKDOWN) == (new["origin"] == items.MARKDOWN)


def was_heard_later(before: SidState | None, visit: Visit) -> bool:
    """Whether the site has said after a page that was imported that it has the story no more."""
    return visit.is_imported and before is not None and before.is_missing and before.at > visit.at
