"""Says what a person should do next about a store, if anything."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from solidot_spider.base import clock
from solidot_spider.base.durations import duration
from solidot_spider.base.outcome import CANNOT_WRITE, SITE_CHANGED, Outcome

if TYPE_CHECKING:
    from solidot_spider.store.past_runs import PastRun
    from solidot_spider.store.status import Status

STALE = timedelta(days=1)
"""The site has new stories each day: a store that nobody asked for longer is behind."""

USUAL_GAP = 1.5
"""Seconds between two requests, if nobody has changed that."""

_KINDS = {Outcome.FAILED: "failed", Outcome.NOT_TRIED: "not-tried", Outcome.REFUSED: "refused"}


def of(status: Status, now: datetime) -> str:
    """One sentence; what matters most comes first."""
    if status.holder:
        return f"{status.holder}: at work; wait for its end"
    if not status.runs:
        return "`solidot crawl latest` begins with the newest stories; `solidot demo` shows how it works"
    return _of_last_run(status.runs[0]) or _of_store(status, now)


def _of_last_run(run: PastRun) -> str:
    if run.state == "killed":
        return f"{run.name} was killed: `{command(run)}` goes on where it was"
    if run.exit_status == SITE_CHANGED:
        return "the site seems changed: `solidot probe` shows which part of it"
    if run.exit_status == CANNOT_WRITE:
        return f"{run.name} could not write: {run.verdict}; then `{command(run)}` goes on where it was"
    return ""


def _of_store(status: Status, now: datetime) -> str:
    if status.last_good_at is None or now - clock.parsed(status.last_good_at) > STALE:
        when = "no run has ended well yet" if status.last_good_at is None else "the last good run is old"
        return f"{when}: `solidot crawl latest` asks what is new, and what failed"
    for outcome, kind in _KINDS.items():
        if count := status.outcomes.get(outcome, 0):
            return f"`solidot crawl story -a only={kind}` asks {count:,} {outcome} ids again"
    if status.gaps:
        hours = duration(status.gaps * USUAL_GAP)
        return f"`solidot crawl story -a only=gaps` asks {status.gaps:,} ids that nobody knows of, for about {hours}"
    return "nothing"


def command(run: PastRun) -> str:
    """The command line of a run."""
    words = ["solidot", "crawl", run.spider]
    for name, value in run.arguments.items():
        words += ["-a", f"{name}={value}"]
    return shlex.join(words)
