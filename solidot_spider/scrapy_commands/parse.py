"""``solidot parse URL``: Scrapy's command, which shows the record of a story's page."""

from __future__ import annotations

import argparse
import warnings
from typing import Any

from scrapy.commands import parse
from scrapy.exceptions import ScrapyDeprecationWarning

from solidot_spider import items, record
from solidot_spider.record import Draft


class Command(parse.Command):
    """Parses a page with the spider ``story``, which Scrapy would not choose: all our spiders are of the one site."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Fetch, parse and show."""
        opts.spider = opts.spider or "story"
        warnings.filterwarnings("ignore", "(?s).* returned a Deferred", ScrapyDeprecationWarning)  # Scrapy's own doing
        super().run(args, opts)

    def add_items(self, lvl: int, new_items: list[Any]) -> None:
        """Keep what is shown: of a story its record."""
        super().add_items(lvl, [_shown(item) for item in new_items])


def _shown(item: Any) -> Any:
    if not isinstance(item, Draft):
        return item
    try:
        return items.check(record.to_story(record.with_body(record.with_sources(item))))
    except items.RecordError:
        return item
