"""One crawl, from options and arguments to a report: for ``solidot crawl``, for tests, and for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace

import msgspec
from scrapy.crawler import AsyncCrawlerProcess, CrawlerProcess
from scrapy.settings import SETTINGS_PRIORITIES, Settings

from solidot_spider import kept_record
from solidot_spider.base import clock, options
from solidot_spider.base.console import Console
from solidot_spider.base.outcome import OK, TROUBLE
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import component_checks, plan, setting_checks, summary
from solidot_spider.crawl.argument_conflicts import check_store, check_whole_answer, report_path
from solidot_spider.crawl.conclusion import Conclusion
from solidot_spider.crawl.exit_status import exit_status
from solidot_spider.crawl.feeds import feeds_of
from solidot_spider.crawl.plan import Plan
from solidot_spider.crawl.report import Report
from solidot_spider.crawl.run_files import RunFiles
from solidot_spider.crawl.session import Session, session_of
from solidot_spider.crawl.stoppable_crawler import StoppableCrawler
from solidot_spider.extensions.feed import StoryFeed
from solidot_spider.probe import expected_stories
from solidot_spider.spiders.base import SidSpider
from solidot_spider.store import sites
from solidot_spider.store.errors import StoreError
from solidot_spider.store.lock.errors import LockedError
from solidot_spider.store.lock.hold import Hold, Wait
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store

WHILE_IT_RUNS = 5.0
"""Seconds that a running crawl stands still for another program's transaction; its own commits come again."""


class CrawlRun:
    """A crawl that can be run once.

    Args:
        spider: the class of its spider.
        given: the spider's arguments, as ``-a`` gives them.
        settings: Scrapy's settings with the project's; they are copied.
        report_file: where the report is written as JSON, too; '' for nowhere.
        console: where the summary is printed; standard error by default.

    Raises:
        OptionError: an option has a value that cannot be used.
        ArgumentError: an argument is wrong, or cannot go with another one.
    """

    def __init__(
        self,
        spider: type[SidSpider],
        given: Mapping[str, str],
        settings: Settings,
        *,
        report_file: str = "",
        console: Console | None = None,
    ) -> None:
        self.spider = spider
        self.given = dict(given)
        self.console = console or Console()
        setting_checks.check(settings)
        self.options = options.load(settings)
        component_checks.check(settings)
        self.known_stories = expected_stories.load(self.options)
        self.arguments = spider.parse_arguments(self.given)
        self.is_whole_answer = bool(settings.getdict("FEEDS"))  # of all ids given, settled or not
        self.files = RunFiles.new(spider.name, self.options.data_dir)
        feeds_of(settings, self.files)  # a wrong one is told at once
        check_store(spider.name, self.arguments, self.options, needs_store=spider.needs_store)
        if self.is_whole_answer:
            check_whole_answer(self.arguments)
        report_to = report_path(report_file)
        self.settings = settings.copy()
        self.settings.set("USER_AGENT", self.options.user_agent, priority="spider")  # a contact may come by -s
        self.conclusion = Conclusion(self._start(), self.files, report_to)

    async def run(self) -> Report:
        """Crawl in a reactor that runs already.

        Raises:
            OptionError: the store belongs to another site.
            LockedError: another run holds the store.
            StoreError: the store cannot be opened.
            OSError: the run's files cannot be made.
        """
        with self._opened() as crawler:
            await crawler.crawl_async()
            return self._ended(crawler)

    def run_in(self, process: CrawlerProcess | AsyncCrawlerProcess) -> Report:
        """Crawl in a process of Scrapy's, with its reactor and its handling of signals; raises what ``run`` does."""
        with self._opened() as crawler:
            process.crawl(crawler)
            process.start()
            return self._ended(crawler)

    @contextmanager
    def _opened(self) -> Iterator[StoppableCrawler]:
        """The crawler, with the store open and locked for the time of a ``with`` block."""
        chosen = self.options
        makes_data = not chosen.data_dir.exists() and not (self.is_whole_answer and chosen.database_url)
        with ExitStack() as stack:
            try:
                session = self._session(stack)
            except (StoreError, LockedError) as error:
                self.conclusion.refuse(self.arguments, error)
                raise
            if makes_data:  # a cron line in the wrong place must not begin a dataset in silence
                self.console.print_always(f"making the data directory {chosen.data_dir.absolute()}")
            if chosen.is_live and not chosen.contact:
                self.console.print("no SOLIDOT_CONTACT is set: the site's people cannot tell whom to write to")
            crawler = StoppableCrawler(self.spider, self.settings)
            session.attach(crawler)
            yield crawler

    def _session(self, stack: ExitStack) -> Session:
        if not self.options.has_store:
            self._name(stack)
            return Session(self.arguments, Plan(self.arguments.sids or Sids()))
        store = stack.enter_context(Store.opened(self.options, create=True, reparse=kept_record.reparse))
        sites.claim(store, self.options.site_url, self.options.mirror_of)
        hold = None if self.arguments.is_single else stack.enter_context(self._hold(store))
        self._name(stack)
        if hold is not None:
            hold.rename(self.files.name)
        asked = plan.choose(self.arguments, store, clock.now(), asks_all=self.is_whole_answer)
        run_id = store.begin(self.conclusion.start)
        store.patience = WHILE_IT_RUNS
        asks_all, known = self.is_whole_answer or self.arguments.refresh, self.known_stories
        return Session(self.arguments, asked, store, run_id, asks_all=asks_all, known_stories=known)

    def _hold(self, store: Store) -> AbstractContextManager[Hold]:
        minutes = self.arguments.wait
        told = f"waiting up to {minutes:g} minutes for the store: held by"
        return store.hold(self.files.name, Wait(minutes * 60, lambda holder: self.console.print(f"{told} {holder}")))

    def _name(self, stack: ExitStack) -> None:
        """Give the run a name that no other run has, and its files with it."""
        data_dir = self.options.data_dir
        shared = data_dir.exists() or not (self.is_whole_answer and self.options.database_url)
        files = RunFiles.claimed(self.spider.name, data_dir) if shared else nullcontext(self.files)
        self.files = stack.enter_context(files)
        # A process of Scrapy's sets its own settings again, so these need a higher priority than the same ones there.
        self.settings.set("FEEDS", feeds_of(self.settings, self.files), priority=SETTINGS_PRIORITIES["cmdline"] + 1)
        self.conclusion = replace(self.conclusion, start=self._start(), files=self.files)

    def _start(self) -> RunStart:
        given, is_single = msgspec.json.encode(self.given).decode(), int(self.arguments.is_single)
        at = clock.iso(clock.now())
        return RunStart(self.files.name, self.spider.name, given, self.options.site_url, at, is_single)

    def _ended(self, crawler: StoppableCrawler) -> Report:
        """Close the ledger, publish the feeds, write row and files, and only then print the summary."""
        session = session_of(crawler)
        session.close("shutdown", crawler.limiter)  # a second signal ends the reactor before the spider is closed
        feed = crawler.get_extension(StoryFeed) if crawler.has_begun else None
        if feed is not None:
            facts = session.facts(cannot_write=bool(feed.error))
            feed.publish(is_good=exit_status(session.ledger, facts) in (OK, TROUBLE) and not facts.is_disturbed)
        feeds = [(storage.target, storage.left) for storage in feed.files] if feed else []
        stats = crawler.stats.get_stats() if crawler.has_begun else {}
        error = feed.error if feed else ""
        ended = self.conclusion.write(session, stats, feeds, error=error, has_begun=feed is not None)
        if isinstance(crawler.error, options.OptionError):  # an add-on made a setting wrong
            raise crawler.error
        if feed is None:
            self.console.print("the crawl could not begin; the log above says why")
        for line in summary.lines(self.files, session, ended.seconds, feeds, self.options.site_url) if feed else ():
            self.console.print(line)
        if ended.retry:
            self.console.print(f"  ask again: solidot crawl story -a sids=@{ended.retry}")
        if session.store is not None:
            self.files.remove_old_feeds(self.options.keep_feeds)
        if ended.verdict:
            self.console.print(ended.verdict)
        self.console.end(ended.exit_status)
        return ended
