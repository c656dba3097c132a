"""Refuses bodies that end early: Scrapy passes on what a closed connection or a cut stream has left of them."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from scrapy.exceptions import ResponseDataLossError
from scrapy.http import Response

try:
    import brotli  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover - Scrapy has one of both
    import brotlicffi as brotli  # type: ignore[import-not-found]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 65536
HEAD, TAIL = 1024, 2048
"""Bytes in which a document shows its kind, and in which it ends."""

_ENDS = (
    (re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE), re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)),
    (re.compile(rb"<rss[\s>]"), re.compile(rb"</rss\s*>")),
)
"""What shows that a document is of a kind, and what ends each of that kind."""

_WRONG_CHECKSUM = re.compile("incorrect (data|length) check")
"""What zlib says if what was unpacked is not what was packed."""

_IS_HTML = re.compile(rb"text/html|application/xhtml", re.IGNORECASE)


class BodyError(ResponseDataLossError):
    """A body is not whole; the message says what is wrong with it."""


class CutShortError(BodyError):
    """A body ends early."""

    def __init__(self, why: str) -> None:
        super().__init__(f"body cut short: {why}")


class BrokenError(BodyError):
    """A body does not unpack."""

    def __init__(self) -> None:
        super().__init__("body broken: its compression does not unpack")


class Unpacker(Protocol):
    """One stream that is unpacked."""

    @property
    def eof(self) -> bool:
        """Whether it has ended."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind its end."""

    def decompress(self, data: Any, max_length: int = ..., /) -> bytes:
        """The next bytes, at most so many."""


def check(response: Response, limit: int) -> None:
    """Refuse a page that is not whole. Errors and redirects are told by their status.

    Args:
        response: an answer as it came, before it is unpacked.
        limit: bytes from which on an unpacked body is no page anyhow, and not looked at.

    Raises:
        BodyError: the body ends early, or does not unpack.
    """
    if not 200 <= response.status < 300:
        return
    if "dataloss" in response.flags:
        raise CutShortError("the connection ended before it")
    body = response.body
    for encoding in reversed(_encodings(response)):
        unpacked = _unpacked(body, encoding, limit)
        if unpacked is None:
            return
        body = unpacked
    _check_end(response, body)


def _encodings(response: Response) -> list[str]:
    joined = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
    return [each for part in joined.split(",") if (each := part.strip()) and each != "identity"]


def _check_end(response: Response, body: bytes) -> None:
    """Refuse a document without its own end. Where the length is not told, only that says that nothing is missing."""
    head, tail = body[:HEAD], body[-TAIL:]
    for kind, end in _ENDS:
        if kind.search(head) and not end.search(tail):
            raise CutShortError("the page has no end")
    is_html = _IS_HTML.match(response.headers.get("Content-Type") or b"")
    if "partial" in response.flags and is_html and not _ENDS[0][1].search(tail):
        raise CutShortError("the connection ended before it")


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes | None:
    """The unpacked body, with its end and its checksum seen; None if it is too large, or packed in an unknown way.

    Raises:
        BodyError: it ends early, or does not unpack.
    """
    if encoding not in _STREAMS:
        return None
    found: list[bytes] = []
    size = 0
    try:
        for part in _STREAMS[encoding](body):
            found.append(part)
            size += len(part)
            if size > limit:
                return None
    except EOFError as ended:
        raise CutShortError("its compression has no end") from ended
    except Exception as error:  # each decompressor has errors of its own
        if _WRONG_CHECKSUM.search(str(error)):
            raise CutShortError("its checksum is wrong") from error
        raise BrokenError from error
    return b"".join(found)


def _parts(unpacker: Unpacker, data: bytes) -> Iterator[bytes]:
    """The parts of one stream.

    Raises:
        EOFError: it does not end.
    """
    part = unpacker.decompress(data, CHUNK)
    while not unpacker.eof:
        tail: bytes = getattr(unpacker, "unconsumed_tail", b"")
        yield part
        more = unpacker.decompress(tail, CHUNK)
        if not more and not unpacker.eof and not tail:
            raise EOFError
        part = more
    yield part


def _members(make: Callable[[], Unpacker], magic: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """Unpacks a body of one stream or more; what stands behind the last one is none of it."""

    def unpack(data: bytes) -> Iterator[bytes]:
        while True:
            unpacker = make()
            yield from _parts(unpacker, data)
            data = unpacker.unused_data
            if not data.startswith(magic):
                return

    return unpack


def _deflate(data: bytes) -> Iterator[bytes]:
    """With zlib's frame, or bare as some servers send it."""
    try:
        zlib.decompressobj().decompress(data, 1)
        bits = zlib.MAX_WBITS
    except zlib.error:
        bits = -zlib.MAX_WBITS
    yield from _parts(zlib.decompressobj(bits), data)


def _brotli(data: bytes) -> Iterator[bytes]:
    unpacker: Any = brotli.Decompressor()
    part = unpacker.process(data, output_buffer_limit=CHUNK)
    while part:
        yield part
        part = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=CHUNK)
    if not unpacker.is_finished():
        raise EOFError


_GZIP = _members(lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), b"\x1f\x8b")
_STREAMS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _members(zstd.ZstdDecompressor, b"\x28\xb5\x2f\xfd"),
}
