"""``solidot shell``: Scrapy's console, in which ``record()`` shows what becomes of the page."""

from __future__ import annotations

import argparse
import warnings
from typing import Any

from scrapy.commands import shell
from scrapy.exceptions import ScrapyDeprecationWarning

from solidot_spider import items
from solidot_spider import record as records
from solidot_spider.base import clock


class Command(shell.Command):
    """A console with the page, selectors, and its record."""

    def long_desc(self) -> str:
        """What ``--help`` says."""
        return (
            f"{super().long_desc()} record() is the record of the page that `response` holds, or the reason why it "
            "gives none; record(other) that of another response. Example: solidot shell "
            "'https://www.solidot.org/story?sid=79532' -c 'record()'"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Fetch and ask; several of our spiders could take the page, and Scrapy would choose none."""
        opts.spider = opts.spider or ("story" if args else None)
        warnings.filterwarnings("ignore", "(?s).* returned a Deferred", ScrapyDeprecationWarning)  # Scrapy's own doing
        super().run(args, opts)

    def update_vars(self, vars: dict[str, Any]) -> None:  # noqa: A002 - Scrapy's interface
        """Add ``record`` to what the console knows."""

        def record(response: Any = None) -> Any:
            """The record of a response as plain values, or why it gives none; by default of the last one."""
            page = vars["response"] if response is None else response
            made = records.record(page.body, page.url, clock.now())
            return items.check(made) if isinstance(made, items.Story) else made

        vars["record"] = record
