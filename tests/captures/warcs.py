"""Writes WARC files as archivers do: by warcio, or by hand where warcio would not."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from solidot_spider.base import site
from tests.stores import page

AT = "2025-11-08T04:00:00Z"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


class Archive:
    """A WARC file that warcio writes."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path = path
        self._file = BytesIO()
        self._writer = WARCWriter(self._file, gzip=packed, warc_version="1.1")
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, {"software": "a test"}))

    def add(  # noqa: PLR0913 - a record is made of all of this
        self,
        sid: int = 0,
        *,
        url: str = "",
        body: bytes | None = None,
        status: str = "200 OK",
        headers: Iterable[tuple[str, str]] = HTML,
        kind: str = "response",
        at: str = AT,
        fields: Mapping[str, str] = {},
    ) -> Archive:
        """Add a record: by default the page of a made-up story, as its address answered."""
        http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind == "response" else None
        data = page(sid) if body is None else body
        record = self._writer.create_warc_record(
            url or site.story_url(sid),
            kind,
            payload=BytesIO(data),
            length=len(data),
            http_headers=http,
            warc_headers_dict={"WARC-Date": at, **fields},
            warc_content_type="" if kind == "response" else "text/html",
        )
        self._writer.write_record(record)
        return self

    def revisit(self, sid: int) -> Archive:
        """Add a record that says that a page was as before."""
        url = site.story_url(sid)
        self._writer.write_record(self._writer.create_revisit_record(url, "sha1:AAAA", url, AT))
        return self

    def request(self, sid: int) -> Archive:
        """Add a request, as wget does."""
        http = StatusAndHeaders(f"GET /story?sid={sid} HTTP/1.1", [("Host", "www.solidot.org")], is_http_request=True)
        record = self._writer.create_warc_record(site.story_url(sid), "request", http_headers=http)
        self._writer.write_record(record)
        return self

    @property
    def data(self) -> bytes:
        """The file's bytes so far."""
        return self._file.getvalue()

    def close(self) -> Path:
        """Write the file; where it is."""
        self.path.write_bytes(self.data)
        return self.path


def by_hand(url: str, block: bytes, fields: str = f"WARC-Date: {AT}\r\n", version: str = "1.0") -> bytes:
    """A response, not packed, whose head and block are given byte by byte."""
    head = f"WARC/{version}\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n{fields}"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def answered(body: bytes, head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") -> bytes:
    """An answer of HTTP."""
    return head.encode("latin-1") + body


def chunked(data: bytes, size: int = 1000) -> bytes:
    """A body in chunks, as HTTP/1.1 sends it."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in parts) + b"0\r\n\r\n"


def packed(data: bytes) -> bytes:
    """The same bytes every time."""
    return gzip.compress(data, mtime=0)
