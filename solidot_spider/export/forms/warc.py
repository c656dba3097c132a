"""Writes kept pages as WARC 1.1: one record a page, with the answer's status and headers; the same bytes each time.

A page that came without an answer of HTTP, such as a saved file, is a resource. Two fields of our own, which other
readers pass over, say where a page came from, so that an import brings back what was exported.
"""

from __future__ import annotations

import gzip
import http
from base64 import b32encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from itertools import chain
from typing import IO, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import msgspec

from solidot_spider import __version__
from solidot_spider.base import origins
from solidot_spider.captures.warc_fields import ASKED, ORIGIN, WITHDRAWN
from solidot_spider.export.forms.cdxj import Index
from solidot_spider.export.forms.packing import GZIP_LEVEL
from solidot_spider.store.pages.raw_pages import RawPage

_MEDIA = {origins.MARKDOWN: "text/markdown; charset=utf-8"}
_HTML = "text/html; charset=utf-8"
_ABOUT = {
    "software": f"solidot_spider/{__version__}",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Pages of Solidot (奇客) that a dataset was made of; bodies are decoded",
}


class SavedPage(NamedTuple):
    """A page of a story, its bytes as they came, and since when the story is withdrawn."""

    sid: int
    page: RawPage
    data: bytes
    withdrawn_at: str | None = None


class _Record(NamedTuple):
    kind: str
    url: str
    at: str
    media: str
    block: bytes
    body: bytes
    own: Sequence[tuple[str, str]] = ()


class Written:
    """What a file of pages holds: how many, their bytes, and the lowest and the highest sid."""

    def __init__(self) -> None:
        self.count = 0
        self.size = 0
        self._first = self._last = 0

    def add(self, page: SavedPage) -> None:
        """Count a page."""
        self._first, self._last = self._first or page.sid, page.sid
        self.count += 1
        self.size += len(page.data)

    @property
    def sids(self) -> tuple[int, ...]:
        """The lowest and the highest sid; empty if there is no page."""
        return (self._first, self._last) if self.count else ()


def write(pages: Iterable[SavedPage], file: IO[bytes], index: Index, name: str, *, is_packed: bool) -> Written:
    """Write pages into a file.

    Args:
        pages: the pages, by ascending sid.
        file: the file.
        index: gets a line for each page.
        name: the file's name, which only the index has.
        is_packed: whether each record is packed by gzip.

    Raises:
        OSError: the file cannot be written.
    """
    written, saved = Written(), iter(pages)
    first = next(saved, None)
    at = first.page.fetched_at if first else "1970-01-01T00:00:00+00:00"
    offset = file.write(_packed(_warcinfo(at), is_packed=is_packed))
    for each in chain(() if first is None else (first,), saved):
        record = _of_page(each)
        data = _packed(_bytes(record), is_packed=is_packed)
        file.write(data)
        index.add(
            record.url,
            each.page.fetched_at,
            mime=(_content_type(each.page) or record.media).partition(";")[0].strip(),
            **({"status": str(each.page.status)} if each.page.status else {}),
            digest=_digest(record.body),
            length=str(len(data)),
            offset=str(offset),
            filename=name,
        )
        offset += len(data)
        written.add(each)
    return written


def _of_page(saved: SavedPage) -> _Record:
    page, data = saved.page, saved.data
    own = [(ORIGIN, page.origin)]
    if saved.withdrawn_at:
        own.append((WITHDRAWN, saved.withdrawn_at))
    if page.asked != page.answered:
        own.append((ASKED, page.asked))
    if not page.status:
        return _Record("resource", page.answered, page.fetched_at, _MEDIA.get(page.origin, _HTML), data, data, own)
    block = b"\r\n".join([*_head(page), b"", data])
    media = "application/http; msgtype=response"
    return _Record("response", page.answered, page.fetched_at, media, block, data, own)


def _head(page: RawPage) -> Iterator[bytes]:
    """The lines of an answer before its body."""
    phrase = http.HTTPStatus(page.status).phrase if page.status in set(http.HTTPStatus) else ""
    yield f"HTTP/1.1 {page.status} {phrase}".encode()
    for name, value in _headers(page):
        yield f"{name}: {value}".encode("latin-1", errors="replace").replace(b"\r", b" ").replace(b"\n", b" ")


def _headers(page: RawPage) -> list[tuple[str, str]]:
    return msgspec.json.decode(page.headers, type=list[tuple[str, str]])


def _content_type(page: RawPage) -> str:
    return next((value for name, value in _headers(page) if name.lower() == "content-type"), "")


def _warcinfo(at: str) -> bytes:
    """What the file is; its time is that of its first page: the same pages make the same bytes."""
    block = "".join(f"{field}: {value}\r\n" for field, value in _ABOUT.items()).encode()
    return _bytes(_Record("warcinfo", "", at, "application/warc-fields", block, b""))


def _bytes(record: _Record) -> bytes:
    """A record as the standard has it."""
    number = uuid5(NAMESPACE_URL, f"{record.url} {record.at} {_digest(record.block)}")
    fields = [
        ("WARC-Type", record.kind),
        ("WARC-Record-ID", f"<urn:uuid:{number}>"),
        ("WARC-Date", record.at.replace("+00:00", "Z")),
        *([("WARC-Target-URI", record.url)] if record.url else ()),
        *record.own,
        ("WARC-Block-Digest", _digest(record.block)),
        *([("WARC-Payload-Digest", _digest(record.body))] if record.url else ()),
        ("Content-Type", record.media),
        ("Content-Length", str(len(record.block))),
    ]
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]
    return b"".join(["\r\n".join(lines).encode(), record.block, b"\r\n\r\n"])


def _digest(data: bytes) -> str:
    """SHA-1, as all archivers write it, so that tools find what is the same."""
    return f"sha1:{b32encode(sha1(data, usedforsecurity=False).digest()).decode()}"


def _packed(data: bytes, *, is_packed: bool) -> bytes:
    return gzip.compress(data, GZIP_LEVEL, mtime=0) if is_packed else data
