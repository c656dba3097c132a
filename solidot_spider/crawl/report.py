"""Makes the report of a run, one JSON object: what the summary says, for programs.

The page on it (docs/run-report.md, *The report of a run*) lists its keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from solidot_spider.base import clock
from solidot_spider.base.files import replacing
from solidot_spider.base.outcome import Outcome
from solidot_spider.crawl.exit_status import explained
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.session import Session
from solidot_spider.store.runs import RunEnd, RunStart

NOTE = "solidot/note/"
"""What the stats that count notes on pages begin with."""

Count = Annotated[int, Meta(ge=0)]


class Unsettled(Struct):
    """Ids that did not settle for the same reason; ``sids`` are ids and ranges, as ``sids=`` takes them."""

    outcome: str
    reason: str
    count: Count
    sids: list[str]


class Report(Struct, forbid_unknown_fields=True):
    """A run that has ended. The counts add up to the ids that it had to ask; times are ISO 8601, UTC."""

    run: str
    spider: str
    arguments: dict[str, str]
    site: str
    started_at: str
    ended_at: str
    seconds: float
    asked: Count
    """Ids that were really asked."""
    left: Count
    """Ids that the run did not get to."""
    settled_before: Count
    """Ids given that were not asked, because the store has settled them."""
    not_due: Count
    """Ids given that were not asked, because their pages could not be read lately."""
    counts: dict[str, Count]
    changes: dict[str, Count]
    """How many of the stories stored were ``new``, ``changed``, ``unchanged`` or ``older`` than what the store has."""
    unsettled: list[Unsettled]
    remarks: list[str]
    """What the spider remarks beside the counts, as the summary has it."""
    notes: dict[str, Count]
    """What was odd on pages of stored stories: two places that disagreed, or a part that only a second place had."""
    requests: Count
    retries: Count
    breaker_opened: Count
    stopped: str
    """Why the run ended before its last id; '' if it did not."""
    interrupted: bool
    questions: dict[str, str]
    """The questions of the verdict by name; why one failed, '' if it is passed."""
    exit_status: int
    verdict: str
    """Why the exit status is not 0; '' if it is."""
    records: list[str]
    """The files that hold the records."""
    retry: str | None
    """The file of the ids that did not settle."""


def report_of(  # noqa: PLR0913 - all that a report is made of
    start: RunStart,
    seconds: float,
    session: Session,
    stats: Mapping[str, Any],
    *,
    status: int,
    records: Sequence[str] = (),
    retry: str | None = None,
    error: str = "",
) -> Report:
    """The report of a run that has ended now.

    Args:
        start: what the run began with.
        seconds: how long it took.
        session: its session, closed.
        stats: Scrapy's stats of the crawl.
        status: its exit status.
        records: the files that hold the records.
        retry: the retry file, if there is one.
        error: what could not be opened or written, '' for nothing.
    """
    facts = session.facts()
    return Report(
        run=start.name,
        spider=start.spider,
        arguments=msgspec.json.decode(start.arguments),
        site=start.site,
        started_at=start.started_at,
        ended_at=clock.iso(clock.last()),
        seconds=seconds,
        **_of_session(session),
        **_of_stats(stats),
        questions={question.name: question.why for question in facts.questions},
        exit_status=status,
        verdict=": ".join(filter(None, (explained(status, session.ledger, facts), error))),
        records=list(records),
        retry=retry,
    )


def _of_stats(stats: Mapping[str, Any]) -> dict[str, Any]:
    """What the report says of the pages and the requests."""
    return {
        "notes": {name.removeprefix(NOTE): count for name, count in sorted(stats.items()) if name.startswith(NOTE)},
        "requests": stats.get("downloader/request_count", 0),
        "retries": stats.get("retry/count", 0),
    }


def _of_session(session: Session) -> dict[str, Any]:
    """What the report says of the ids, and of how the run went."""
    ledger, plan = session.ledger, session.plan
    return {
        "asked": ledger.asked,
        "left": ledger.left,
        "settled_before": plan.settled_before,
        "not_due": plan.not_due,
        "counts": {str(outcome): ledger.counts[outcome] for outcome in Outcome},
        "changes": dict(session.recorder.changes),
        "unsettled": [
            Unsettled(str(outcome), reason, ledger.count_of(outcome, reason), [str(each) for each in ranges])
            for outcome, reason, ranges in ledger.unsettled()
        ],
        "remarks": session.remarks,
        "breaker_opened": session.breaker_openings,
        "stopped": session.stopped,
        "interrupted": session.interrupted,
    }


def run_row(report: Report, ledger: Ledger) -> RunEnd:
    """The columns of a run's row in the store that are known at its end."""
    unasked = [(outcome, reason, [str(each) for each in ranges]) for outcome, reason, ranges in ledger.unasked()]
    return {
        "ended_at": report.ended_at,
        "asked": report.asked,
        "settled_before": report.settled_before,
        "counts": _json(report.counts),
        "unasked": _json(unasked) if unasked else None,
        "questions": _json(report.questions),
        "exit_status": report.exit_status,
        "verdict": report.verdict,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def write(report: Report, path: Path) -> None:
    """Write a report whole, in place of an old one.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def load(data: bytes) -> Report:
    """A report from its file's bytes.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return msgspec.json.decode(data, type=Report)
