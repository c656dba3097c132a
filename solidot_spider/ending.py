"""The end of a run: summary, files, report and exit status, all of them views of its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from scrapy.crawler import Crawler

from solidot_spider import clock, report, run
from solidot_spider.feed import StoryFeed, is_running
from solidot_spider.outcome import CANNOT_WRITE, TROUBLE
from solidot_spider.report import Report
from solidot_spider.run import Run
from solidot_spider.spiders.asking import AskingSpider
from solidot_spider.voice import Voice


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run began with: its files, its arguments as given, its site, and when, by the clock and monotonic."""

    run: Run
    arguments: dict[str, str]
    site: str
    at: datetime
    monotonic: float


def tell(crawler: Crawler, began: Beginning, voice: Voice, report_file: str | None) -> int:
    """Tell what became of a run that has ended, write its files, and say its exit status."""
    spider, feed = crawler.spider, crawler.get_extension(StoryFeed)
    if not isinstance(spider, AskingSpider) or feed is None:
        voice.say("the crawl could not begin; the log above says why")
        return TROUBLE
    seconds = monotonic() - began.monotonic
    for line in (*run.summary(began.run, spider.ledger, seconds), *_files(feed, began.run)):
        voice.say(line)
    retry, error = _write_retry(spider, began.run)
    if retry:
        voice.say(f"  ask again: solidot crawl story -a sids=@{retry}")
    error = error or feed.error
    status = spider.exit_status(cannot_write=bool(error))
    if report_file and not error:
        error = _write_report(_report(crawler, spider, feed, began, status), Path(report_file))
        status = CANNOT_WRITE if error else status
    if status:
        why = run.verdict(status, spider.ledger, stopped=spider.stopped)
        voice.say(f"{why}: {error}" if error else why)
    return status


def _report(crawler: Crawler, spider: AskingSpider, feed: StoryFeed, began: Beginning, status: int) -> Report:
    stats = crawler.stats.get_stats()
    written = [each.left or each.target for each in feed.files]
    return Report(
        run=began.run.name,
        spider=spider.name,
        arguments=began.arguments,
        site=began.site,
        started_at=report.iso(began.at),
        ended_at=report.iso(clock.now()),
        seconds=round(monotonic() - began.monotonic, 3),
        asked=spider.ledger.asked,
        counts=report.counts(spider.ledger),
        unsettled=report.unsettled(spider.ledger),
        notes=report.notes(stats),
        requests=stats.get("downloader/request_count", 0),
        retries=stats.get("retry/count", 0),
        breaker_opened=spider.gate.breaker.openings,
        stopped=spider.stopped,
        interrupted=spider.interrupted,
        exit_status=status,
        verdict=run.verdict(status, spider.ledger, stopped=spider.stopped),
        records=[str(path) for path in written if path.exists()],
        retry=str(began.run.retry) if began.run.retry.exists() else None,
    )


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
        return run.write_retry(this, spider.ledger), ""
    except OSError as error:
        return None, f"{this.retry}: {error.strerror}"


def _write_report(made: Report, path: Path) -> str:
    """Write the report; why that failed, '' where it did not."""
    try:
        report.write(made, path)
    except OSError as error:
        return f"{path}: {error.strerror}"
    return ""
