"""Writes the log: one line an event, safe against what a page may hold, as text or JSON.

Settings: ``SOLIDOT_LOG``, ``LOG_FORMAT``, ``LOG_DATEFORMAT``, ``LOG_LEVEL``.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.settings import BaseSettings, Settings
from scrapy.utils import log
from scrapy.utils.log import get_scrapy_root_handler
from twisted.python.failure import Failure

from solidot_spider.base import console
from solidot_spider.base.console import plain
from solidot_spider.base.outcome import NOT_WRITTEN, fault

MOST_WARNINGS = 200
"""So many different warnings are told once each."""

QUIET_LEVELS = ("WARNING", "ERROR", "CRITICAL")
"""Levels of a log that tells of trouble only."""

_VARIABLE = re.compile(r"https?://\S+|\d+")


class LineFormatter(logging.Formatter):
    """An event in one line: a traceback's lines are joined, control characters are gone."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        return " | ".join(plain(line) for line in super().format(record).splitlines() if line.strip())


class JsonFormatter(logging.Formatter):
    """An event as one JSON object: time (UTC), level, logger, message and, if there is one, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": plain(record.getMessage()),
        }
        if record.exc_info:
            event["exception"] = "\n".join(map(plain, self.formatException(record.exc_info).splitlines()))
        return json.dumps(event, ensure_ascii=False)


def formatter_of(settings: BaseSettings) -> logging.Formatter:
    """The formatter of the lines that ``SOLIDOT_LOG`` names, ``text`` or ``json``."""
    if settings["SOLIDOT_LOG"] == "json":
        return JsonFormatter()
    return LineFormatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"])


def use_form(settings: Settings) -> None:
    """Let each line of this process have its form from the first one on, Scrapy's start-up and the console's, too."""
    make = log._get_handler  # noqa: SLF001 - Scrapy writes its first lines before any component of ours is made

    def made(settings: Settings) -> logging.Handler:
        handler = make(settings)
        handler.setFormatter(formatter_of(settings))
        return handler

    log._get_handler = made  # noqa: SLF001
    if settings["SOLIDOT_LOG"] == "json":
        console.use_form("json")


class Repeats(logging.Filter):
    """Lets each warning through once; those that differ in numbers and addresses only are counted."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, tuple[logging.LogRecord, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.levelno != logging.WARNING:
            return True
        key = f"{record.name} {_VARIABLE.sub('#', record.getMessage())}"
        first, count = self._seen.get(key, (record, 0))
        if count or len(self._seen) < MOST_WARNINGS:
            self._seen[key] = first, count + 1
        return not count

    def told(self) -> list[tuple[str, str]]:
        """The logger and one line of each warning that was repeated; they are forgotten."""
        seen, self._seen = self._seen, {}
        return [
            (first.name, f"{first.getMessage()} (and {count - 1:,} more like it)")
            for first, count in seen.values()
            if count > 1
        ]


class LogLines:
    """The extension that gives Scrapy's handler our formatter, once Scrapy has made its last one."""

    def __init__(self, formatter: logging.Formatter, *, is_verbose: bool = True) -> None:
        self.formatter = formatter
        self.repeats = None if is_verbose else Repeats()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The lines that ``SOLIDOT_LOG`` names, ``text`` or ``json``."""
        settings = crawler.settings
        lines = cls(formatter_of(settings), is_verbose=settings["LOG_LEVEL"] not in QUIET_LEVELS)
        crawler.signals.connect(lines.install, signals.engine_started)
        crawler.signals.connect(lines.install, signals.spider_opened)
        crawler.signals.connect(lines.end, signals.engine_stopped)
        return lines

    def install(self) -> None:
        """Take Scrapy's handler over."""
        handler = get_scrapy_root_handler()
        if handler is not None:
            handler.setFormatter(self.formatter)
            if self.repeats is not None:
                handler.addFilter(self.repeats)  # which does nothing the second time

    def end(self) -> None:
        """The crawl is over: tell how often each warning was repeated."""
        handler = get_scrapy_root_handler()
        if self.repeats is None or handler is None:
            return
        handler.removeFilter(self.repeats)
        for name, line in self.repeats.told():
            logging.getLogger(name).warning("%s", line)


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
        """A record failed its check; the ledger has the reason, and that of a store that is full once for all."""
        level = logging.DEBUG if str(exception) == NOT_WRITTEN else logging.WARNING
        return _line(level, "Story %(sid)s: %(why)s", {"sid": _sid(item), "why": str(exception)})

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A pipeline raised; the traceback follows."""
        return _line(
            logging.ERROR, "Story %(sid)s: %(why)s", {"sid": _sid(item), "why": fault("a pipeline", exception)}
        )


def _sid(item: Any) -> Any:
    return item["sid"] if isinstance(item, dict) else getattr(getattr(item, "page", item), "sid", "?")


def _line(level: int, msg: str, args: dict[str, Any]) -> LogFormatterResult:
    return {"level": level, "msg": msg, "args": args}
