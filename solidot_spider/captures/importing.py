"""Brings captures into the store: the same functions and checks as a crawl, some in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from solidot_spider import items, record
from solidot_spider.base import clock, site
from solidot_spider.base.outcome import Outcome, fault
from solidot_spider.captures.capture import Capture, Left
from solidot_spider.captures.tally import Tally
from solidot_spider.parsing.page import Missing, Unparsed
from solidot_spider.record import CapturedStory
from solidot_spider.store import precedence
from solidot_spider.store.rows import StoryRow

AT_ONCE = 100
"""Captures of one commit at most."""

BYTES_AT_ONCE = 8 * 1024 * 1024


class Made(NamedTuple):
    """A capture with its record as plain values, and the fields that it cannot know."""

    capture: Capture
    record: dict[str, Any]
    unknown: tuple[str, ...]


class Target(Protocol):
    """Where records go: a store, or what tells what would become of them there."""

    def stories(self, sids: Iterable[int]) -> dict[int, StoryRow]:
        """The stored stories of some ids, by sid."""

    def put(self, made: list[Made]) -> Iterator[str | Left]:
        """Put records there, of different stories; what became of each, in their order."""


def bring(
    found: Iterable[Capture | Left],
    target: Target,
    tally: Tally,
    fetched_at: datetime | None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring captures to their target; whether these were all of them.

    Args:
        found: the captures, and what else was in the files.
        target: where the records go.
        tally: counts what becomes of them.
        fetched_at: when a capture was fetched that does not say.
        is_stopped: whether to end with what is there.

    Raises:
        StoreError: the store cannot be read or written.
    """
    waiting: dict[int | str, Capture] = {}
    size, is_whole = 0, True
    for each in found:
        if is_stopped():
            is_whole = False
            break
        if isinstance(each, Left):
            tally.leave(each)
            tally.captures += each.sid is not None
            continue
        tally.captures += 1
        key = each.sid or each.where
        if key in waiting or len(waiting) >= AT_ONCE or size > BYTES_AT_ONCE:
            _bring(list(waiting.values()), target, tally, fetched_at)
            waiting, size = {}, 0
        waiting[key] = each
        size += len(each.data)
    _bring(list(waiting.values()), target, tally, fetched_at)
    return is_whole


def _bring(captures: list[Capture], target: Target, tally: Tally, fetched_at: datetime | None) -> None:
    stored = target.stories(each.sid for each in captures if each.sid)
    made: dict[int, Made] = {}
    for capture in captures:
        found = _stays(capture, stored) or _made(capture, fetched_at)
        if isinstance(found, Left):
            tally.leave(found)
        elif isinstance(found, str):
            tally.store(found, capture.origin, ())
        else:
            if found.record["sid"] in made:
                _put(list(made.values()), target, tally)
                made = {}
            made[found.record["sid"]] = found
    _put(list(made.values()), target, tally)


def _put(made: list[Made], target: Target, tally: Tally) -> None:
    for each, became in zip(made, target.put(made), strict=True):
        if isinstance(became, Left):
            tally.leave(became)
        else:
            tally.store(became, each.capture.origin, each.unknown)


def _stays(capture: Capture, stored: dict[int, StoryRow]) -> str | None:
    """Why the stored record stays, if that can be told without reading the page: then a repeated import is fast."""
    story = stored.get(capture.sid or 0)
    if story is None or capture.fetched_at is None:
        return None
    about = {"origin": capture.origin, "fetched_at": clock.iso(capture.fetched_at)}
    return precedence.stays(story, about, clock.last(), is_imported=True)


def _made(capture: Capture, fetched_at: datetime | None) -> Made | Left:
    """The record of a capture, or why it gives none."""
    if capture.fetched_at is not None and clock.is_ahead(clock.iso(capture.fetched_at), clock.last()):
        return _left(capture, Outcome.FAILED, f"a time after now: {clock.iso(capture.fetched_at)}")
    url = capture.answered or (site.story_url(capture.sid) if capture.sid else "")
    try:
        parsed = record.record_of(capture.data, capture.origin, url, capture.fetched_at, capture.sid)
        if isinstance(parsed, Unparsed) and capture.fetched_at is None and fetched_at is not None:
            parsed = record.record_of(capture.data, capture.origin, url, fetched_at, capture.sid)
        if isinstance(parsed, CapturedStory):
            parsed.story.withdrawn_at = capture.withdrawn_at
            return Made(capture, items.check(parsed.story), parsed.unknown_fields)
    except items.RecordError as error:
        return _left(capture, Outcome.UNPARSED, f"invalid-record: {error}")
    except Exception as error:  # noqa: BLE001 - a page must not end the import
        return _left(capture, Outcome.UNPARSED, fault("the parser", error))
    return _unread(capture, parsed)


def _unread(capture: Capture, parsed: Missing | Unparsed) -> Left:
    outcome = Outcome.MISSING if isinstance(parsed, Missing) else Outcome.UNPARSED
    return _left(capture, outcome, parsed.reason)


def _left(capture: Capture, outcome: Any, reason: str) -> Left:
    return Left(capture.where, outcome, reason, capture.sid)
