"""Defines a page as the store keeps it, packed; ``PagePacker`` packs it, ``PageReader`` gives its bytes again."""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.base import origins

CODEC = "zstd"


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
        dictionary_id: the dictionary that they are compressed with; None if with none.
        origin: where it comes from, as a record says it; of an imported page ``status`` may be 0, for not known.
    """

    asked: str
    answered: str
    status: int
    headers: str
    fetched_at: str
    codec: str
    body: bytes
    dictionary_id: int | None = None
    origin: str = origins.CRAWL


class CodecError(ValueError):
    """A kept page cannot be unpacked: by this version, or since it is damaged."""
