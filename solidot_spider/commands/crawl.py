"""``solidot crawl``: Scrapy's command, with checked arguments, run files, a summary and a true exit status."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn
from urllib.parse import urlsplit

from scrapy.commands import crawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from twisted.internet.tcp import Connection

from solidot_spider import runner
from solidot_spider.base import clock, options
from solidot_spider.base.console import Voice, plain
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CANNOT_WRITE, HELD, USAGE
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl import run_files, session
from solidot_spider.crawl.run_files import Run
from solidot_spider.extensions.feed import APPENDABLE
from solidot_spider.middlewares.rate_limit import INTERRUPTED
from solidot_spider.runner import Beginning
from solidot_spider.spiders.base import AskingSpider
from solidot_spider.store.database import StoreError
from solidot_spider.store.lock import LockedError

GRACE = 5.0
"""Seconds that pages on the wire have to come in when a run is stopped."""

_PLACEHOLDER = re.compile(r"%\(\w+\)")


class Command(crawl.Command):
    """Runs a spider; wrong arguments are one line and exit status 2, with nothing fetched."""

    def long_desc(self) -> str:
        """What ``--help`` says."""
        return (
            "Run a spider. Example: solidot crawl story -a sids=79500-79600 asks what the store has not settled; -a "
            "sid=79532 asks one story again, -a only=failed what failed. The records go to the store and to a file of "
            "the run's own, DATA/runs/NAME.jsonl, or to -o FILE (added) or -O FILE (replaced); ids that did not settle "
            "go to DATA/runs/NAME.retry.txt, for -a sids=@FILE. Exit status: 0 well, 1 some ids did not settle, 2 "
            "wrong arguments, 3 the site seems changed, 4 a file or the store cannot be written, 75 another run holds "
            "the store."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options and our two; their errors in one line."""
        super().add_options(parser)
        parser.add_argument("--report", metavar="FILE", help="write what became of the run to FILE, as JSON")
        parser.add_argument("--quiet", action="store_true", help="print nothing when the exit status is 0")
        parser.error = _stop  # type: ignore[method-assign]

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set Scrapy's settings from the options."""
        try:
            super().process_options(args, opts)
        except UsageError as error:
            _stop(str(error))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, tell, and set the exit status."""
        assert self.settings is not None
        try:
            chosen = options.load(self.settings)
            spider = self._spider_class(args)
            arguments = spider.read_arguments(opts.spargs)
            this = run_files.named(spider.name, chosen.data_dir)
            feeds = self._feeds(this)
            _check_store(spider, chosen)
            _check_only(arguments.only, chosen, is_whole=str(this.feed) not in feeds)
            _check_report(opts.report)
            self.settings.set("USER_AGENT", chosen.user_agent, priority="project")  # a contact may come by -s
            self.settings.set("FEEDS", feeds, priority="cmdline")
        except (options.OptionError, ArgumentError) as error:
            _stop(str(error))
        voice = Voice(quiet=opts.quiet)
        if opts.quiet:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        asks_all = str(this.feed) not in feeds
        makes_data = not chosen.data_dir.exists() and (not asks_all or not chosen.database_url)
        self.settings.set("SOLIDOT_PROGRESS", not opts.quiet and sys.stderr.isatty(), priority="cmdline")
        began = Beginning(this, spider.name, opts.spargs, chosen, clock.now(), monotonic())
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(session.opened(chosen, began.row, arguments, asks_all=asks_all))
            except StoreError as error:
                _stop(str(error), CANNOT_WRITE)
            except LockedError as error:
                _stop(str(error), HELD)
            if makes_data:  # a cron line in the wrong place must not begin a dataset in silence
                voice.insist(f"making the data directory {chosen.data_dir.absolute()}")
            if chosen.is_live and not chosen.contact:
                voice.say("no SOLIDOT_CONTACT is set: the site's people cannot tell whom to write to")
            crawler = self._crawl(spider, arguments=arguments, session=opened)
            self.exitcode = runner.tell(crawler, began, opened, voice, opts.report)
        voice.end(self.exitcode)

    def _spider_class(self, args: list[str]) -> type[AskingSpider]:
        assert self.crawler_process is not None
        loader = self.crawler_process.spider_loader
        known = ", ".join(sorted(loader.list()))
        if len(args) != 1:
            given = f"got {' '.join(args)}" if args else "got none"
            raise ArgumentError(f"crawl takes the name of one spider, {given}; there is {known}")
        if args[0] not in loader.list():
            raise ArgumentError(f"no spider is called {args[0]}; there is {known}")
        spider = loader.load(args[0])
        if not issubclass(spider, AskingSpider):
            raise ArgumentError(f"{args[0]} is no spider of this project; run it with `scrapy runspider`")
        return spider

    def _feeds(self, this: Run) -> dict[str, dict[str, Any]]:
        """The feeds that were asked for, else the run's own."""
        assert self.settings is not None
        asked: dict[str, dict[str, Any]] = {
            str(uri): dict(each) for uri, each in self.settings.getdict("FEEDS").items()
        }
        if not asked:
            return {str(this.feed): {"format": "jsonlines", "part": str(this.part), "journal": True}}
        for uri, feed in asked.items():
            if _PLACEHOLDER.search(uri):
                raise ArgumentError(f"-o {uri}: placeholders are not filled in; name the file itself")
            if urlsplit(uri).scheme in ("", "file"):
                path = Path(uri.removeprefix("file://"))
                _check_appendable(path, feed)
                feed["part"] = f"{path}.{this.name}.part"
        return asked

    def _crawl(self, spider: type[AskingSpider], **given: Any) -> Crawler:
        assert self.crawler_process is not None
        crawler = StoppableCrawler(spider, self.settings)
        self.crawler_process.crawl(crawler, **given)
        self.crawler_process.start()
        if isinstance(crawler.spider, AskingSpider):
            crawler.spider.finish("shutdown")  # a second signal ends the reactor before the spider is closed
        return crawler


class StoppableCrawler(Crawler):
    """A crawler whose waits end with it: Scrapy itself waits for each of them before it stops."""

    async def stop_async(self) -> None:
        """Stop: what is on the wire has a few seconds to come in, nothing more is asked."""
        if isinstance(self.spider, AskingSpider):
            self.spider.gate.end(INTERRUPTED)
            asyncio.get_running_loop().call_later(GRACE, _hang_up, self.spider)
        await super().stop_async()


def _hang_up(spider: AskingSpider) -> None:
    """End the connections that a page is still awaited on: a time-out may be longer than who stops us waits."""
    reactor: Any = importlib.import_module("twisted.internet.reactor")  # the one that Scrapy has installed
    spider.gate.has_hung_up = True
    for reader in reactor.getReaders():
        if isinstance(reader, Connection):
            reader.abortConnection()  # type: ignore[no-untyped-call]


def _check_store(spider: type[AskingSpider], chosen: Options) -> None:
    if spider.needs_store and not chosen.has_store:
        raise ArgumentError(f"{spider.name} works on a store, and SOLIDOT_DATABASE_URL={chosen.database_url}; unset it")


def _check_only(kind: str, chosen: Options, *, is_whole: bool) -> None:
    if kind and not chosen.has_store:
        raise ArgumentError(f"only={kind} asks the store, and there is none; give sids= alone")
    if kind and is_whole:
        raise ArgumentError(f"only={kind} is a part, -o and -O are for a whole answer; `solidot export FILE` makes one")


def _check_report(name: str | None) -> None:
    if name and os.path.isdir(name):  # noqa: PTH112 - pathlib raises on a name that is too long
        raise ArgumentError(f"--report {name}: a directory; name a file")
    if name and not os.path.isdir(directory := os.path.dirname(name) or "."):  # noqa: PTH112, PTH120
        raise ArgumentError(f"--report {name}: there is no directory {directory}; make it first")


def _check_appendable(path: Path, feed: dict[str, Any]) -> None:
    if path.exists() and not path.is_file():  # a rename would put a file in the place of /dev/null
        raise ArgumentError(f"-o {path}: no file; name a file, or - for standard output")
    exists = path.exists() and path.stat().st_size
    if exists and not feed.get("overwrite") and feed.get("format") not in APPENDABLE:
        raise ArgumentError(
            f"-o {path}: a file of the format {feed.get('format')} cannot be added to; "
            "use -O to replace it, or a .jsonl file"
        )


def _stop(message: str, status: int = USAGE) -> NoReturn:
    """End with one line, nothing fetched."""
    print(f"solidot: {plain(message)}", file=sys.stderr)
    sys.exit(status)
