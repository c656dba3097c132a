"""One import, from files to a report: a run of the store like a crawl, without Scrapy and without the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import msgspec

from solidot_spider import kept_record
from solidot_spider.base import clock, site
from solidot_spider.base.options import Options
from solidot_spider.captures import import_report, importing, reading, saved_files
from solidot_spider.captures.import_report import ImportReport
from solidot_spider.captures.importing import Target
from solidot_spider.captures.tally import EXAMPLES, Tally
from solidot_spider.captures.targets import NoTarget, StoreTarget
from solidot_spider.crawl.run_files import RunFiles
from solidot_spider.store import sites
from solidot_spider.store.errors import NoStoreError
from solidot_spider.store.history import IMPORT
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store

INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class ImportRun:
    """An import that can be run once.

    Attributes:
        chosen: the program's options, which name the store and the site.
        paths: files and directories of captures.
        fetched_at: when a capture was fetched that does not say; None if nobody knows.
        examples: a reason names so many of its captures at most.
        is_stopped: whether to end with what is there; asked again and again.
    """

    chosen: Options
    paths: Sequence[Path]
    fetched_at: datetime | None = None
    examples: int = EXAMPLES
    is_stopped: Callable[[], bool] = lambda: False

    def run(self) -> ImportReport:
        """Import; what became of the captures.

        Raises:
            ArgumentError: a path names nothing, or nothing that can be read.
            OptionError: the store belongs to another site.
            LockedError: another run holds the store.
            StoreError: the store cannot be read or written.
            OSError: the run's name cannot be claimed.
        """
        saved_files.check(self.paths)
        tally, begun, chosen = Tally(self.examples), monotonic(), self.chosen
        with ExitStack() as stack:
            store = stack.enter_context(Store.opened(chosen, create=True, reparse=kept_record.reparse))
            sites.claim(store, chosen.site_url, chosen.mirror_of)
            files = stack.enter_context(RunFiles.claimed(IMPORT, chosen.data_dir))
            stack.enter_context(store.hold(files.name))
            start = self._start(files.name)
            run_id = store.begin(start)
            known = sites.known(store, chosen.site_url, chosen.mirror_of)
            stopped = self._bring(known, StoreTarget(store, run_id), tally)
            report = import_report.report_of(start, tally, monotonic() - begun, stopped=stopped)
            store.end(run_id, **import_report.run_row(report, tally))
        return report

    def dry_run(self) -> ImportReport:
        """Import nothing, and write nothing; what would become of the captures. Raises what ``run`` does."""
        saved_files.check(self.paths)
        tally, begun, chosen = Tally(self.examples), monotonic(), self.chosen
        start = self._start(RunFiles.new(IMPORT, chosen.data_dir).name)
        with ExitStack() as stack:
            store: Store | None = None
            known = frozenset(site.identity(each) for each in (chosen.site_url, chosen.mirror_of) if each)
            try:
                store = stack.enter_context(Store.opened(chosen))
                known = sites.known(store, chosen.site_url, chosen.mirror_of)
            except NoStoreError:
                pass
            stopped = self._bring(known, NoTarget(store), tally)
        return import_report.report_of(start, tally, monotonic() - begun, stopped=stopped, is_dry=True)

    def _bring(self, known: frozenset[str], target: Target, tally: Tally) -> str:
        """Bring all captures to their target; why that ended early, '' if it did not."""
        found = reading.read(self.paths, known, self.fetched_at, tally)
        with closing(found):
            is_whole = importing.bring(found, target, tally, self.fetched_at, self.is_stopped)
        return "" if is_whole else INTERRUPTED

    def _start(self, name: str) -> RunStart:
        given = {"files": [str(path) for path in self.paths]}
        if self.fetched_at is not None:
            given["fetched_at"] = [clock.iso(self.fetched_at)]
        arguments = msgspec.json.encode(given).decode()
        return RunStart(name, IMPORT, arguments, self.chosen.site_url, clock.iso(clock.now()))
