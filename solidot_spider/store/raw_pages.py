"""Packs raw pages for the store, so that a later parser can parse them again."""

from __future__ import annotations

import sys
from typing import NamedTuple

import msgspec

from solidot_spider import items

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODEC = "zstd"
LEVEL = 3
"""A page of 25 KB takes 60 µs and becomes 5 KB; the highest levels save a tenth of that for ten times the work."""

_packer = zstd.ZstdCompressor(level=LEVEL)  # making one takes a third of the time that a page takes


class RawPage(NamedTuple):
    """A page of the site.

    Attributes:
        asked: the address that was asked for.
        answered: the address that answered, after any redirect.
        status: the answer's HTTP status.
        headers: its headers in their order, as a JSON list of pairs.
        fetched_at: when it came, UTC, ISO 8601.
        codec: the name of the compression of ``body``.
        body: the bytes, compressed.
        origin: where it comes from, as a record says it; of an imported page ``status`` may be 0, for not known.
    """

    asked: str
    answered: str
    status: int
    headers: str
    fetched_at: str
    codec: str
    body: bytes
    origin: str = items.CRAWL


class CodecError(ValueError):
    """A page is packed by a codec that this version does not know."""


def pack(  # noqa: PLR0913 - a page is known by all of this
    body: bytes, asked: str, answered: str, status: int, *, headers: list[tuple[str, str]], fetched_at: str
) -> RawPage:
    """A page packed for the store."""
    packed = _packer.compress(body, _packer.FLUSH_FRAME)
    return RawPage(asked, answered, status, msgspec.json.encode(headers).decode(), fetched_at, CODEC, packed)


def unpack(page: RawPage) -> bytes:
    """The bytes of a page.

    Raises:
        CodecError: its codec is not known.
    """
    if page.codec != CODEC:
        raise CodecError(f"{page.asked}: packed as {page.codec!r}; this version knows {CODEC} only")
    return zstd.decompress(page.body)
