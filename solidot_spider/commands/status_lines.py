"""Writes the status of a store in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from solidot_spider.base import sids
from solidot_spider.base.console import plain

if TYPE_CHECKING:  # Scrapy imports this module with all its commands: SQLAlchemy would cost each of them 0.2 s
    from solidot_spider.store.status import PastRun, Status, Thousand

BLOCKS = " ▁▂▃▄▅▆▇█"


def lines(status: Status, width: int | None = None) -> Iterator[str]:
    """What the store has, what is missing and why, the last runs.

    Args:
        status: a store's status.
        width: the columns of the terminal, for a bar of the coverage; None if there is no terminal.
    """
    yield f"{status.store}: {_stories(status)}, {size(status.bytes)}"
    if status.site:
        yield f"site: {status.site}"
    known = ", ".join(f"{count:,} {outcome}" for outcome, count in status.outcomes.items() if count)
    yield f"ids: {known or 'none asked yet'}"
    if status.gaps:
        yield f"gaps: {status.gaps:,} ids between the lowest and the highest story (solidot crawl story -a only=gaps)"
    for failure in status.failures:
        shown = sids.parse(",".join(failure.sids)).summary()
        yield f"{failure.outcome}: {plain(failure.reason) or 'no reason known'}: {failure.count:,}: {shown}"
    if width and status.coverage:
        yield from _bar(status.coverage, width)
    for run in status.runs:
        yield _run(run)


def _stories(status: Status) -> str:
    if status.first is None or status.last is None:
        return "no stories yet"
    withdrawn = f" ({status.withdrawn:,} withdrawn)" if status.withdrawn else ""
    first, last = (f"{edge.sid} ({edge.day})" for edge in (status.first, status.last))
    return f"{status.stories:,} stories{withdrawn} from {first} to {last}"


def size(count: float) -> str:
    """A number of bytes, for a person."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"


def _bar(coverage: list[Thousand], width: int) -> Iterator[str]:
    """A block for each thousand sids: the fuller, the more of them are settled."""
    settled = {each.first // 1000: each.stored + each.missing for each in coverage}
    with_stories = [each.first // 1000 for each in coverage if each.stored] or list(settled)
    first, last = min(with_stories), max(with_stories)
    for start in range(first, last + 1, max(10, width - 12)):
        row = range(start, min(start + max(10, width - 12), last + 1))
        bar = "".join(BLOCKS[-(-settled.get(at, 0) * 8 // 1000)] for at in row)
        yield f"{start * 1000:>10,} {bar}"


def _run(run: PastRun) -> str:
    if run.ended_at is None:
        return f"{run.name}: runs still, or was killed"
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in (run.counts or {}).items() if count)
    return f"{run.name}: {counts or 'nothing asked'}: {run.verdict or 'all well'}"
