"""What Scrapy logs of items and errors: one line, without the texts of the page."""

from __future__ import annotations

import logging
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class StoryLogFormatter(LogFormatter):
    """Names a story by its sid, where Scrapy would print it whole.

    Args:
        is_verbose: whether ``LOG_LEVEL`` shows what comes for each page; a line that nobody sees is not made.
    """

    def __init__(self, *, is_verbose: bool = True) -> None:
        self.is_verbose = is_verbose

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The formatter of a crawl."""
        level = logging.getLevelName(crawler.settings["LOG_LEVEL"])
        return cls(is_verbose=level in ("DEBUG", logging.DEBUG))

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override] # None is Scrapy's way to say nothing
        """A page came."""
        return super().crawled(request, response, spider) if self.is_verbose else None

    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        """A record went through all pipelines."""
        if not self.is_verbose:
            return None
        return _line(logging.DEBUG, "Story %(sid)s stored", {"sid": _sid(item)})

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A record failed its check; the ledger has the reason."""
        return _line(logging.WARNING, "Story %(sid)s: %(why)s", {"sid": _sid(item), "why": str(exception)})


def _sid(item: Any) -> Any:
    return item["sid"] if isinstance(item, dict) else getattr(getattr(item, "page", item), "sid", "?")


def _line(level: int, msg: str, args: dict[str, Any]) -> LogFormatterResult:
    return {"level": level, "msg": msg, "args": args}
