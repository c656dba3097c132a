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
from solidot_spider.base.outcome import NOT_WRITTEN, fault
from solidot_spider.crawl.faults import InvalidRecordError
from solidot_spider.crawl.session import Session, session_of
from solidot_spider.record import Draft


@contextmanager
def _parsing() -> Iterator[None]:
    """A part of the parser: a page that it makes no record of, by rule or by a fault, is ``unparsed`` and kept."""
    try:
        yield
    except items.RecordError as error:
        raise InvalidRecordError(f"invalid-record: {error}") from error
    except Exception as error:
        raise InvalidRecordError(fault("the parser", error)) from error


class SourcesPipeline:
    """Pulls the source links and labels out of a story's paragraphs."""

    def process_item(self, item: Draft) -> Draft:
        """The draft with its sources, and with its prose only; what is no draft passes as it is."""
        with _parsing():
            return record.with_sources(item) if isinstance(item, Draft) else item


class BodyPipeline:
    """Writes the body, as text and as clean HTML."""

    def process_item(self, item: Draft) -> Draft:
        """The draft with its body; what is no draft passes as it is."""
        with _parsing():
            return record.with_body(item) if isinstance(item, Draft) else item


class CheckPipeline:
    """Makes the record and checks it against the schema."""

    def process_item(self, item: Draft) -> dict[str, Any]:
        """The record, its keys in the contract's order; what is no draft passes as it is.

        Raises:
            InvalidRecordError: it breaks the schema; the message names the field.
        """
        if not isinstance(item, Draft):
            return item
        with _parsing():
            return items.check(record.to_story(item))


class StorePipeline:
    """Puts the record into the crawl's store, if there is one, and holds it back from the feed until it is there."""

    def __init__(self, session: Session, *, has_company: bool = False) -> None:
        self.session = session
        self.has_company = has_company
        """Whether there are pipelines that are not ours, which may have changed the record."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The pipeline of a crawl."""
        return cls(session_of(crawler), has_company=bool(crawler.settings["ITEM_PIPELINES"]))

    async def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """The record as it came, when the store has it; what is no record of this crawl passes as it is.

        Raises:
            DropItem: the store could not be written.
            RecordError: another pipeline has made a record of it that breaks the schema.
        """
        if not isinstance(item, dict) or not self.session.recorder.is_asked(item.get("sid")):
            return item
        if self.has_company:
            item = items.confirmed(item)
        if not await self.session.recorder.store(item):
            raise DropItem(NOT_WRITTEN)
        self.session.faults.stored(item)
        return item
