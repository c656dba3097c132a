"""Reads robots.txt: bytes of whatever encoding in, the rules for one crawler out, or the reason why not."""

from __future__ import annotations

import codecs
import re
import zlib

from protego import Protego

LIMIT = 4 * 1024 * 1024
"""Bytes of an unpacked file, as with any page."""

_GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16, so it is looked for first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GROUP = re.compile(r"(\s*user[- ]?agent\s*:)([^#]*)", re.IGNORECASE)


class RobotsTextError(ValueError):
    """The bytes are no text: nobody knows what they allow; the message says what they are."""


def parse(body: bytes, token: str) -> Protego:
    """The rules of a file.

    Args:
        body: the file as it came.
        token: the crawler's product token. A group that names it with a version, or in a whole User-Agent, is for it.

    Raises:
        RobotsTextError: the bytes are no text.
    """
    ours = re.compile(rf"(?<![\w-]){re.escape(token)}(?![\w-])", re.IGNORECASE)
    return Protego.parse("\n".join(_named(line, token, ours) for line in text(body).splitlines()))


def text(body: bytes) -> str:
    """The text of a file: UTF-8, or what its first bytes say; also if it is packed by gzip, and no header says so.

    Raises:
        RobotsTextError: the bytes are no text.
    """
    for _ in range(2):  # some servers pack what is packed
        if body.startswith(_GZIP):
            body = _unpacked(body)
    encoding = next((name for mark, name in _BOMS if body.startswith(mark)), "") or _unmarked(body)
    try:
        read = body.decode(encoding, "replace" if encoding == "utf-8-sig" else "strict")
    except UnicodeDecodeError as error:
        raise RobotsTextError(f"no {encoding.upper()}") from error
    if "\0" in read:
        raise RobotsTextError("no text")
    return read


def _named(line: str, token: str, ours: re.Pattern[str]) -> str:
    """A line that names us in some way as one that gives the token alone, which is all that parsers compare."""
    group = _GROUP.match(line)
    return f"{group[1]} {token}" if group and ours.search(group[2]) else line


def _unmarked(body: bytes) -> str:
    """The encoding of text without a mark: in UTF-16 each second byte of an ASCII text is zero."""
    evens, odds = body[:1024:2].count(0), body[1:1024:2].count(0)
    if evens + odds <= min(len(body), 1024) // 8:
        return "utf-8-sig"
    return "utf-16-le" if odds > evens else "utf-16-be"


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        made = unpacker.decompress(body, LIMIT)
    except zlib.error as error:
        raise RobotsTextError("broken gzip") from error
    if unpacker.unconsumed_tail:
        raise RobotsTextError("gzip of more than 4 MiB")
    if not unpacker.eof:
        raise RobotsTextError("gzip that is cut short")
    if unpacker.unused_data.startswith(_GZIP):
        raise RobotsTextError("gzip of several parts")
    return made
