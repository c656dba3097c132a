"""Makes dictionaries of the store's own pages: what the site's pages share is kept once, not in each of them.

A dictionary is zstd's own, with zstd's own number: each packed page names the one that it needs. None is ever changed
or deleted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from solidot_spider.base import clock
from solidot_spider.store import database, schema
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import CodecError
from solidot_spider.store.rows import PageRow

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FIRST = 20
"""So many pages make the first dictionary."""

GROWTH = 10
"""So many times the pages of the last dictionary make a better one."""

SAMPLES = 200
"""A dictionary is made of so many pages at most, which takes a sixth of a second."""

_SIZE = 110 * 1024
_SAMPLES_TO_SIZE = 18
"""zstd wants samples of so many times a dictionary's size: of fewer it makes a bad one."""
_LONGEST_SAMPLE = 64 * 1024


class Dictionary(NamedTuple):
    """A row of ``dictionaries``.

    Attributes:
        id: zstd's number of it, which follows from its content.
        pages: how many pages were kept when it was made.
        made_at: when, UTC, ISO 8601.
        content: the dictionary.
    """

    id: int
    pages: int
    made_at: str
    content: bytes


def newest(connection: Connection) -> Dictionary | None:
    """The dictionary that new pages are packed with; None while there is none."""
    columns = schema.dictionaries.c
    last = select(schema.dictionaries).order_by(columns.made_at.desc(), columns.pages.desc(), columns.id).limit(1)
    row = connection.execute(last).first()
    return None if row is None else Dictionary(*row)


def is_due(connection: Connection, pages: int, growth: int = GROWTH) -> bool:
    """Whether so many pages are kept that a dictionary is made of them.

    Args:
        connection: a transaction.
        pages: how many were kept when the last one was made; 0 if there is none.
        growth: how many times as many there must be.
    """
    needed = max(FIRST, growth * pages)
    return connection.execute(select(schema.pages.c.sid).limit(1).offset(needed - 1)).first() is not None


def made(connection: Connection) -> Dictionary | None:
    """A dictionary of the pages that are kept; None if zstd can make none of them."""
    pages = schema.pages.c
    sids = connection.execute(select(pages.sid).order_by(pages.sid)).scalars().all()
    step = max(1, len(sids) // SAMPLES)
    chosen = select(schema.pages).where(pages.sid.in_(sids[::step][:SAMPLES])).order_by(pages.sid, pages.content_hash)
    samples = list(_samples(connection, chosen))
    try:
        found = zstd.train_dict(samples, min(_SIZE, sum(map(len, samples)) // _SAMPLES_TO_SIZE))
    except (zstd.ZstdError, ValueError):  # too few bytes, or too much alike
        return None
    return Dictionary(found.dict_id, len(sids), clock.iso(clock.last()), found.dict_content)


def _samples(connection: Connection, chosen: Select[Any]) -> Iterator[bytes]:
    reader = PageReader(connection)
    for row in connection.execute(chosen).all():
        with suppress(CodecError):
            yield reader.data(PageRow(*row).page)[:_LONGEST_SAMPLE]


def keep(connection: Connection, dictionary: Dictionary) -> None:
    """Write a dictionary, before any page that needs it."""
    connection.execute(database.upsert(connection.dialect.name, schema.dictionaries), dictionary._asdict())
