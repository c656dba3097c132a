"""Packs pages for the store, with the dictionary of the moment."""

from __future__ import annotations

import sys

import msgspec

from solidot_spider.store.pages.dictionaries import Dictionary
from solidot_spider.store.pages.raw_pages import CODEC, RawPage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3
"""A page of 25 KB takes 60 µs and becomes 5 KB; the highest levels save a tenth of that for ten times the work."""

LEVEL_WITH_DICTIONARY = 4
"""A page takes 20 µs and becomes 0.9 KB; a crawl has no time for more."""

LEVEL_AGAIN = 9
"""Of pages that are packed again: a page takes 90 µs and becomes 0.8 KB; the highest levels save a thirtieth more."""


class PagePacker:
    """Packs pages.

    Args:
        dictionary: what they are packed with; it must be in the store before them.
        level: zstd's level, if there is one.
    """

    def __init__(self, dictionary: Dictionary | None = None, level: int = LEVEL_WITH_DICTIONARY) -> None:
        self.dictionary = dictionary
        if dictionary is None:  # making a compressor takes a third of the time that a page takes
            self._compressor = zstd.ZstdCompressor(level=LEVEL)
        else:
            content = zstd.ZstdDict(dictionary.content).as_digested_dict
            self._compressor = zstd.ZstdCompressor(level=level, zstd_dict=content)

    def pack(  # noqa: PLR0913 - a page is known by all of this
        self, body: bytes, asked: str, answered: str, status: int, *, headers: list[tuple[str, str]], fetched_at: str
    ) -> RawPage:
        """A page packed for the store.

        Args:
            body: its bytes.
            asked: the address that was asked for.
            answered: the address that answered, after any redirect.
            status: the answer's HTTP status.
            headers: its headers in their order.
            fetched_at: when it came, UTC, ISO 8601.
        """
        told = msgspec.json.encode(headers).decode()
        return self.packed(RawPage(asked, answered, status, told, fetched_at, CODEC, b""), body)

    def packed(self, page: RawPage, body: bytes) -> RawPage:
        """A page with these bytes, packed by this packer."""
        compressed = self._compressor.compress(body, self._compressor.FLUSH_FRAME)
        return page._replace(
            codec=CODEC, body=compressed, dictionary_id=self.dictionary.id if self.dictionary is not None else None
        )
