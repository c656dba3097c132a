"""Undoes what HTTP does to a body on its way: chunks and compression. A body that is cut short is told, not repaired.

Some archivers keep a body as it came, others decoded under the headers of before: its bytes decide, not the headers.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader

from solidot_spider.captures.capture import CUT_SHORT, LARGEST, TOO_LARGE

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODING_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers that tell of a body as it was sent, and no more of one that is decoded."""

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_AUTOMATIC, _RAW = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


class BodyError(ValueError):
    """A body that cannot be decoded whole; the message says why."""


def decoded(data: bytes, headers: Mapping[str, str]) -> bytes:
    """The body as it was before it was sent.

    Args:
        data: the body as it was kept.
        headers: the answer's headers, their names in lower case.

    Raises:
        BodyError: it is cut short, damaged, too large, or of an unknown coding.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        data = _joined(data)
    elif not headers.get("content-encoding") and _is_short(data, headers.get("content-length", "")):
        raise BodyError(f"{CUT_SHORT}: its headers say {headers['content-length']} bytes, and {len(data)} are there")
    for coding in reversed([each.strip().lower() for each in headers.get("content-encoding", "").split(",")]):
        data = _unpacked(data, coding)
    if len(data) > LARGEST:
        raise BodyError(TOO_LARGE)
    return data


def _is_short(data: bytes, length: str) -> bool:
    return length.isascii() and length.isdecimal() and len(data) < int(length)


def _joined(data: bytes) -> bytes:
    """A body without its chunks; as it is, if it has none."""
    size = data[:18].partition(b"\r\n")[0].partition(b";")[0].strip()
    try:
        int(size, 16)
    except ValueError:
        return data
    try:
        reader = ChunkedDataReader(BytesIO(data), raise_exceptions=True)
        return bytes(reader.read())
    except ChunkedDataException as error:
        raise BodyError(f"{CUT_SHORT}: its last chunk is not whole") from error


def _unpacked(data: bytes, coding: str) -> bytes:
    if coding in {"", "identity"} or not data:
        return data
    unpack = _CODINGS.get(coding)
    if unpack is None:
        raise BodyError(f"content-encoding {coding!r} is not known")
    return unpack(data)


def _gzip(data: bytes) -> bytes:
    return _inflated(data, _AUTOMATIC) if data.startswith(_GZIP) else data


def _deflate(data: bytes) -> bytes:
    """What servers call deflate: zlib's form, or the bare one."""
    for form in (zlib.MAX_WBITS, _RAW):
        try:
            return _inflated(data, form)
        except BodyError as error:
            if CUT_SHORT in str(error):
                raise
    return data


def _inflated(data: bytes, form: int) -> bytes:
    return _decompressed(zlib.decompressobj(form), data, zlib.error)


def _zstandard(data: bytes) -> bytes:
    return _decompressed(zstd.ZstdDecompressor(), data, zstd.ZstdError) if data.startswith(_ZSTANDARD) else data


def _decompressed(unpacker: Any, data: bytes, damage: type[Exception]) -> bytes:
    """Bytes unpacked by an unpacker of ``zlib`` or ``zstd``.

    Raises:
        BodyError: they are damaged, too many, or end early.
    """
    try:
        made = unpacker.decompress(data, LARGEST + 1)
    except damage as error:
        raise BodyError(f"damaged: {error}") from error
    if len(made) > LARGEST:
        raise BodyError(TOO_LARGE)
    if not unpacker.eof:
        raise BodyError(f"{CUT_SHORT}: its compression has no end")
    return bytes(made)


def _brotli(data: bytes) -> bytes:
    """Brotli has no mark of its own: what is text already was decoded by the archiver."""
    if data.lstrip()[:1] == b"<":
        return data
    try:
        import brotli  # type: ignore[import-untyped] # noqa: PLC0415 - no archiver needs it that asks for no such pages
    except ImportError as error:
        raise BodyError("content-encoding 'br' needs a library: pip install brotli") from error
    try:
        return bytes(brotli.decompress(data))
    except brotli.error as error:
        raise BodyError(f"damaged, or {CUT_SHORT}: {error}") from error


_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstandard,
    "br": _brotli,
}
