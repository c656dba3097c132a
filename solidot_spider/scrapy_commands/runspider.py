"""``solidot runspider``: Scrapy's command; a spider of this project's kind gives it a true exit status."""

from __future__ import annotations

import argparse

from scrapy import Spider
from scrapy.commands import runspider
from scrapy.crawler import Crawler

from solidot_spider.crawl import plain_crawl


class Command(runspider.Command):
    """Runs a spider of a file; it has no store."""

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._made = super()._create_crawler(spidercls)
        return self._made

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider, and set the exit status."""
        super().run(args, opts)
        self.exitcode = self.exitcode or plain_crawl.status_of(self._made)
