"""Writes the status of a store in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from solidot_spider.base import clock, sids
from solidot_spider.base.console import plain
from solidot_spider.base.durations import duration
from solidot_spider.commands import next_step
from solidot_spider.commands.status_check import age
from solidot_spider.display.colours import Colours

if TYPE_CHECKING:
    from solidot_spider.store.past_runs import PastRun
    from solidot_spider.store.site_times import SiteTimes
    from solidot_spider.store.status import Status, Thousand

BLOCKS = " ▁▂▃▄▅▆▇█"
LEGEND = "1,000 ids a column: █ all settled, ▁ a few, blank none"
_STATES = {"runs": "runs", "killed": "was killed", "open": "has no end: it runs, or was killed"}
_PLAIN = Colours(enabled=False)


def lines(status: Status, now: datetime, width: int | None = None, colours: Colours = _PLAIN) -> Iterator[str]:
    """What the store has, what is missing and why, the last runs, what to do next.

    Args:
        status: a store's status.
        now: the time.
        width: the columns of the terminal, for a bar of the coverage; None if there is no terminal.
        colours: how it is painted.
    """
    yield f"{status.store}: {_stories(status)}, {size(status.bytes)}"
    if status.site:
        yield f"site: {status.site}"
    if status.times is not None and status.times.asked_at is not None:
        yield _asked(status.times, status.times.asked_at, now)
    if status.holder:
        yield f"held by {plain(status.holder)}"
    if status.newest_at:
        yield f"newest story: published {age(status.newest_at, now)} ago"
    known = ", ".join(f"{count:,} {outcome}" for outcome, count in status.outcomes.items() if count)
    yield f"ids: {known or 'none asked yet'}"
    if status.gaps:
        yield f"gaps: {status.gaps:,} ids between the lowest and the highest story (solidot crawl story -a only=gaps)"
    for failure in status.failures:
        shown = sids.parse(",".join(failure.sids)).summary()
        told = f"{plain(failure.reason) or 'no reason known'}: {failure.count:,}: {shown}"
        yield f"{colours.paint(failure.outcome, 'yellow')}: {told}"
    if width and status.coverage:
        yield from _bar(status.coverage, width, colours)
    if status.runs:
        yield "last runs:"
        yield from _runs(status.runs, now, colours)
    yield f"next: {plain(next_step.of(status, now))}"


def _stories(status: Status) -> str:
    if status.first is None or status.last is None:
        return "no stories yet"
    withdrawn = f" ({status.withdrawn:,} withdrawn)" if status.withdrawn else ""
    first, last = (f"{edge.sid} ({edge.day})" for edge in (status.first, status.last))
    return f"{status.stories:,} stories{withdrawn} from {first} to {last}"


def _asked(times: SiteTimes, asked_at: str, now: datetime) -> str:
    """When the site was asked last, and how long it asks to be left alone."""
    told = [f"asked last {age(asked_at, now)} ago"]
    if times.held_until:
        told.append(f"it asks to be left alone until {times.held_until}")
    if times.breaker_until:
        told.append(f"it does not answer; a request may try again at {times.breaker_until}")
    if times.crawl_delay:
        told.append(f"robots.txt asks for {times.crawl_delay:g} s between two requests")
    return "; ".join(told)


def size(count: float) -> str:
    """A number of bytes, for a person."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"


def _bar(coverage: list[Thousand], width: int, colours: Colours) -> Iterator[str]:
    """A block for each thousand sids: the fuller, the more of them are settled."""
    settled = {each.first // 1000: each.stored + each.missing for each in coverage}
    with_stories = [each.first // 1000 for each in coverage if each.stored] or list(settled)
    first, last = min(with_stories), max(with_stories)
    for start in range(first, last + 1, max(10, width - 12)):
        row = range(start, min(start + max(10, width - 12), last + 1))
        bar = "".join(BLOCKS[-(-settled.get(at, 0) * 8 // 1000)] for at in row)
        yield f"{start * 1000:>10,} {colours.paint(bar, 'green')}"
    if len(LEGEND) + 11 <= width:
        yield colours.paint(f"{'':10} {LEGEND}", "dim")


def _runs(runs: list[PastRun], now: datetime, colours: Colours) -> Iterator[str]:
    """A row for each run: its name, when it began, how long it took, what it asked, how it ended."""
    rows = [(plain(run.name), f"{age(run.started_at, now)} ago", _took(run), _counts(run)) for run in runs]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for run, row in zip(runs, rows, strict=True):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {cells}  {colours.paint(plain(_end(run)), _style(run))}"


def _took(run: PastRun) -> str:
    if run.ended_at is None:
        return "-"
    return duration(max(0.0, (clock.parsed(run.ended_at) - clock.parsed(run.started_at)).total_seconds()))


def _counts(run: PastRun) -> str:
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in (run.counts or {}).items() if count)
    return counts or ("-" if run.ended_at is None else "nothing asked")


def _end(run: PastRun) -> str:
    return _STATES.get(run.state) or run.verdict or "all well"


def _style(run: PastRun) -> str:
    if run.state == "runs":
        return "cyan"
    if run.exit_status == 0:
        return "green"
    return "yellow" if run.exit_status == 1 or run.state == "open" else "red"
