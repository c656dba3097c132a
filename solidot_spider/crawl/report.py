"""The report of a run as one JSON object: what the summary says, for programs (README, *The report*)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from solidot_spider.base.files import replacing
from solidot_spider.base.outcome import Ledger, Outcome

Count = Annotated[int, Meta(ge=0)]


class Unsettled(Struct):
    """Ids that did not settle for the same reason; ``sids`` are ids and ranges, as ``sids=`` takes them."""

    outcome: str
    reason: str
    count: Count
    sids: list[str]


class Report(Struct, forbid_unknown_fields=True):
    """A run that has ended. The counts add up to ``asked``; times are ISO 8601, UTC."""

    run: str
    spider: str
    arguments: dict[str, str]
    site: str
    started_at: str
    ended_at: str
    seconds: float
    asked: Count
    settled_before: Count
    """Ids given that were not asked, because the store has settled them."""
    not_due: Count
    """Ids given that were not asked, because their pages could not be read lately."""
    counts: dict[str, Count]
    changes: dict[str, Count]
    """How many of the stories stored were ``new``, ``changed``, ``unchanged`` or ``older`` than what the store has."""
    unsettled: list[Unsettled]
    remarks: list[str]
    """What the spider has to say beside the counts, as the summary has it."""
    notes: dict[str, Count]
    """What was odd on pages whose story is stored: where two places disagreed, or a second witness had to serve."""
    requests: Count
    retries: Count
    breaker_opened: Count
    stopped: str
    """Why the run ended before its last id; '' where it did not."""
    interrupted: bool
    questions: dict[str, str]
    """The questions of the verdict by name; why one failed, '' where it is passed."""
    exit_status: int
    verdict: str
    """Why the exit status is not 0; '' where it is."""
    records: list[str]
    """The files that hold the records."""
    retry: str | None
    """The file of the ids that did not settle."""


def row(made: Report, ledger: Ledger) -> dict[str, Any]:
    """The columns of a run's row in the store that are known at its end."""
    unasked = [(outcome, reason, [str(each) for each in ranges]) for outcome, reason, ranges in ledger.unasked()]
    return {
        "asked": made.asked,
        "settled_before": made.settled_before,
        "counts": _json(made.counts),
        "unasked": _json(unasked) if unasked else None,
        "questions": _json(made.questions),
        "exit_status": made.exit_status,
        "verdict": made.verdict,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def counts(ledger: Ledger) -> dict[str, int]:
    """How many ids ended in each outcome, those that none ended in too."""
    return {str(outcome): ledger.counts[outcome] for outcome in Outcome}


def unsettled(ledger: Ledger) -> list[Unsettled]:
    """What did not settle, by outcome and reason."""
    return [
        Unsettled(str(outcome), reason, ledger.count_of(outcome, reason), [str(each) for each in ranges])
        for outcome, reason, ranges in ledger.unsettled()
    ]


def notes(stats: dict[str, Any]) -> dict[str, int]:
    """The notes on pages among a crawl's statistics."""
    return {name.removeprefix("page/"): count for name, count in sorted(stats.items()) if name.startswith("page/")}


def write(report: Report, path: Path) -> None:
    """Write a report whole, in place of an old one.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def read(data: bytes) -> Report:
    """A report from its file's bytes.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return msgspec.json.decode(data, type=Report)
