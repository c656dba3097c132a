"""A crawl that Scrapy begins without ``CrawlRun`` (``CrawlerProcess``, ``runspider``): checked, and told at its end.

It has neither store nor lock, run files nor an exit status of its own: only the feeds that its settings name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.options import OptionError
from solidot_spider.base.outcome import OK, USAGE
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.crawl import component_checks, exit_status, setting_checks, summary
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.session import Session, session_of

Parse = Callable[[Mapping[str, str]], Arguments]
"""Checks a spider's arguments, or raises ``ArgumentError``."""

_ATTRIBUTE = "solidot_plain_crawl"
"""Where a crawler keeps it, so that both are freed together."""


class PlainCrawl:
    """Prints what became of the ids when the spider is closed.

    Args:
        crawler: the crawl.
        name: its spider's name.
    """

    def __init__(self, crawler: Crawler, name: str) -> None:
        vars(crawler)[_ATTRIBUTE] = self
        self.name = name
        self.refused = ""
        """Why nothing is asked; '' if something is."""
        self.status = OK
        """The exit status, when the spider is closed."""
        self._session = session_of(crawler)
        self._started = monotonic()
        crawler.signals.connect(self._closed, signals.spider_closed)

    def _closed(self) -> None:
        if self.refused:
            self.status = refuse(self.refused, USAGE)
            return
        session, console = self._session, Console()
        for line in summary.outcomes(self.name, session.ledger, session.plan, monotonic() - self._started):
            console.print(line)
        facts = session.facts()
        self.status = exit_status.exit_status(session.ledger, facts)
        if self.status:
            console.print(exit_status.explained(self.status, session.ledger, facts))
        console.print(f"  this crawl kept no store and no retry file; `solidot crawl {self.name}` and CrawlRun do")


def session(crawler: Crawler, given: Mapping[str, Any], parse: Parse) -> Session:
    """The session of a crawl.

    Args:
        crawler: the crawl.
        given: the arguments that it begins with, if no ``CrawlRun`` has checked them.
        parse: checks them.
    """
    if not given:
        return session_of(crawler)
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    try:
        return session_of(crawler, parse(texts))
    except ArgumentError as error:
        made = session_of(crawler)
        made.faults.of_run = str(error)
        return made


def begins(crawler: Crawler, name: str, parse: Parse, *, needs_store: bool) -> bool:
    """Whether the crawl can work so; what came of it, or why not, is told at its end.

    Args:
        crawler: the crawl.
        name: its spider's name.
        parse: checks the spider's arguments.
        needs_store: whether the spider works on a store only.
    """
    crawl, made = PlainCrawl(crawler, name), session_of(crawler)
    crawl.refused = made.faults.of_run
    if needs_store or made.arguments.only:
        crawl.refused = f"{name} works on a store here: run `solidot crawl {name}`, or CrawlRun in a program"
    try:
        setting_checks.check(crawler.settings)
        component_checks.check(crawler.settings)
        if not crawl.refused and made.arguments == Arguments(Sids()):
            parse({})  # says what is missing
    except (ArgumentError, OptionError) as error:
        crawl.refused = str(error)
    return not crawl.refused


def status_of(crawler: Crawler) -> int:
    """The exit status of a crawl that has ended; 0 for one of another program's spider."""
    crawl: PlainCrawl | None = vars(crawler).get(_ATTRIBUTE)
    return crawl.status if crawl else OK
