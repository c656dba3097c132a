"""The summary that a run ends with, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from solidot_spider.base.console import plain
from solidot_spider.base.outcome import NOT_WRITTEN, SITE_CHANGED, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.run_files import RunFiles
from solidot_spider.crawl.session import Session


def lines(
    files: RunFiles, session: Session, seconds: float, feeds: Iterable[tuple[Path, Path | None]], site: str
) -> Iterator[str]:
    """The whole summary.

    Args:
        files: the run's name and its files.
        session: the crawl's session, closed.
        seconds: how long it took.
        feeds: each file that was asked for, and the part that holds the new records if the file was left as it was.
        site: the base of the site that was asked.
    """
    yield from outcomes(
        files.name,
        session.ledger,
        session.plan,
        seconds,
        stopped=session.stopped,
        trouble=trouble(session, site),
        goes_on=not session.asks_all,
    )
    yield from changes(session)
    yield from (f"  {remark}" for remark in session.remarks)
    for target, left in feeds:
        if left:
            yield f"  {target} is as it was; the new lines are in {left}"
        elif target.exists():
            yield f"  records: {target}"
    for part in files.killed():
        yield f"  {part} was left by a run that was killed; its lines are whole"


def outcomes(  # noqa: PLR0913 - all that the lines tell
    name: str, ledger: Ledger, plan: Plan, seconds: float, *, stopped: str = "", trouble: str = "", goes_on: bool = True
) -> Iterator[str]:
    """How the ids ended, and why those that did not settle.

    Args:
        name: the run's name.
        ledger: its outcomes.
        plan: the ids that it was to ask.
        seconds: how long it took.
        stopped: why it ended before its last id; '' if it did not.
        trouble: why nothing came; '' if something did.
        goes_on: whether the same run, repeated, goes on with the ids that are left.
    """
    yield f"{name}: {_asked(ledger, seconds, stopped, goes_on=goes_on)}: {_counts(ledger, trouble)}"
    if plan.settled_before:
        yield f"  {plan.settled_before} settled before"
    if plan.not_due:
        yield f"  {plan.not_due} could not be read lately, and are asked again later"
    for outcome, reason, ranges in ledger.unsettled():
        yield f"  {outcome}: {plain(reason) or 'no reason known'}: {Sids(ranges).summary()}"


def _asked(ledger: Ledger, seconds: float, stopped: str, *, goes_on: bool) -> str:
    if not ledger.left:
        return f"{ledger.asked:,} asked in {seconds:.1f} s"
    cap = f" ({stopped.removesuffix(' reached').removesuffix(' are over')})" if stopped else ""
    left = f"{ledger.left:,} left" + (": repeat it to go on" if goes_on else "")
    return f"{ledger.asked:,} asked{cap}, {left}; in {seconds:.1f} s"


def _counts(ledger: Ledger, trouble: str) -> str:
    counts = ", ".join(f"{ledger.counts[each]} {each}" for each in Outcome if ledger.counts[each])
    if trouble:
        return plain(trouble) + (f": {counts}" if counts else "")
    return counts or "nothing to ask"


def trouble(session: Session, site: str) -> str:
    """Why nothing came from a site; '' if something did, or if nothing was to come."""
    ledger = session.ledger
    if ledger.total != ledger.counts[Outcome.FAILED] + ledger.left:
        return ""
    reasons = [
        (ledger.count_of(outcome, why), why) for outcome, why, _ in ledger.unsettled() if outcome is Outcome.FAILED
    ]
    reason = session.list_reason or max(reasons, default=(0, ""))[1]
    if not reason or session.list_status == SITE_CHANGED or reason == NOT_WRITTEN:
        return session.list_reason
    return f"nothing came from {site}: {reason}"


def changes(session: Session) -> Iterator[str]:
    """What the stored stories changed in the store; of a single story every field."""
    recorder = session.recorder
    if session.arguments.is_single and recorder.last_change is not None:
        sid, change = recorder.last_change
        yield from (f"  {line}" for line in change.lines(sid))
    elif recorder.changes:
        yield "  " + ", ".join(f"{count} {kind}" for kind, count in recorder.changes.items())
