"""When an id is asked again: a pure policy over what was last heard of it (README, *When an id is asked again*)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from solidot_spider.base.outcome import HOME_FOR_ALL, Outcome
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store.visit import Visit

UNPARSED_RUNS = 3
"""So many runs of one parser version ask a page that cannot be read; then it is asked weekly."""

WEEK = timedelta(days=7)
OPEN_FOR = timedelta(days=62)
"""How long the site takes comments on a story: about so long it may still change."""

LAST_LOOK = timedelta(days=30)
"""An older id that is missing is asked once more so long after it was first heard to be."""

WITHDRAWN = timedelta(hours=24)
"""A stored story is withdrawn when a run so long after the first ``missing`` hears the same."""


LATE = timedelta(minutes=15)
"""A run may come so much earlier than a day or a week after the last one: timers are not exact."""


class Age(NamedTuple):
    """Stories younger than ``below`` are looked at again by a run that is at least ``every`` after the last look."""

    below: timedelta
    every: timedelta


class State(NamedTuple):
    """What was last heard of an id; times are UTC, ISO 8601.

    Attributes:
        sid: the story id.
        outcome: what it last ended in.
        reason: why.
        at: when.
        run_id: in which run.
        parser_version: the version that ``unparsed_runs`` were counted under.
        unparsed_runs: how many runs of that version could not read its page, since it was last settled.
        missing_since: the first ``missing`` since it was last stored.
    """

    sid: int
    outcome: str
    reason: str
    at: str
    run_id: int
    parser_version: int
    unparsed_runs: int
    missing_since: str | None

    @property
    def is_known_unparsed(self) -> bool:
        """Whether this parser version failed on it before."""
        return self.unparsed_runs > 0 and self.parser_version == PARSER_VERSION


class Newest(NamedTuple):
    """The newest stored story, and the first sid that is not known to be from before the 62 days before it.

    In a store without a story that old every id may be as young.
    """

    sid: int
    recent_from: int


def after(state: State | None, visit: Visit, run_id: int) -> State:
    """What is known of an id after a visit."""
    runs = state.unparsed_runs if state and state.parser_version == PARSER_VERSION else 0
    missing_since = state.missing_since if state else None
    if visit.outcome is Outcome.STORED:
        runs, missing_since = 0, None
    elif visit.outcome is Outcome.MISSING:
        runs, missing_since = 0, missing_since or visit.at
    elif visit.outcome is Outcome.UNPARSED and visit.reason != HOME_FOR_ALL:
        runs += 1
    return State(visit.sid, str(visit.outcome), visit.reason, visit.at, run_id, PARSER_VERSION, runs, missing_since)


def is_withdrawn(state: State) -> bool:
    """Whether a stored story is gone for good: what was heard first was heard again a day later or more."""
    return (
        state.outcome == Outcome.MISSING
        and state.missing_since is not None
        and _since(state.missing_since, datetime.fromisoformat(state.at)) >= WITHDRAWN
    )


def is_due(state: State, newest: Newest | None, now: datetime) -> bool:
    """Whether a run whose range holds the id asks it again."""
    match state.outcome:
        case Outcome.STORED:
            return False
        case Outcome.MISSING:
            return _missing_is_due(state, newest, now)
        case Outcome.UNPARSED if state.reason != HOME_FOR_ALL:
            tried = state.unparsed_runs if state.parser_version == PARSER_VERSION else 0
            return tried < UNPARSED_RUNS or _since(state.at, now) >= WEEK
        case _:
            return True


def may_have_changed(published: str, seen: str, now: datetime, policy: Sequence[Age]) -> bool:
    """Whether a stored story is looked at again.

    Args:
        published: when it was published, ISO 8601.
        seen: when it was last asked, ISO 8601.
        now: the time.
        policy: by age, ascending; a story older than all is left alone.
    """
    age = _since(published, now)
    every = next((each.every for each in policy if age < each.below), None)
    return every is not None and _since(seen, now) >= every - min(LATE, every)


def _missing_is_due(state: State, newest: Newest | None, now: datetime) -> bool:
    if newest is None or state.sid > newest.sid:
        return True
    if state.sid >= newest.recent_from:
        return _since(state.at, now) >= WEEK
    first = state.missing_since or state.at
    looked = _since(first, datetime.fromisoformat(state.at)) >= LAST_LOOK
    return not looked and _since(first, now) >= LAST_LOOK


def _since(moment: str, now: datetime) -> timedelta:
    return now - datetime.fromisoformat(moment)
