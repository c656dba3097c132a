"""Finds what today's parser makes of the pages that are kept of an id, and what of that the store must change.

The rows come out as a crawl that got the same answers would leave them, without revisions. A record whose page cannot
be read any more stays as it was.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from solidot_spider.store.pages import reread_rows
from solidot_spider.store.pages.kept import Kept
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.readings import Read, Reading, reading
from solidot_spider.store.rows import PageRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.state import SidState


class Rewrite(NamedTuple):
    """What the store must change of an id; None or empty where nothing.

    Attributes:
        sid: the id.
        stamp: what is kept of it, as it was read.
        story: the new row of its story.
        state: the new row of ``sids``.
        unproven: the new row of what is kept aside.
        visits: the visits with another outcome or reason.
        dropped: the content hashes under which no page, or another one, is kept from now on.
        pages: the pages that are kept under another content hash.
    """

    sid: int
    stamp: tuple[Any, ...]
    story: StoryRow | None
    state: SidState | None
    unproven: UnprovenRow | None
    visits: list[VisitRow]
    dropped: list[str]
    pages: list[PageRow]

    @property
    def is_needed(self) -> bool:
        """Whether anything changes."""
        return any((self.story, self.state, self.unproven, self.visits, self.dropped, self.pages))


class Reread(NamedTuple):
    """What came of an id.

    Attributes:
        readings: its pages.
        record: the one that gives the record; None if none does.
        before: the story as it was; None if there was none.
        rewrite: what the store must change.
    """

    readings: list[Reading]
    record: Reading | None
    before: StoryRow | None
    rewrite: Rewrite


def reread(kept: Kept, read: Read, pages: PageReader) -> Reread:
    """Read what is kept of an id."""
    readings = [reading(kept, row, read, pages) for row in kept.pages]
    chosen = _record(kept.story, readings)
    story = reread_rows.story(kept, chosen, readings) if chosen is not None else None
    dropped, moved = reread_rows.moved(readings, chosen)
    state, visits = reread_rows.heard(kept, readings, chosen)
    rewrite = Rewrite(
        kept.sid,
        kept.stamp,
        None if story == kept.story else story,
        None if state == kept.state else state,
        reread_rows.aside(kept.unproven, readings),
        visits,
        dropped,
        moved,
    )
    return Reread(readings, chosen, kept.story, rewrite)


def _record(story: StoryRow | None, readings: list[Reading]) -> Reading | None:
    """The page that gives the record: that of the record until now, or a newer one that could not be parsed."""
    chosen = None
    for each in readings:
        is_own = story is None or each.row.content_hash == story.content_hash
        is_newer = story is not None and each.row.content_hash == UNPARSED and each.row.fetched_at >= story.last_seen
        if each.story is not None and (is_own or is_newer):
            chosen = each
    return chosen
