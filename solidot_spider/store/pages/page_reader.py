"""Gives the bytes of kept pages as they came."""

from __future__ import annotations

import sys

from sqlalchemy import Connection, select

from solidot_spider.store import schema
from solidot_spider.store.pages.raw_pages import CODEC, CodecError, RawPage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class PageReader:
    """Reads pages; each dictionary is fetched once.

    Args:
        connection: a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dictionaries: dict[int, zstd.ZstdDict] = {}

    def data(self, page: RawPage) -> bytes:
        """The bytes of a page.

        Raises:
            CodecError: its codec is not known, or the page or its dictionary is damaged.
        """
        if page.codec != CODEC:
            raise CodecError(f"{page.asked}: packed as {page.codec!r}; this version knows {CODEC} only")
        try:
            if page.dictionary_id is None:
                return zstd.decompress(page.body)
            return zstd.decompress(page.body, self._dictionary(page.dictionary_id))
        except zstd.ZstdError as error:
            raise CodecError(f"{page.asked}: the kept page is damaged ({error})") from error

    def _dictionary(self, number: int) -> zstd.ZstdDict:
        found = self._dictionaries.get(number)
        if found is None:
            columns = schema.dictionaries.c
            content = self._connection.execute(select(columns.content).where(columns.id == number)).scalar_one()
            found = self._dictionaries[number] = zstd.ZstdDict(content)
        return found
