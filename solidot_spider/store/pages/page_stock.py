"""Tells how many pages are kept, and what they take."""

from __future__ import annotations

import sys

from msgspec import Struct
from sqlalchemy import Connection, func, select

from solidot_spider.store import schema
from solidot_spider.store.pages.raw_pages import CODEC
from solidot_spider.store.rows import PageRow
from solidot_spider.store.schema import UNPARSED

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_FRAME_HEADER = 18
"""The bytes at which zstd says how long a page is, at most."""


class Packing(Struct):
    """The pages that are packed alike; sizes in bytes, ``raw`` is null for another codec than this version's."""

    codec: str
    dictionary: int | None
    pages: int
    packed: int
    raw: int | None


class Stock(Struct):
    """What is kept; times are UTC, ISO 8601, and null where no page is."""

    pages: int
    ids: int
    """How many ids have a page."""
    unparsed: int
    """How many pages are no story that the parser could read."""
    superseded: int
    """How many pages are not the newest one of their id."""
    packed: int
    """What all pages take, in bytes, without addresses and headers."""
    raw: int
    """How long they are."""
    dictionaries: int
    """What the dictionaries take, in bytes."""
    oldest: str | None
    newest: str | None
    packings: list[Packing]

    @classmethod
    def of(cls, connection: Connection) -> Stock:
        """Those of a store."""
        pages = schema.pages.c
        ids, unparsed, oldest, newest = connection.execute(
            select(
                func.count(pages.sid.distinct()),
                func.count().filter(pages.content_hash == UNPARSED),
                func.min(pages.fetched_at),
                func.max(pages.fetched_at),
            )
        ).one()
        packings = _packings(connection)
        count = sum(each.pages for each in packings)
        dictionaries_size = connection.execute(
            select(func.coalesce(func.sum(func.length(schema.dictionaries.c.content)), 0))
        ).scalar_one()
        return cls(
            pages=count,
            ids=ids,
            unparsed=unparsed,
            superseded=count - ids,
            packed=sum(each.packed for each in packings),
            raw=sum(each.raw or 0 for each in packings),
            dictionaries=int(dictionaries_size),
            oldest=oldest,
            newest=newest,
            packings=packings,
        )


def _packings(connection: Connection) -> list[Packing]:
    pages = schema.pages.c
    begin = func.substr(pages.body, 1, _FRAME_HEADER)
    found: dict[tuple[str, int | None], Packing] = {}
    statement = select(pages.codec, pages.dictionary_id, func.length(pages.body), begin)
    with connection.execute(statement, execution_options={"yield_per": 5000}) as rows:
        for codec, dictionary, size, header in rows:
            is_known = codec == CODEC
            each = found.setdefault((codec, dictionary), Packing(codec, dictionary, 0, 0, 0 if is_known else None))
            each.pages += 1
            each.packed += size
            if each.raw is not None:
                each.raw += _length(bytes(header))
    return sorted(found.values(), key=lambda each: (each.codec, each.dictionary or 0))


def _length(header: bytes) -> int:
    """How long a page is, by the beginning of the packed one; 0 if that is damaged."""
    try:
        return zstd.get_frame_info(header).decompressed_size or 0
    except zstd.ZstdError:
        return 0


def newest_page(connection: Connection, sid: int) -> PageRow | None:
    """The newest page of an id; None if none is kept."""
    pages = schema.pages.c
    chosen = select(schema.pages).where(pages.sid == sid).order_by(pages.fetched_at.desc(), pages.content_hash.desc())
    row = connection.execute(chosen.limit(1)).first()
    return None if row is None else PageRow(*row)
