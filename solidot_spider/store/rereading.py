"""Finds what today's parser makes of the pages that are kept of an id, and what of that the store must change.

The rows come out as a crawl that got the same answers would leave them, without revisions. A record whose page cannot
be read any more stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.base.outcome import CHANGED_SITE, SITE_ILL, Outcome
from solidot_spider.items import PARSER_VERSION, Story
from solidot_spider.store.kept import Kept
from solidot_spider.store.page_reader import PageReader
from solidot_spider.store.raw_pages import CodecError
from solidot_spider.store.rows import PageRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.state import SidState

Read = Callable[[bytes, str, datetime, int], Story | str | None]
"""Parses a page: its bytes, the address that answered, when it was fetched, and its sid in; the story out, or why it
is unparsed, or None if it is the site's answer for a story that it does not have."""

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
    readings = [_reading(kept, row, read, pages) for row in kept.pages]
    chosen = _record(kept.story, readings)
    story = _story(kept, chosen, readings) if chosen is not None else None
    dropped, moved = _moved(readings, chosen)
    state, visits = _heard(kept, readings, chosen)
    rewrite = Rewrite(
        kept.sid,
        kept.stamp,
        None if story == kept.story else story,
        None if state == kept.state else state,
        _aside(kept.unproven, readings),
        visits,
        dropped,
        moved,
    )
    return Reread(readings, chosen, kept.story, rewrite)


def _reading(kept: Kept, row: PageRow, read: Read, pages: PageReader) -> Reading:
    if row.content_hash == UNPARSED and any(each.reason == CHANGED_SITE for each in _visits_of(kept, row)):
        return Reading(row, None, CHANGED_SITE)  # it may give a story, and a wrong one
    try:
        data = pages.data(row.page)
    except CodecError:
        return Reading(row, None, DAMAGED)
    found = read(data, row.answered, clock.parsed(row.fetched_at), kept.sid)
    return Reading(row, found, "") if isinstance(found, Story) else Reading(row, None, found or NOT_A_STORY)


def _visits_of(kept: Kept, row: PageRow) -> list[VisitRow]:
    """The visits that brought a page that could not be parsed."""
    return [each for each in kept.visits if each.at == row.fetched_at and each.outcome == Outcome.UNPARSED]


def _record(story: StoryRow | None, readings: list[Reading]) -> Reading | None:
    """The page that gives the record: that of the record until now, or a newer one that could not be parsed."""
    chosen = None
    for each in readings:
        is_own = story is None or each.row.content_hash == story.content_hash
        is_newer = story is not None and each.row.content_hash == UNPARSED and each.row.fetched_at >= story.last_seen
        if each.story is not None and (is_own or is_newer):
            chosen = each
    return chosen


def _story(kept: Kept, chosen: Reading, readings: list[Reading]) -> StoryRow:
    before, state, story = kept.story, kept.state, chosen.story
    assert story is not None
    seen = chosen.row.fetched_at
    if before is not None and chosen.row.content_hash == before.content_hash:
        return _row(before, story, before.withdrawn_at)
    is_gone = state is not None and state.is_withdrawn and (state.missing_since or "") >= seen
    withdrawn_at = state.missing_since if is_gone and state is not None else None
    if before is None:
        return _row(StoryRow(kept.sid, "", "", 0, seen, seen, seen, None, ""), story, withdrawn_at)
    own = next((each.story for each in readings if each.row.content_hash == before.content_hash), None)
    is_edit = own is not None and own.content_hash != story.content_hash
    changed = seen if is_edit else before.last_changed
    return _row(before._replace(last_seen=seen, last_changed=changed), story, withdrawn_at)


def _row(before: StoryRow, story: Story, withdrawn_at: str | None) -> StoryRow:
    """A story's row with the record of today's parser, and the times as they were."""
    story.withdrawn_at = withdrawn_at
    return before._replace(
        published_at=story.published_at,
        content_hash=story.content_hash,
        parser_version=PARSER_VERSION,
        withdrawn_at=withdrawn_at,
        record=items.line(story).decode(),
    )


def _moved(readings: list[Reading], chosen: Reading | None) -> tuple[list[str], list[PageRow]]:
    """The content hashes that pages leave, and the pages under their new ones; of equal content the latest stays."""
    kept: dict[str, Reading] = {}
    for each in readings:
        is_read = each.story is not None and (each is chosen or each.row.content_hash != UNPARSED)
        kept[each.story.content_hash if each.story is not None and is_read else each.row.content_hash] = each
    dropped = [each.row.content_hash for each in readings if kept.get(each.row.content_hash) is not each]
    moved = [each.row._replace(content_hash=key) for key, each in kept.items() if key != each.row.content_hash]
    return dropped, moved


def _heard(kept: Kept, readings: list[Reading], chosen: Reading | None) -> tuple[SidState | None, list[VisitRow]]:
    """The state of the id, and the visits that are others now."""
    state = kept.state
    for each in readings:
        if each.row.content_hash != UNPARSED:
            continue
        visits = _visits_of(kept, each.row)
        is_last = state is not None and state.at == each.row.fetched_at and state.outcome == Outcome.UNPARSED
        if each is chosen:
            state = _stored(state, each.row.fetched_at, kept.visits, is_last=is_last)
            visits = [visit._replace(outcome=str(Outcome.STORED), reason="") for visit in visits]
        elif each.story is None and each.reason not in UNTOLD:
            if is_last and state is not None and state.reason not in SITE_ILL:
                runs = state.unparsed_runs if state.parser_version == PARSER_VERSION else 1
                state = state._replace(reason=each.reason, unparsed_runs=runs, parser_version=PARSER_VERSION)
            visits = [v if v.reason in SITE_ILL else v._replace(reason=each.reason) for v in visits]
        else:
            continue
        return _by_this_version(state, chosen), [visit for visit in visits if visit not in kept.visits]
    return _by_this_version(state, chosen), []


def _stored(state: SidState | None, at: str, visits: list[VisitRow], *, is_last: bool) -> SidState | None:
    """The state of an id that was stored at a time, and perhaps heard of again since."""
    if state is None:
        return None
    if is_last:
        return state._replace(outcome=str(Outcome.STORED), reason="", unparsed_runs=0, missing_since=None)
    since = (each.at for each in visits if each.outcome == Outcome.MISSING and each.at >= at)
    return state._replace(missing_since=min(since, default=None))


def _by_this_version(state: SidState | None, chosen: Reading | None) -> SidState | None:
    if state is None or chosen is None or state.outcome != Outcome.STORED:
        return state
    return state._replace(parser_version=PARSER_VERSION)


def _aside(unproven: UnprovenRow | None, readings: list[Reading]) -> UnprovenRow | None:
    """What is kept aside, with the record that today's parser makes of its page; None if it stays as it is."""
    old = unproven.story if unproven is not None else None
    if unproven is None or old is None:
        return None
    key = old.content_hash if unproven.moved_page is None else unproven.moved_page
    own = next((each for each in readings if each.row.content_hash == key), None)
    if own is None or own.story is None:
        return None
    if own.row.fetched_at != old.last_seen:  # a later page with the same content has taken its place
        moved = None if own.story.content_hash == old.content_hash else own.story.content_hash
        row = unproven._replace(moved_page=moved)
    else:
        new = _row(old, own.story, old.withdrawn_at)
        row = unproven._replace(old=msgspec.json.encode(new).decode(), moved_page=None)
    return None if row == unproven else row
