"""A run: its name, the files it leaves, and the summary it ends with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from solidot_spider.base import clock
from solidot_spider.base.console import plain
from solidot_spider.base.files import replacing
from solidot_spider.base.outcome import CANNOT_WRITE, HOME_FOR_ALL, OK, SETTLED, SITE_CHANGED, Ledger, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.verdict import Question

_FEED = re.compile(r"[a-z]+-\d{8}T\d{6}Z-\d+(?:-\d+)?\.jsonl")


@dataclass(frozen=True, slots=True)
class Run:
    """A run's name, and the directory of its files."""

    name: str
    directory: Path

    @property
    def feed(self) -> Path:
        """The default feed."""
        return self.directory / f"{self.name}.jsonl"

    @property
    def part(self) -> Path:
        """The default feed while it is written."""
        return self.directory / f"{self.name}.jsonl.part"

    @property
    def retry(self) -> Path:
        """The ids that did not settle, as ``-a sids=@FILE`` takes them."""
        return self.directory / f"{self.name}.retry.txt"


def named(spider: str, data_dir: Path) -> Run:
    """A run of this spider, beginning now, under a name that no file of another run has."""
    stem = f"{spider}-{clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}"
    number = 1
    while True:
        run = Run(stem if number == 1 else f"{stem}-{number}", data_dir / "runs")
        if not any(path.exists() for path in (run.feed, run.part, run.retry)):
            return run
        number += 1


def write_retry(run: Run, ledger: Ledger) -> Path | None:
    """Write the ids that did not settle, each range with its outcome and reason; None where all did.

    Raises:
        OSError: the file cannot be written.
    """
    lines = [
        f"{each}  # {outcome}{': ' if reason else ''}{plain(reason)}\n"
        for outcome, reason, ranges in ledger.unsettled()
        for each in ranges
    ]
    if not lines:
        return None
    run.directory.mkdir(parents=True, exist_ok=True)
    with replacing(run.retry) as file:
        file.write("".join(lines).encode())
    return run.retry


def remove_old_feeds(directory: Path, keep: int) -> None:
    """Remove the runs' own feeds but the newest ones: their records are in the store."""
    feeds = [path for path in directory.glob("*.jsonl") if _FEED.fullmatch(path.name)]
    with suppress(OSError):  # another run may do the same
        for path in sorted(feeds, key=lambda path: path.stat().st_mtime_ns, reverse=True)[keep:]:
            path.unlink()


def summary(run: Run, ledger: Ledger, plan: Plan, seconds: float) -> Iterator[str]:
    """What became of the ids asked, in lines for a person."""
    counts = ", ".join(f"{ledger.counts[each]} {each}" for each in Outcome if ledger.counts[each])
    yield f"{run.name}: {ledger.asked} asked in {seconds:.1f} s: {counts or 'nothing to ask'}"
    if plan.settled_before:
        yield f"  {plan.settled_before} settled before"
    if plan.not_due:
        yield f"  {plan.not_due} could not be read lately, and are asked again later"
    for outcome, reason, ranges in ledger.unsettled():
        yield f"  {outcome}: {plain(reason) or 'no reason known'}: {Sids(ranges).summary()}"


def verdict(
    status: int, ledger: Ledger, questions: Iterable[Question] = (), *, stopped: str = "", lists_reason: str = ""
) -> str:
    """A sentence that says why the run ends with this exit status.

    Args:
        status: the exit status.
        ledger: the run's outcomes.
        questions: those that the run must pass.
        stopped: why the run ended before its last id; '' where it did not.
        lists_reason: what was wrong with the list pages; '' where nothing was.
    """
    if status == OK:
        return ""
    if status == CANNOT_WRITE:
        return "exit status 4: a file or the store could not be written"
    if status == SITE_CHANGED:
        if ledger.count_of(Outcome.UNPARSED, HOME_FOR_ALL):
            return "exit status 3: the site answers its home page to stories that it has; ask again later"
        failed = [f"{question.name} {question.why}" for question in questions if question.why]
        failed += [lists_reason] if lists_reason else []
        return f"exit status 3: the site seems changed: {'; '.join(failed) or 'too many pages could not be read'}"
    if any(ledger.counts[each] for each in Outcome if each not in SETTLED and each is not Outcome.NOT_TRIED):
        return "exit status 1: some ids did not settle" + (f"; {stopped}" if stopped else "")
    return (
        f"exit status 1: {lists_reason or stopped or 'the run was interrupted, or the site did not answer for a while'}"
    )
