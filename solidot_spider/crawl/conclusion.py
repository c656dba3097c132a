"""Writes what a run leaves at its end, before anything of it is told: the retry file, its row in the store, the report.

Each says whether the others could be written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from solidot_spider.base.outcome import CANNOT_WRITE, HELD, TROUBLE
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import report, stopping
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.exit_status import exit_status
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.report import Report
from solidot_spider.crawl.run_files import RunFiles
from solidot_spider.crawl.session import Session
from solidot_spider.store.errors import StoreError
from solidot_spider.store.lock.errors import LockedError
from solidot_spider.store.runs import RunStart

Feeds = Sequence[tuple[Path, Path | None]]
"""Each file that was asked for, and the part that holds the new records if the file was left as it was."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end of a run.

    Attributes:
        start: what the run began with.
        files: its files.
        report_file: where the report is written; None for nowhere.
        started: when it began, on the monotonic clock.
    """

    start: RunStart
    files: RunFiles
    report_file: Path | None
    started: float = field(default_factory=monotonic)

    def write(
        self, session: Session, stats: Mapping[str, Any], feeds: Feeds, *, error: str = "", has_begun: bool = True
    ) -> Report:
        """Write all; the report.

        Args:
            session: the run's session, closed.
            stats: Scrapy's stats of the crawl.
            feeds: its feeds, published.
            error: why a feed could not be written; '' for nothing.
            has_begun: whether all components of the crawl could be made.
        """

        def ended() -> Report:
            status = exit_status(session.ledger, session.facts(cannot_write=bool(error)))
            return report.report_of(
                self.start,
                round(monotonic() - self.started, 3),
                session,
                stats,
                status=status if has_begun else max(status, TROUBLE),
                records=[str(path) for target, left in feeds if (path := left or target).exists()],
                retry=str(self.files.retry) if self.files.retry.exists() else None,
                error=error,
            )

        unwritten = self._write_retry(session)
        error = session.recorder.store_error or unwritten or error
        unwritten = self._write_row(ended(), session)
        error = error or unwritten
        unwritten = self._write_report(ended())
        if unwritten and not error:
            error = unwritten
            self._write_row(ended(), session)
        return ended()

    def refuse(self, arguments: Arguments, error: StoreError | LockedError) -> None:
        """Let the report say that nothing was asked, and why: an old one would tell of another run."""
        status = HELD if isinstance(error, LockedError) else CANNOT_WRITE
        nothing = Session(arguments, Plan(Sids()))
        seconds = round(monotonic() - self.started, 3)
        self._write_report(report.report_of(self.start, seconds, nothing, {}, status=status, error=str(error)))

    def _write_retry(self, session: Session) -> str:
        """Write the retry file; why that failed, '' if it did not."""
        try:
            self.files.write_retry(session.ledger, with_left=not stopping.is_capped(session))
        except OSError as error:
            return f"{self.files.retry}: {error.strerror}"
        return ""

    def _write_row(self, ended: Report, session: Session) -> str:
        """Write the run's row in the store; why that failed, '' if it did not."""
        try:
            if session.store is not None:  # it may be there again, though a commit has failed
                session.store.end(session.run_id, **report.run_row(ended, session.ledger))
        except StoreError as error:
            session.recorder.fail(error)
            return str(error)
        return ""

    def _write_report(self, ended: Report) -> str:
        """Write the report; why that failed, '' if it did not."""
        try:
            if self.report_file:
                report.write(ended, self.report_file)
        except OSError as error:
            return f"{self.report_file}: {error.strerror}"
        return ""
