"""Scrapy's feed exports with a true end: a feed that cannot be opened or written ends the run, and says why.

Settings: Scrapy's ``FEEDS`` and ``FEED_*``.
"""

from __future__ import annotations

import logging
from asyncio import Future, ensure_future
from typing import IO, Any

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.exporters import BaseItemExporter
from scrapy.extensions.feedexport import FeedExporter

from solidot_spider import items
from solidot_spider.base.options import OptionError
from solidot_spider.base.outcome import NOT_WRITTEN, fault
from solidot_spider.crawl.faults import sid_of
from solidot_spider.crawl.session import session_of
from solidot_spider.extensions.feed_storage import PartFileStorage
from solidot_spider.middlewares.throttle import limiter_of

logger = logging.getLogger(__name__)

CLOSED_BY_FEED = "the feed cannot be written"


class StoryLinesExporter(BaseItemExporter):
    """JSON Lines in the contract's key order: one write a line, so that no line is ever half there."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self.file = file

    def export_item(self, item: Any) -> None:
        """Write one record."""
        is_record = isinstance(item, dict) and self.fields_to_export is None
        values = item if is_record else dict(self.get_serialized_fields(item))
        self.file.write(items.line(values) + b"\n")
        self.file.flush()


class StoryFeed(FeedExporter):
    """Exports records, and reports each as written or not to the crawl's recorder."""

    def __init__(self, crawler: Crawler) -> None:
        self.error = ""
        """Why a feed could not be written; '' while it can."""
        self.faults = session_of(crawler).faults
        self._closing: Future[None] | None = None
        try:
            super().__init__(crawler)
        except NotConfigured as error:
            if crawler.settings["FEEDS"]:  # a crawl by a program may have none
                raise OptionError("a feed cannot be made of these settings; the line above says why") from error

    def _storage_supported(self, uri: str, feed_options: dict[str, Any]) -> bool:
        """Whether a feed can be stored: yes. Scrapy would go on without any feed.

        Raises:
            OptionError: it cannot; a library may be missing.
        """
        try:
            self._get_storage(uri, feed_options)
        except NotConfigured as error:
            scheme, _, _ = uri.partition("://")  # the rest may hold a password
            raise OptionError(f"-o {scheme}://…: cannot be stored ({error})") from error
        return True

    @property
    def files(self) -> list[PartFileStorage]:
        """The feeds that are files."""
        return [slot.storage for slot in self.slots if isinstance(slot.storage, PartFileStorage)]

    def open_spider(self, spider: Spider) -> None:
        """Open all feeds before anything is fetched."""
        try:
            super().open_spider(spider)
            for slot in self.slots:
                slot.start_exporting()
        except Exception as error:  # an encoding that does not exist, for one
            self._fail(error)
            raise CloseSpider(CLOSED_BY_FEED) from error

    def item_scraped(self, item: Any, spider: Spider, response: Any = None) -> None:
        """Write a record; one that an exporter cannot write costs its own id only."""
        if self.faults.is_lost(item, response):  # a pipeline gave nothing, or something else
            return
        if not self.error:
            try:
                super().item_scraped(item, spider)
            except OSError as error:
                self._fail(error)
                self._end_run()
            except Exception as error:
                logger.debug("An exporter cannot write a record", exc_info=True)
                self.faults.lost(sid_of(response), fault("the exporter", error))
        if self.error:
            self.faults.lost(sid_of(response), NOT_WRITTEN)

    async def close_spider(self, spider: Spider) -> None:
        """Close the feeds; those without a record leave no part."""
        for slot in self.slots:
            if isinstance(slot.storage, PartFileStorage) and not slot.itemcount:
                slot.storage.discard()
        await super().close_spider(spider)

    def publish(self, *, is_good: bool) -> None:
        """Let the files of a run that has ended replace old ones, or leave those as they are.

        Args:
            is_good: whether the run was good enough to touch an old file; its own journal is always published.
        """
        for storage in self.files:
            try:
                if is_good or storage.is_journal:
                    storage.publish()
                else:
                    storage.leave()
            except OSError as error:
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        where = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        why = error.strerror if isinstance(error, OSError) else ""
        self.error = self.error or f"{where}{why or error}"

    def _end_run(self) -> None:
        limiter_of(self.crawler).end(CLOSED_BY_FEED)
        assert self.crawler.engine is not None
        self._closing = ensure_future(self.crawler.engine.close_spider_async(reason=CLOSED_BY_FEED))
