"""The end of a run: summary, files, report and exit status, all of them views of its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import msgspec
from scrapy.crawler import Crawler

from solidot_spider.base import clock
from solidot_spider.base.console import Voice
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CANNOT_WRITE, TROUBLE, Ledger
from solidot_spider.crawl import report, run_files
from solidot_spider.crawl.report import Report
from solidot_spider.crawl.run_files import Run
from solidot_spider.crawl.session import Session
from solidot_spider.extensions.feed import StoryFeed, is_running
from solidot_spider.spiders.base import AskingSpider
from solidot_spider.store.database import StoreError
from solidot_spider.store.store import RunStart


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run began with: files, spider, arguments as given, options, and when, by the clock and monotonic."""

    run_files: Run
    spider: str
    arguments: dict[str, str]
    options: Options
    at: datetime
    monotonic: float

    @property
    def row(self) -> RunStart:
        """The same for the store."""
        given = msgspec.json.encode(self.arguments).decode()
        return RunStart(self.run_files.name, self.spider, given, self.options.site_url, clock.iso(self.at))


def tell(crawler: Crawler, began: Beginning, session: Session, voice: Voice, report_file: str | None) -> int:
    """Tell what became of a run that has ended, write its files and its row, and say its exit status."""
    spider, feed = crawler.spider, crawler.get_extension(StoryFeed)
    if not isinstance(spider, AskingSpider) or feed is None:
        voice.say("the crawl could not begin; the log above says why")
        return TROUBLE
    seconds = monotonic() - began.monotonic
    for line in (
        *run_files.summary(began.run_files, spider.ledger, spider.choice, seconds),
        *_changes(spider),
        *(f"  {remark}" for remark in spider.remarks),
        *_files(feed, began.run_files),
    ):
        voice.say(line)
    retry, error = _write_retry(spider, began.run_files)
    if retry:
        voice.say(f"  ask again: solidot crawl story -a sids=@{retry}")
    error = spider.store_error or error or feed.error
    status = spider.exit_status(cannot_write=bool(error))
    if not spider.store_error:
        error = error or _end_session(session, _report(crawler, spider, feed, began, status), spider.ledger)
        status = CANNOT_WRITE if error else status
    if report_file:
        error = error or _write_report(_report(crawler, spider, feed, began, status), Path(report_file))
        status = CANNOT_WRITE if error else status
    if session.store is not None:
        run_files.remove_old_feeds(began.run_files.directory, began.options.keep_feeds)
    if status:
        why = _why(spider, status)
        voice.say(f"{why}: {error}" if error else why)
    return status


def _why(spider: AskingSpider, status: int) -> str:
    return run_files.verdict(
        status, spider.ledger, spider.questions, stopped=spider.stopped, lists_reason=spider.lists_reason
    )


def _report(crawler: Crawler, spider: AskingSpider, feed: StoryFeed, began: Beginning, status: int) -> Report:
    stats = crawler.stats.get_stats()
    written = [each.left or each.target for each in feed.files]
    return Report(
        run=began.run_files.name,
        spider=began.spider,
        arguments=began.arguments,
        site=began.options.site_url,
        started_at=clock.iso(began.at),
        ended_at=clock.iso(clock.now()),
        seconds=round(monotonic() - began.monotonic, 3),
        asked=spider.ledger.asked,
        settled_before=spider.choice.settled_before,
        not_due=spider.choice.not_due,
        counts=report.counts(spider.ledger),
        changes=spider.answers.changes,
        unsettled=report.unsettled(spider.ledger),
        remarks=spider.remarks,
        notes=report.notes(stats),
        requests=stats.get("downloader/request_count", 0),
        retries=stats.get("retry/count", 0),
        breaker_opened=spider.gate.breaker.openings,
        stopped=spider.stopped,
        interrupted=spider.interrupted,
        questions={question.name: question.why for question in spider.questions},
        exit_status=status,
        verdict=_why(spider, status),
        records=[str(path) for path in written if path.exists()],
        retry=str(began.run_files.retry) if began.run_files.retry.exists() else None,
    )


def _changes(spider: AskingSpider) -> Iterator[str]:
    """What the stored stories changed of what the store had."""
    answers = spider.answers
    if spider.arguments.is_single and answers.last_change is not None:
        sid, change = answers.last_change
        yield from (f"  {line}" for line in change.lines(sid))
    elif answers.changes:
        yield "  " + ", ".join(f"{count} {kind}" for kind, count in answers.changes.items())


def _end_session(session: Session, made: Report, ledger: Ledger) -> str:
    """Write the run's row; why that failed, '' where it did not."""
    try:
        session.end(**report.row(made, ledger))
    except StoreError as error:
        return str(error)
    return ""


def _files(feed: StoryFeed, this: Run) -> Iterator[str]:
    """Where the records are, and what runs that were killed have left."""
    for storage in feed.files:
        if storage.left:
            yield f"  {storage.target} is as it was; the new lines are in {storage.left}"
        elif storage.target.exists():
            yield f"  records: {storage.target}"
    for part in sorted(this.directory.glob("*.jsonl.part")):
        if not is_running(part):
            yield f"  {part} was left by a run that was killed; its lines are whole"


def _write_retry(spider: AskingSpider, this: Run) -> tuple[Path | None, str]:
    """The file of the ids that did not settle, and why it could not be written."""
    try:
        return run_files.write_retry(this, spider.ledger), ""
    except OSError as error:
        return None, f"{this.retry}: {error.strerror}"


def _write_report(made: Report, path: Path) -> str:
    """Write the report; why that failed, '' where it did not."""
    try:
        report.write(made, path)
    except OSError as error:
        return f"{path}: {error.strerror}"
    return ""
