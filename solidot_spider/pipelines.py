"""Item pipelines: sources are pulled out, the body is cleaned, the record is checked.

Each is a small class round a pure function of ``record``, and usable alone.
"""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import DropItem

from solidot_spider import item as items
from solidot_spider import record
from solidot_spider.record import Draft


class SourcesPipeline:
    """Pulls the source links and labels out of a story's paragraphs."""

    def process_item(self, item: Draft) -> Draft:
        """The draft with its sources, and with its prose only."""
        return record.with_sources(item)


class BodyPipeline:
    """Writes the body, as text and as clean HTML."""

    def process_item(self, item: Draft) -> Draft:
        """The draft with its body."""
        return record.with_body(item)


class CheckPipeline:
    """Makes the record and checks it against the schema."""

    def process_item(self, item: Draft) -> dict[str, Any]:
        """The record, its keys in the contract's order.

        Raises:
            DropItem: it breaks the schema; the message names the field.
        """
        try:
            return items.check(record.finished(item))
        except items.RecordError as error:
            raise DropItem(f"invalid-record: {error}") from error
