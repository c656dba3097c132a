"""Packs the kept pages again with the best dictionary that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select, update

from solidot_spider.store import schema
from solidot_spider.store.pages import dictionaries
from solidot_spider.store.pages.page_packer import LEVEL_AGAIN, PagePacker
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import CodecError, RawPage
from solidot_spider.store.rows import PageRow
from solidot_spider.store.store import Store

AT_ONCE = 200
"""Pages that one transaction packs."""


def pack(store: Store) -> Iterator[int]:
    """Pack all pages with the best dictionary; how many were packed, after each transaction.

    A kill in between leaves some packed as before. Pages that cannot be unpacked stay as they are.

    Raises:
        StoreError: the store cannot be read or written.
    """
    packer = PagePacker(_best(store), LEVEL_AGAIN)
    if packer.dictionary is None:
        return
    pages, last = schema.pages.c, (0, "")
    is_other = pages.dictionary_id.is_distinct_from(packer.dictionary.id)
    while True:
        is_next = (pages.sid > last[0]) | ((pages.sid == last[0]) & (pages.content_hash > last[1]))
        chosen = select(schema.pages).where(is_other, is_next).order_by(pages.sid, pages.content_hash).limit(AT_ONCE)
        with store.writing() as connection:
            rows = [PageRow(*row) for row in connection.execute(chosen)]
            packed = list(_packed(rows, packer, PageReader(connection)))
            if packed:
                _replace(connection, packed)
        if not rows:
            return
        last = (rows[-1].sid, rows[-1].content_hash)
        yield len(rows)


def _best(store: Store) -> dictionaries.Dictionary | None:
    """The newest dictionary; a better one if the pages make one."""
    with store.reading() as connection:
        newest = dictionaries.newest(connection)
        known = newest.pages if newest is not None else 0
        if not dictionaries.is_due(connection, known, growth=2):
            return newest
        made = dictionaries.made(connection)
    if made is None:
        return newest
    with store.writing() as connection:
        dictionaries.keep(connection, made)
    return made


def _packed(rows: Sequence[PageRow], packer: PagePacker, reader: PageReader) -> Iterator[tuple[PageRow, RawPage]]:
    for row in rows:
        try:
            yield row, packer.packed(row.page, reader.data(row.page))
        except CodecError:
            continue


def _replace(connection: Connection, packed: Sequence[tuple[PageRow, RawPage]]) -> None:
    pages = schema.pages.c
    statement = (
        update(schema.pages)
        .where(pages.sid == bindparam("of"), pages.content_hash == bindparam("hash"))
        .values(codec=bindparam("as"), body=bindparam("bytes"), dictionary_id=bindparam("by"))
    )
    values = [
        {"of": row.sid, "hash": row.content_hash, "as": page.codec, "bytes": page.body, "by": page.dictionary_id}
        for row, page in packed
    ]
    connection.execute(statement, values)
