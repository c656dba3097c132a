"""Says which of two pages of a story its record is made of, whoever writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from solidot_spider.base import clock, origins
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import changes
from solidot_spider.store.changes import Change
from solidot_spider.store.rows import StoryRow
from solidot_spider.store.state import SidState
from solidot_spider.store.visit import Visit

Stays = Literal["older", "lesser", "same"]
"""Why a stored record stays: the new page is older, or no page but Markdown, or it is the one that is stored."""


def believed_until() -> datetime:
    """The time; where a pinned clock cannot be read any more, one that no time is ahead of: no commit fails for it."""
    try:
        return clock.now()
    except clock.ClockError:
        return datetime.max.replace(tzinfo=UTC) - 2 * clock.SKEW


def stays(
    story: StoryRow | None, new: Mapping[str, Any] | None, now: datetime, *, is_imported: bool = False
) -> Stays | None:
    """Why a stored record stays; None if a new one takes its place.

    Args:
        story: the stored story; None if there is none.
        new: the new record; None if there is none.
        now: the time; a stored time after it is not believed.
        is_imported: whether the new page came from a file: it may be the very one that is stored.
    """
    if story is None or new is None:
        return None
    if new["origin"] == origins.MARKDOWN and story.origin != origins.MARKDOWN:
        return "lesser"
    if story.last_seen > new["fetched_at"] and not clock.is_ahead(story.last_seen, now):
        return "older"
    is_same = is_imported and story.last_seen == new["fetched_at"] and is_comparable(story, new)
    return "same" if is_same else None


def is_comparable(story: StoryRow, new: Mapping[str, object]) -> bool:
    """Whether a difference between two records tells of an edit: a page always says more than a capture of it."""
    return (story.origin == origins.MARKDOWN) == (new["origin"] == origins.MARKDOWN)


def was_heard_later(before: SidState | None, visit: Visit) -> bool:
    """Whether the site has said after a page that was imported that it has the story no more."""
    return visit.is_imported and before is not None and before.is_missing and before.at > visit.at


def difference(known: StoryRow | None, new: dict[str, Any]) -> Change | None:
    """How a record differs from that of a story kept aside; None if it was another parser's, or if there was none."""
    if known is None or known.parser_version != PARSER_VERSION or not is_comparable(known, new):
        return None
    return changes.between(msgspec.json.decode(known.record), new)
