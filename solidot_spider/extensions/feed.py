"""Scrapy's feed exports with a true end: a feed that cannot be opened, written or delivered ends the run, and says why.

Settings: Scrapy's ``FEEDS`` and ``FEED_*``.
"""

from __future__ import annotations

import logging
from asyncio import Future, ensure_future
from typing import IO, Any

import msgspec
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.exporters import BaseItemExporter, CsvItemExporter
from scrapy.extensions.feedexport import FeedExporter, FeedSlot
from scrapy.utils.defer import ensure_awaitable

from solidot_spider import items
from solidot_spider.base.console import plain
from solidot_spider.base.options import OptionError
from solidot_spider.base.outcome import NOT_WRITTEN, Outcome
from solidot_spider.crawl.faults import sid_of
from solidot_spider.crawl.feeds import shown
from solidot_spider.crawl.session import session_of
from solidot_spider.extensions import delivery
from solidot_spider.extensions.feed_slot import WholeRowsSlot
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


class StoryRowsExporter(CsvItemExporter):
    """CSV whose lists and objects are JSON, which programs can read again."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """The value of a cell."""
        if isinstance(value, dict | list | tuple) and not (field and field.get("serializer")):
            return msgspec.json.encode(value).decode()
        return super().serialize_field(field, name, value)


class StoryFeed(FeedExporter):
    """Exports records, and reports each as written or not to the crawl's recorder."""

    def __init__(self, crawler: Crawler) -> None:
        self.error = ""
        """Why a feed could not be written; '' while it can."""
        self.session = session_of(crawler)
        self._closing: Future[None] | None = None
        try:
            super().__init__(crawler)
        except NotConfigured as error:
            if crawler.settings["FEEDS"]:  # a crawl by a program may have none
                raise OptionError("a feed cannot be made of these settings; the line above says why") from error

    @property
    def files(self) -> list[PartFileStorage]:
        """The feeds that are files."""
        return [slot.storage for slot in self.slots if isinstance(slot.storage, PartFileStorage)]

    def _storage_supported(self, uri: str, feed_options: dict[str, Any]) -> bool:
        """Whether a feed can be kept where it is to be; if not, the run ends with that before anything is fetched."""
        try:
            self._get_storage(uri, feed_options)
        except Exception as error:  # noqa: BLE001 - a storage may be anybody's
            self._fail(error, uri)
        return True

    def _start_new_batch(self, **given: Any) -> FeedSlot:  # type: ignore[override] # Scrapy names each argument
        slot = super()._start_new_batch(**given)
        names = ("storage", "uri", "format", "store_empty", "batch_id", "uri_template", "filter", "feed_options")
        shared = {name: getattr(slot, name) for name in (*names, "spider", "exporters", "settings", "crawler")}
        return WholeRowsSlot(**shared)

    def open_spider(self, spider: Spider) -> None:
        """Open all feeds before anything is fetched."""
        uri = ""
        try:
            if not self.error:
                super().open_spider(spider)
            for slot in self.slots:
                uri = slot.uri
                slot.start_exporting()
        except Exception as error:  # noqa: BLE001 - of a storage, a plug-in or an exporter
            self._fail(error, uri)
        if self.error:
            raise CloseSpider(CLOSED_BY_FEED)

    def item_scraped(self, item: Any, spider: Spider, response: Any = None) -> None:  # noqa: ARG002 - Scrapy's interface
        """Write a record to each feed; one that an exporter cannot write is that id's failure."""
        if self.session.faults.is_lost(item, response):  # a pipeline gave nothing, or something else
            return
        why, sid = NOT_WRITTEN if self.error else "", sid_of(response)
        for slot in () if self.error else self.slots:
            assert isinstance(slot, WholeRowsSlot)
            if not slot.filter.accepts(item):
                continue
            try:
                slot.write(item)
                if self.session.store is None and sid is not None:  # then the feed is all that there is
                    slot.sids.append(sid)
            except OSError as error:
                self._fail(error, slot.uri)
                self._end_run()
                why = NOT_WRITTEN
            except Exception as error:
                logger.debug("Story %s is not written to %s", sid, shown(slot.uri), exc_info=True)
                why = why or f"{NOT_WRITTEN} to {shown(slot.uri)} ({type(error).__name__})"
        if why:
            self.session.faults.lost(sid, why)

    async def close_spider(self, spider: Spider) -> None:
        """Close the feeds; those without a record leave no part."""
        for slot in self.slots:
            if isinstance(slot.storage, PartFileStorage) and not slot.itemcount:
                slot.storage.discard()
        await super().close_spider(spider)

    async def _close_slot(self, slot: FeedSlot, spider: Spider) -> None:  # noqa: ARG002 - Scrapy's interface
        """Deliver a feed; Scrapy would log a failure, and go on."""
        if not slot.itemcount and not slot.store_empty:
            return
        kind = type(slot.storage).__name__
        with delivery.held(slot.file) as kept:
            try:
                slot.start_exporting()
                slot.finish_exporting()
                with delivery.bounded(slot.storage):
                    await ensure_awaitable(slot.storage.store(self._get_file(slot)))
            except Exception as error:  # noqa: BLE001 - a storage may be anybody's
                self._fail(error, slot.uri)
                self._keep(slot, kept)
                self.crawler.stats.inc_value(f"feedexport/failed_count/{kind}")
            else:
                self.crawler.stats.inc_value(f"feedexport/success_count/{kind}")
        await self.crawler.signals.send_catch_log_async(signals.feed_slot_closed, slot=slot)

    def _keep(self, slot: FeedSlot, kept: IO[bytes] | None) -> None:
        """Leave what was not delivered where it can be found; what is nowhere then has failed."""
        assert isinstance(slot, WholeRowsSlot)
        path = slot.feed_options.get("undelivered")
        if isinstance(slot.storage, PartFileStorage):
            slot.storage.store(slot.file)  # type: ignore[arg-type] # it knows its file
        elif path and kept is not None and delivery.keep(kept, path):
            self.session.remarks.append(f"{shown(slot.uri)} was not delivered; its records are in {path}")
            return
        for sid in slot.sids:
            self.session.ledger.take_back(sid, NOT_WRITTEN, Outcome.FAILED)

    def publish(self, *, is_good: bool) -> None:
        """Let the files of a run that has ended replace old ones, or leave those as they are.

        Args:
            is_good: whether the run was good enough to touch an old file; its own journal is always published.
        """
        for slot in self.slots:
            storage = slot.storage
            if not isinstance(storage, PartFileStorage):
                continue
            try:
                if not storage.is_complete:  # the reactor ended before the spider was closed
                    storage.end(has_records=bool(slot.itemcount))
                if is_good or storage.is_journal:
                    storage.publish()
                else:
                    storage.leave()
            except OSError as error:
                self._fail(error, str(storage.target))

    def _fail(self, error: Exception, uri: str) -> None:
        where = getattr(error, "filename", None) or shown(uri)
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        self.error = self.error or plain(f"{where}: {why}" if where else why)

    def _end_run(self) -> None:
        limiter_of(self.crawler).end(CLOSED_BY_FEED)
        assert self.crawler.engine is not None
        self._closing = ensure_future(self.crawler.engine.close_spider_async(reason=CLOSED_BY_FEED))
