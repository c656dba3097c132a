"""Makes the report of an import, for a file and for a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from solidot_spider.base import clock
from solidot_spider.base.files import replacing
from solidot_spider.base.outcome import OK, TROUBLE
from solidot_spider.captures.tally import LeftOut, Tally
from solidot_spider.store.runs import RunEnd, RunStart

Count = Annotated[int, Meta(ge=0)]

_TOLD = {
    "new": "new",
    "changed": "changed",
    "unchanged": "unchanged",
    "same": "there already",
    "older": "older than what is there",
    "lesser": "Markdown of what is there as a page",
}


class ImportReport(Struct, forbid_unknown_fields=True):
    """An import that has ended; times are ISO 8601, UTC."""

    run: str
    site: str
    started_at: str
    ended_at: str
    seconds: float
    dry_run: bool
    """Whether nothing was written, and all this is what would become of the captures."""
    files: Count
    captures: Count
    """The pages of stories that the files hold."""
    stored: Count
    """How many of them became records, or took the place of one."""
    changes: dict[str, Count]
    """How many records were ``new``, ``changed`` or ``unchanged``, and how many captures gave none to the store: it has
    the ``same``, or a younger page (``older``), or a page where the capture is Markdown (``lesser``)."""
    origins: dict[str, Count]
    unknown_fields: dict[str, Count]
    """Fields that captures in Markdown cannot know, and in how many records."""
    left_out: list[LeftOut]
    interrupted: bool
    exit_status: int
    verdict: str
    """Why the exit status is not 0; '' if it is."""

    def lines(self) -> Iterator[str]:
        """What became of the captures, for a person."""
        told = ", ".join(f"{self.changes[kind]:,} {words}" for kind, words in _TOLD.items() if kind in self.changes)
        would = "would be stored" if self.dry_run else "stored"
        yield f"{self.run}: {self.captures:,} captures in {self.seconds:.1f} s: {self.stored:,} {would}"
        if told:
            yield f"  {told}"
        if self.unknown_fields:
            fields = ", ".join(f"{name} ({count:,})" for name, count in self.unknown_fields.items())
            yield f"  not known from Markdown: {fields}"
        yield from (f"  {each.line()}" for each in self.left_out)
        if self.verdict:
            yield self.verdict


def report_of(
    start: RunStart, tally: Tally, seconds: float, *, stopped: str = "", is_dry: bool = False
) -> ImportReport:
    """The report of an import that has ended now.

    Args:
        start: what its run began with.
        tally: its counts.
        seconds: how long it took.
        stopped: why it ended before its last file; '' if it did not.
        is_dry: whether nothing was written.
    """
    status = TROUBLE if stopped or tally.is_trouble else OK
    why = f"{stopped}: repeat it to go on" if stopped else "some captures could not be read"
    return ImportReport(
        run=start.name,
        site=start.site,
        started_at=start.started_at,
        ended_at=clock.iso(clock.last()),
        seconds=seconds,
        dry_run=is_dry,
        files=tally.files,
        captures=tally.captures,
        stored=tally.stored,
        changes=dict(tally.changes),
        origins=dict(tally.origins),
        unknown_fields=dict(tally.unknown),
        left_out=tally.left(),
        interrupted=bool(stopped),
        exit_status=status,
        verdict=f"exit status {status}: {why}" if status else "",
    )


def run_row(report: ImportReport, tally: Tally) -> RunEnd:
    """The columns of the run's row in the store that are known at its end."""
    return {
        "ended_at": report.ended_at,
        "asked": 0,
        "settled_before": tally.changes.total() - tally.stored,
        "counts": msgspec.json.encode(tally.outcomes()).decode(),
        "unasked": None,
        "questions": "{}",
        "exit_status": report.exit_status,
        "verdict": report.verdict,
    }


def write(report: ImportReport, path: Path) -> None:
    """Write a report whole, in place of an old one.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
