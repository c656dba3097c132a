"""Decides when an id is asked again: a pure policy over its state (docs/outcomes.md, *When an id is asked again*)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from solidot_spider.base import clock
from solidot_spider.base.outcome import SITE_ILL, Outcome
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store.state import Newest, SidState

UNPARSED_RUNS = 3
"""So many runs of one parser version ask for a page that cannot be parsed; later runs ask weekly."""

WEEK = timedelta(days=7)
OPEN_FOR = timedelta(days=62)
"""The site takes comments on a story for so long; about so long it may still change."""

LAST_LOOK = timedelta(days=30)
"""An older id that is missing is asked once more, so long after its first ``missing``."""

LATE = timedelta(minutes=15)
"""A run may come so much earlier than a day or a week after the last one: timers are not exact."""


class Age(NamedTuple):
    """Stories younger than ``below`` are asked again by a run at least ``every`` after the last look."""

    below: timedelta
    every: timedelta


def is_due(state: SidState, newest: Newest | None, now: datetime) -> bool:
    """Whether a run whose range holds the id asks it again.

    Args:
        state: the id's state.
        newest: the newest story, with ``recent_from`` at ``OPEN_FOR`` before it; None in a store without stories.
        now: the time.
    """
    match state.outcome:
        case Outcome.STORED:
            return False
        case Outcome.MISSING:
            return _missing_is_due(state, newest, now)
        case Outcome.UNPARSED if state.reason not in SITE_ILL:
            tried = state.unparsed_runs if state.parser_version == PARSER_VERSION else 0
            return tried < UNPARSED_RUNS or _since(state.at, now) >= WEEK
        case _:
            return True


def may_have_changed(published: str, asked: str, now: datetime, policy: Sequence[Age]) -> bool:
    """Whether a stored story is asked again.

    Args:
        published: when it was published, ISO 8601.
        asked: when it was last asked, ISO 8601.
        now: the time.
        policy: by ascending age; a story older than all of them is not asked again.
    """
    age = now - clock.parsed(published)
    every = next((each.every for each in policy if age < each.below), None)
    return every is not None and _since(asked, now) >= every - min(LATE, every)


def _missing_is_due(state: SidState, newest: Newest | None, now: datetime) -> bool:
    if newest is None or state.sid > newest.sid:
        return True
    if state.sid >= newest.recent_from:
        return _since(state.at, now) >= WEEK
    if clock.is_ahead(state.at, now):
        return True
    first = state.missing_since or state.at
    was_last_look = _since(first, clock.parsed(state.at)) >= LAST_LOOK
    return not was_last_look and _since(first, now) >= LAST_LOOK


def _since(moment: str, now: datetime) -> timedelta:
    """How long ago something was asked; a time after now is not believed, and counts as long ago."""
    return timedelta.max if clock.is_ahead(moment, now) else now - clock.parsed(moment)
