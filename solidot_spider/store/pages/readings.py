"""Reads a kept page again: the story that it gives, or why it gives none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from solidot_spider.base import clock
from solidot_spider.base.outcome import CHANGED_SITE, Outcome
from solidot_spider.items import Story
from solidot_spider.store.pages.kept import Kept
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import CodecError
from solidot_spider.store.rows import PageRow, VisitRow
from solidot_spider.store.schema import UNPARSED

Read = Callable[[bytes, str, datetime, int, str], Story | str | None]
"""Parses a page: its bytes, the address that answered, when it was fetched, its sid and origin in; the story out, or
why it is unparsed, or None if it is the site's answer for a story that it does not have."""

NOT_A_STORY = "missing"
"""Stands for the reason of a page that is the answer for a story that the site does not have."""

DAMAGED = "damaged"
"""The reason of a page that cannot be unpacked."""

UNTOLD = frozenset({CHANGED_SITE, NOT_A_STORY, DAMAGED})
"""Reasons that are none of the parser's, or that only a crawl can settle: the id keeps the one that it has."""


class Reading(NamedTuple):
    """A kept page, and the story that it gives now, or the reason why it gives none."""

    row: PageRow
    story: Story | None
    reason: str


def reading(kept: Kept, row: PageRow, read: Read, pages: PageReader) -> Reading:
    """Read a page of an id."""
    if row.content_hash == UNPARSED and any(each.reason == CHANGED_SITE for each in visits_of(kept, row)):
        return Reading(row, None, CHANGED_SITE)  # it may give a story, and a wrong one
    try:
        data = pages.data(row.page)
    except CodecError:
        return Reading(row, None, DAMAGED)
    found = read(data, row.answered, clock.parsed(row.fetched_at), kept.sid, row.origin)
    return Reading(row, found, "") if isinstance(found, Story) else Reading(row, None, found or NOT_A_STORY)


def visits_of(kept: Kept, row: PageRow) -> list[VisitRow]:
    """The visits that brought a page that could not be parsed."""
    return [each for each in kept.visits if each.at == row.fetched_at and each.outcome == Outcome.UNPARSED]
