"""``solidot crawl``: Scrapy's command, with checked arguments, run files, a summary and a true exit status."""

from __future__ import annotations

import argparse
import json
import sys
from typing import NoReturn

from scrapy.commands import crawl
from scrapy.crawler import AsyncCrawlerProcess, CrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from solidot_spider.base import options, setting_names, streams
from solidot_spider.base.console import Console, refuse
from solidot_spider.base.options import OptionError
from solidot_spider.base.outcome import CANNOT_WRITE, HELD, USAGE
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl import command_words, setting_checks
from solidot_spider.crawl.component_checks import EXAMPLE
from solidot_spider.extensions import logs
from solidot_spider.runner import CrawlRun
from solidot_spider.spiders import named
from solidot_spider.store.errors import StoreError
from solidot_spider.store.lock.errors import LockedError


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
        """Scrapy's options and ours; their errors in one line."""
        streams.secure()  # `scrapy crawl` does not come through our own command line
        command_words.declare(parser)
        parser.error = _stop  # type: ignore[method-assign]

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set Scrapy's settings from the options, and check them before Scrapy makes its log of them."""
        if why := command_words.problem(args):
            _stop(why)
        if why := command_words.repeated(opts.spargs):
            _stop(why)
        assert self.settings is not None
        for given in opts.set:
            self._check_given(*given.partition("=")[::2])
        for feeds in filter(None, (opts.output, opts.overwrite_output)):
            feeds[:] = ["-:jsonlines" if each == "-" else each for each in feeds]
        try:
            super().process_options(args, opts)
            setting_checks.check(self.settings)
        except (UsageError, OptionError) as error:
            _stop(str(error))
        except OSError as error:  # of --pidfile
            _stop(f"{error.filename}: {error.strerror}")
        self._given = [each.partition("=")[0] for each in opts.set]
        logs.use_form(self.settings)

    def _check_given(self, name: str, value: str) -> None:
        """End if a setting is given that Scrapy takes as a JSON object only, and is none."""
        assert self.settings is not None
        if isinstance(self.settings[name], BaseSettings):
            try:
                is_object = isinstance(json.loads(value), dict)
            except ValueError:
                is_object = False
            if not is_object:
                _stop(f"-s {name}={value}: give a JSON object, such as -s '{name}={EXAMPLE}'")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and set the exit status."""
        assert self.settings is not None
        assert isinstance(self.crawler_process, CrawlerProcess | AsyncCrawlerProcess)
        if opts.quiet:
            self.settings.set("LOG_LEVEL", "ERROR", priority="cmdline")
        self.settings.set("SOLIDOT_PROGRESS", not opts.quiet and sys.stderr.isatty(), priority="cmdline")
        console = Console(quiet=opts.quiet)
        try:
            assert self.crawler_process is not None
            spider = named.spider_class(self.crawler_process.spider_loader, args[0])
            run = CrawlRun(spider, opts.spargs, self.settings, report_file=opts.report, console=console)
            for line in setting_names.unknown(self._given, options.MEANINGS):
                console.print(line)
            self.exitcode = run.run_in(self.crawler_process).exit_status
        except (OptionError, ArgumentError) as error:
            _stop(str(error))
        except StoreError as error:
            _stop(str(error), CANNOT_WRITE)
        except OSError as error:  # a place for the run's files that cannot be looked into
            _stop(f"{error.filename or 'the data directory'}: {error.strerror or error}", CANNOT_WRITE)
        except LockedError as error:
            _stop(str(error), HELD)


def _stop(message: str, status: int = USAGE) -> NoReturn:
    """End with one line, nothing fetched."""
    sys.exit(refuse(message, status))
