"""What Scrapy logs of items and errors: one line, without the texts of the page."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


class StoryLogFormatter(LogFormatter):
    """Names a story by its sid, where Scrapy would print it whole."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """A record went through all pipelines."""
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
