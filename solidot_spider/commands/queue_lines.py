"""Writes the state of the queue in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from solidot_spider.base.console import plain
from solidot_spider.base.durations import duration
from solidot_spider.commands.status_check import age
from solidot_spider.display.colours import Colours

if TYPE_CHECKING:
    from solidot_spider.queue.state import FailedJob, Queue

_PLAIN = Colours(enabled=False)


def lines(queue: Queue, now: datetime, colours: Colours = _PLAIN) -> Iterator[str]:
    """What waits, runs and failed, and which workers live.

    Args:
        queue: the queue's state.
        now: the time.
        colours: how it is painted.
    """
    since = f", the oldest for {age(queue.oldest, now)}" if queue.oldest else ""
    failed = colours.paint(f"{queue.failed:,} failed", "red") if queue.failed else "0 failed"
    yield f"queue: {queue.waiting:,} waiting{since}; {queue.running:,} running; {failed}"
    signs = ", ".join(f"{each.number} ({duration(max(0.0, each.silent))} ago)" for each in queue.workers)
    yield f"workers: {signs}" if signs else "workers: none; `solidot worker` is one"
    for each in queue.failures:
        yield f"  job {each.number} {_end(each, now)}"


def _end(job: FailedJob, now: datetime) -> str:
    if job.ended_at is None:
        return f"failed: {plain(job.job)}"
    return plain(f"ended with {job.exit_status} {age(job.ended_at, now)} ago: {job.job}: {job.sentence}")
