"""A body that ends early is refused wherever it ends, and one that is whole never."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from scrapy.http import HtmlResponse, Response

from solidot_spider.middlewares import whole_body
from solidot_spider.middlewares.whole_body import BodyError, BrokenError, CutShortError
from tests import pages

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE = pages.page(79520)
LIMIT = 4 * 1024 * 1024


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
    "two members": ("gzip", lambda data: gzip.compress(data[:5000]) + gzip.compress(data[5000:])),
    "twice": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
}


def check(body: bytes, encoding: str = "", *, limit: int = LIMIT, kind: str = "text/html", **rest: Any) -> None:
    headers = {"Content-Type": kind, **({"Content-Encoding": encoding} if encoding else {})}
    whole_body.check(Response("http://127.0.0.1/story?sid=79520", headers=headers, body=body, **rest), limit)


@pytest.mark.parametrize("name", PACKERS)
def test_a_packed_page_is_whole_to_its_last_byte(name: str) -> None:
    encoding, pack = PACKERS[name]
    data = pack(PAGE)
    check(data, encoding)
    for length in (0, 1, 9, len(data) // 2, len(data) - 9, len(data) - 8, len(data) - 1):
        with pytest.raises(CutShortError):
            check(data[:length], encoding)


@pytest.mark.parametrize("name", ["gzip", "deflate", "two members"])
@pytest.mark.parametrize("at", [-1, -5])
def test_a_wrong_checksum_is_no_page(name: str, at: int) -> None:
    encoding, pack = PACKERS[name]
    data = bytearray(pack(PAGE))
    data[at if encoding == "gzip" else -1] ^= 0xFF
    with pytest.raises(CutShortError, match="its checksum is wrong"):
        check(bytes(data), encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_what_does_not_unpack_is_broken(encoding: str) -> None:
    with pytest.raises(BrokenError):
        check(b"\xff\xff\xff\xff, no stream of any kind" * 9, encoding)


def test_what_stands_behind_a_stream_is_no_part_of_it() -> None:
    check(gzip.compress(PAGE) + bytes(100), "gzip")


def test_a_body_over_the_limit_is_for_others_to_refuse() -> None:
    check(gzip.compress(bytes(2_000_000))[:-4], "gzip", limit=1_000_000)
    check(b"?", "compress")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_page_without_its_end_is_cut_short(share: float) -> None:
    cut = PAGE[: int(len(PAGE) * share)]
    with pytest.raises(CutShortError, match="the page has no end"):
        check(cut)
    with pytest.raises(CutShortError, match="the page has no end"):
        check(gzip.compress(cut), "gzip")


@pytest.mark.parametrize("end", [b"</body>", b"</HTML >\n<!-- 0.1 s -->\n", b"</body></html>\xef\xbb\xbf"])
@pytest.mark.parametrize("start", [b"<!DOCTYPE html>\n", b"\xef\xbb\xbf\n<html>", b"<HTML lang=zh>"])
def test_a_page_may_begin_and_end_in_many_ways(start: bytes, end: bytes) -> None:
    check(start + b"<p>" * 2000 + end)
    check(start + b"<p>" * 2000 + end, flags=["partial"])
    with pytest.raises(CutShortError):
        check(start + b"<p>" * 2000)


def test_where_no_length_is_told_only_the_end_says_that_nothing_is_missing() -> None:
    check(b"<p>")
    with pytest.raises(CutShortError, match="the connection ended before it"):
        check(b"<p>", flags=["partial"])
    check(b"User-agent: *\n", kind="text/plain", flags=["partial"])
    with pytest.raises(CutShortError):
        check(PAGE, flags=["dataloss"])


def test_a_feed_without_its_end_is_cut_short() -> None:
    feed = pages.SITE.answer("/index.rss").body
    check(feed, kind="text/xml")
    with pytest.raises(CutShortError):
        check(feed[:-10], kind="text/xml")


@pytest.mark.parametrize("status", [301, 404, 500])
def test_an_error_is_told_by_its_status(status: int) -> None:
    check(b"<html>", status=status)
    check(b"", "gzip", status=status)


def test_an_empty_body_has_no_end_to_miss() -> None:
    check(b"")
    whole_body.check(HtmlResponse("http://127.0.0.1/", body=PAGE), LIMIT)
    assert issubclass(CutShortError, BodyError)
