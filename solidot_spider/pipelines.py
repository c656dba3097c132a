"""Item pipelines: pull the sources out, write the body, check the record, store it.

The first three wrap a pure function of ``record`` each, and work alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from solidot_spider import items, record
from solidot_spider.base.outcome import NOT_WRITTEN
from solidot_spider.crawl.recorder import Recorder
from solidot_spider.crawl.session import session_of
from solidot_spider.record import Draft


@contextmanager
def _dropped_if_invalid() -> Iterator[None]:
    """Drop the item if no record can be made of it; the message says why."""
    try:
        yield
    except items.RecordError as error:
        raise DropItem(f"invalid-record: {error}") from error


class SourcesPipeline:
    """Pulls the source links and labels out of a story's paragraphs."""

    def process_item(self, item: Draft) -> Draft:
        """The draft with its sources, and with its prose only.

        Raises:
            DropItem: there are too many of them.
        """
        with _dropped_if_invalid():
            return record.with_sources(item)


class BodyPipeline:
    """Writes the body, as text and as clean HTML."""

    def process_item(self, item: Draft) -> Draft:
        """The draft with its body.

        Raises:
            DropItem: the body is too large for its page.
        """
        with _dropped_if_invalid():
            return record.with_body(item)


class CheckPipeline:
    """Makes the record and checks it against the schema."""

    def process_item(self, item: Draft) -> dict[str, Any]:
        """The record, its keys in the contract's order.

        Raises:
            DropItem: it breaks the schema; the message names the field.
        """
        with _dropped_if_invalid():
            return items.check(record.to_story(item))


class StorePipeline:
    """Puts the record into the crawl's store, if there is one, and holds it back from the feed until it is there."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The pipeline of a crawl."""
        return cls(session_of(crawler).recorder)

    async def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """The record as it came, when the store has it.

        Raises:
            DropItem: the store could not be written.
        """
        if not await self.recorder.store(item):
            raise DropItem(NOT_WRITTEN)
        return item
