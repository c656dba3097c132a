"""Reads the rows of some stories, for who compares pages with them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from solidot_spider.store import schema
from solidot_spider.store.rows import StoryRow
from solidot_spider.store.store import Store


def rows(store: Store, sids: Iterable[int]) -> dict[int, StoryRow]:
    """The stored stories of some ids, by sid.

    Raises:
        StoreError: the store cannot be read.
    """
    statement = select(schema.stories).where(schema.stories.c.sid.in_(list(sids)))
    with store.reading() as connection:
        return {row.sid: StoryRow(*row) for row in connection.execute(statement)}
