"""Tells a monitor in one line and an exit status whether a store is kept up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from solidot_spider.base import clock
from solidot_spider.base.console import plain
from solidot_spider.base.durations import duration
from solidot_spider.base.outcome import CANNOT_WRITE, OK, SITE_CHANGED, TROUBLE

if TYPE_CHECKING:
    from solidot_spider.store.status import Status

_GRAVE = {SITE_CHANGED: "the site seems changed", CANNOT_WRITE: "it could not write"}


class Checked(NamedTuple):
    """A line for a person, and an exit status for a monitor."""

    line: str
    status: int


def check(status: Status, now: datetime, max_age: timedelta | None, max_story_age: timedelta | None) -> Checked:
    """Whether a store is kept up.

    Args:
        status: the store's status.
        now: the time.
        max_age: how long ago the last good run may have ended; None for any time.
        max_story_age: how long ago the newest story may have been published; None for any time.
    """
    ended = next((run for run in status.runs if run.state == "ended"), None)
    facts = [f"{status.stories:,} stories", _ago("last good run", status.last_good_at, now)]
    facts.append(_ago("newest story", status.newest_at, now))
    if ended is not None and ended.exit_status in _GRAVE:
        return _told("CRITICAL", f"{ended.name}: {_GRAVE[ended.exit_status]}", facts, ended.exit_status)
    if why := _too_old("good run", status.last_good_at, now, max_age) or _too_old(
        "new story", status.newest_at, now, max_story_age
    ):
        return _told("WARNING", why, facts, TROUBLE)
    return _told("OK", "", facts, OK)


def _too_old(what: str, at: str | None, now: datetime, allowed: timedelta | None) -> str:
    if allowed is None or (at is not None and now - clock.parsed(at) <= allowed):
        return ""
    return f"no {what} within {duration(allowed.total_seconds())}"


def _ago(what: str, at: str | None, now: datetime) -> str:
    return f"no {what.removeprefix('last ').removeprefix('newest ')}" if at is None else f"{what} {age(at, now)} ago"


def age(at: str, now: datetime) -> str:
    """How long ago a time was; none at all if it is ahead."""
    return duration(max(0.0, (now - clock.parsed(at)).total_seconds()))


def _told(word: str, why: str, facts: list[str], exit_status: int) -> Checked:
    return Checked(plain(f"solidot {word}: {', '.join(filter(None, [why, *facts]))}"), exit_status)
