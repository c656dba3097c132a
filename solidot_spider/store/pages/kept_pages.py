"""Parses the kept pages of stories again: a record of another parser version tells an edit only when read anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select

from solidot_spider.base import clock
from solidot_spider.store import schema
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import CodecError
from solidot_spider.store.rows import PageRow, StoryRow

Reparse = Callable[[bytes, str, datetime, int, str], dict[str, Any] | None]
"""Parses a kept page with today's parser: its bytes, the address that answered, when it was fetched, its sid and its
origin in; the record as plain values out, None if the page is no story to this parser."""


class Reparsed(NamedTuple):
    """A kept page, and the record that today's parser makes of it."""

    record: dict[str, Any]
    page: PageRow


def reparsed(connection: Connection, story: StoryRow, reparse: Reparse | None, pages: PageReader) -> Reparsed | None:
    """The kept page of a story, read by today's parser.

    Args:
        connection: a transaction.
        story: the story.
        reparse: the parser; None if there is none.
        pages: gives the page's bytes.

    Returns:
        None if no page is kept, or the parser cannot read it.
    """
    if reparse is None:
        return None
    columns = schema.pages.c
    key = and_(columns.sid == story.sid, columns.content_hash == story.content_hash)
    row = connection.execute(select(schema.pages).where(key)).first()
    if row is None:
        return None
    kept = PageRow(*row)
    try:
        data = pages.data(kept.page)
    except CodecError:
        return None
    record = reparse(data, kept.answered, clock.parsed(kept.fetched_at), story.sid, kept.origin)
    return None if record is None else Reparsed(record, kept)
