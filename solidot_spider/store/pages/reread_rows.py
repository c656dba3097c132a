"""Makes the rows of an id whose kept pages were read again: as a crawl that got the same answers would leave them."""

from __future__ import annotations

import msgspec

from solidot_spider import items
from solidot_spider.base import origins
from solidot_spider.base.outcome import SITE_ILL, Outcome
from solidot_spider.items import PARSER_VERSION, Story
from solidot_spider.store.pages.kept import Kept
from solidot_spider.store.pages.readings import UNTOLD, Reading, visits_of
from solidot_spider.store.rows import PageRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.state import SidState


def story(kept: Kept, chosen: Reading, readings: list[Reading]) -> StoryRow:
    """The row of a story with the record of the chosen page, and the times as a crawl would leave them."""
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
        origin=story.origin,
    )


def moved(readings: list[Reading], chosen: Reading | None) -> tuple[list[str], list[PageRow]]:
    """The content hashes that pages leave, and the pages under their new ones.

    Of equal content the latest stays, and a page before a capture in Markdown.
    """
    kept: dict[str, Reading] = {}
    for each in sorted(readings, key=lambda each: each.row.origin in origins.PAGES):
        is_read = each.story is not None and (each is chosen or each.row.content_hash != UNPARSED)
        kept[each.story.content_hash if each.story is not None and is_read else each.row.content_hash] = each
    dropped = [each.row.content_hash for each in readings if kept.get(each.row.content_hash) is not each]
    moved = [each.row._replace(content_hash=key) for key, each in kept.items() if key != each.row.content_hash]
    return dropped, moved


def heard(kept: Kept, readings: list[Reading], chosen: Reading | None) -> tuple[SidState | None, list[VisitRow]]:
    """The state of the id, and the visits that are others now."""
    state = kept.state
    for each in readings:
        if each.row.content_hash != UNPARSED:
            continue
        visits = visits_of(kept, each.row)
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


def aside(unproven: UnprovenRow | None, readings: list[Reading]) -> UnprovenRow | None:
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
