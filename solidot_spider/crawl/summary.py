"""The summary that a run ends with, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from solidot_spider.base.console import plain
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.run_files import RunFiles
from solidot_spider.crawl.session import Session


def lines(
    files: RunFiles, session: Session, seconds: float, feeds: Iterable[tuple[Path, Path | None]]
) -> Iterator[str]:
    """The whole summary.

    Args:
        files: the run's name and its files.
        session: the crawl's session, closed.
        seconds: how long it took.
        feeds: each file that was asked for, and the part that holds the new records if the file was left as it was.
    """
    yield from outcomes(files.name, session.ledger, session.plan, seconds)
    yield from changes(session)
    yield from (f"  {remark}" for remark in session.remarks)
    for target, left in feeds:
        if left:
            yield f"  {target} is as it was; the new lines are in {left}"
        elif target.exists():
            yield f"  records: {target}"
    for part in files.killed():
        yield f"  {part} was left by a run that was killed; its lines are whole"


def outcomes(name: str, ledger: Ledger, plan: Plan, seconds: float) -> Iterator[str]:
    """How the ids ended, and why those that did not settle.

    Args:
        name: the run's name.
        ledger: its outcomes.
        plan: the ids that it was to ask.
        seconds: how long it took.
    """
    counts = ", ".join(f"{ledger.counts[each]} {each}" for each in Outcome if ledger.counts[each])
    yield f"{name}: {ledger.asked} asked in {seconds:.1f} s: {counts or 'nothing to ask'}"
    if plan.settled_before:
        yield f"  {plan.settled_before} settled before"
    if plan.not_due:
        yield f"  {plan.not_due} could not be read lately, and are asked again later"
    for outcome, reason, ranges in ledger.unsettled():
        yield f"  {outcome}: {plain(reason) or 'no reason known'}: {Sids(ranges).summary()}"


def changes(session: Session) -> Iterator[str]:
    """What the stored stories changed in the store; of a single story every field."""
    recorder = session.recorder
    if session.arguments.is_single and recorder.last_change is not None:
        sid, change = recorder.last_change
        yield from (f"  {line}" for line in change.lines(sid))
    elif recorder.changes:
        yield "  " + ", ".join(f"{count} {kind}" for kind, count in recorder.changes.items())
