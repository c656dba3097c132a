"""Scrapy's engine and signals with their faults told: Scrapy logs them, and ends as if all had gone well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider, IgnoreRequest, StopDownload
from scrapy.signalmanager import SignalManager
from twisted.python.failure import Failure

from solidot_spider.crawl.session import session_of

_ANSWERS = (CloseSpider, DontCloseSpider, IgnoreRequest, StopDownload)
"""Exceptions by which a handler of a signal answers."""


class WatchedEngine(ExecutionEngine):
    """The engine; it closes the spider with the same word for a fault and for a stop."""

    def __init__(self, crawler: Crawler, spider_closed_callback: Callable[..., Any]) -> None:
        super().__init__(crawler, spider_closed_callback)
        self.scraper.close_spider_async = self._watched(self.scraper.close_spider_async)  # type: ignore[method-assign]

    async def open_spider_async(self, *, close_if_idle: bool = True) -> None:
        """Open the spider and all components."""
        with self._faults("the crawl"):
            await super().open_spider_async(close_if_idle=close_if_idle)

    async def start_async(self, *, _start_request_processing: bool = True) -> None:
        """Crawl until the spider is closed."""
        with self._faults("the crawl"):
            await super().start_async(_start_request_processing=_start_request_processing)

    async def stop_async(self) -> None:
        """Stop: because the crawler does, or after a fault in the engine."""
        if not getattr(self.crawler, "is_stopping", True):
            session_of(self.crawler).faults.add("Scrapy's engine", sys.exc_info()[1] or RuntimeError("it stopped"))
        await super().stop_async()

    def _watched(self, close: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Coroutine[Any, Any, None]]:
        async def closed() -> None:
            with self._faults("a pipeline that is closed"):
                await close()

        return closed

    @contextmanager
    def _faults(self, where: str) -> Iterator[None]:
        try:
            yield
        except CloseSpider:
            raise
        except Exception as error:
            session_of(self.crawler).faults.add(where, error)
            raise


class WatchedSignals(SignalManager):
    """The signals of a crawl."""

    sender: Crawler

    def send_catch_log(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """Send a signal; what its handlers return or raise."""
        results = super().send_catch_log(signal, **kwargs)
        for _, result in results:
            if isinstance(result, Failure):
                self._look(result.value)
        return results

    async def send_catch_log_async(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """Send a signal and wait for its handlers; what they return or raise."""
        results = await super().send_catch_log_async(signal, **kwargs)
        for _, result in results:
            self._look(result)
        return results

    def _look(self, result: object) -> None:
        if isinstance(result, Exception) and not isinstance(result, _ANSWERS):
            session_of(self.sender).faults.add("a handler of a signal", result)
