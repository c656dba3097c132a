"""WARC files of any archiver give the pages of stories, and a reason for all else."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from solidot_spider.base import origins, site
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures import warc_pages
from solidot_spider.captures.capture import SKIPPED, Capture, Fate, Left
from tests.captures.warcs import AT, HTML, Archive, answered, by_hand, chunked, packed
from tests.stores import page

SITES = frozenset({site.CANONICAL})
GIVEN = datetime(2024, 1, 1, tzinfo=UTC)


def read(path: Path, fetched_at: datetime | None = None) -> tuple[list[Capture], list[Left]]:
    found = list(warc_pages.read(path, SITES, fetched_at))
    return [each for each in found if isinstance(each, Capture)], [each for each in found if isinstance(each, Left)]


def reasons(left: list[Left]) -> Counter[tuple[str, str]]:
    return Counter((str(each.fate), each.reason) for each in left)


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_page_comes_as_it_was_answered(tmp_path: Path, *, is_packed: bool) -> None:
    archive = Archive(tmp_path / "a.warc", packed=is_packed)
    path = archive.request(5).add(5, headers=[*HTML, ("X-Odd", "é")]).add(6).close()
    (one, other), left = read(path)
    assert (one.data, one.sid, one.origin, one.status) == (page(5), 5, origins.WARC, 200)
    assert (one.asked, one.answered) == (site.story_url(5), site.story_url(5))
    assert one.fetched_at == datetime(2025, 11, 8, 4, tzinfo=UTC)
    assert one.headers[0] == HTML[0]
    assert (other.data, other.sid) == (page(6), 6)
    assert not left


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ("Transfer-Encoding: chunked", chunked(page(5))),
        ("Transfer-Encoding: chunked", page(5)),  # decoded by the archiver under the headers of before
        ("Content-Encoding: gzip", packed(page(5))),
        ("content-encoding: GZIP", page(5)),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked", chunked(packed(page(5)))),
        ("Content-Encoding: deflate", zlib.compress(page(5))),
        ("Content-Encoding: deflate", zlib.compress(page(5))[2:-4]),
        (f"Content-Length: {len(page(5))}", page(5)),
        ("Content-Length: 3", page(5)),
        ("Content-Encoding: gzip\r\nContent-Length: 99999", packed(page(5))),
        ("X-Folded: one\r\n two", page(5)),
        ("no colon here", page(5)),
    ],
)
def test_a_body_is_decoded_by_what_it_is(tmp_path: Path, headers: str, sent: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(by_hand(site.story_url(5), answered(sent, f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n")))
    (found,), left = read(path)
    assert found.data == page(5)
    assert not left
    assert not {name.lower() for name, _ in found.headers} & {"content-encoding", "transfer-encoding", "content-length"}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (answered(page(5)[:500], "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"), "cut short: its headers say 5000"),
        (answered(chunked(page(5))[:-900], "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "cut short: its last"),
        (answered(packed(page(5))[:-9], "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"), "cut short: its compress"),
        (answered(page(5), "HTTP/1.1 200 OK\r\nContent-Encoding: lzma\r\n\r\n"), "content-encoding 'lzma' is not known"),
        (answered(packed(bytes(9 << 20)), "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"), "larger than 4 MiB"),
        (page(5), "damaged: no answer of HTTP"),
        (b"", "damaged: no answer of HTTP"),
    ],
)  # fmt: skip
def test_a_body_that_is_not_there_whole_is_told(tmp_path: Path, block: bytes, reason: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(by_hand(site.story_url(5), block) + by_hand(site.story_url(6), answered(page(6))))
    (found,), (left,) = read(path)
    assert found.sid == 6
    assert (left.fate, left.sid) == (Outcome.FAILED, 5)
    assert left.reason.startswith(reason)


@pytest.mark.parametrize(
    ("block", "fate", "reason"),
    [
        ("HTTP/1.1 404 Not Found\r\n\r\n", Outcome.MISSING, "status 404"),
        ("HTTP/1.1 410 Gone\r\n\r\n", Outcome.MISSING, "status 410"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", Outcome.REFUSED, "status 403"),
        ("HTTP/1.1 503 Busy\r\nRetry-After: 9\r\n\r\n", Outcome.FAILED, "status 503"),
        ("HTTP/1.1 206 Partial Content\r\n\r\n", Outcome.FAILED, "status 206"),
        ("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", Outcome.MISSING, "redirected"),
        ("HTTP/1.1 301 Moved\r\nLocation: https://linux.solidot.org/story?sid=5\r\n\r\n", SKIPPED, warc_pages.REDIRECT),
        ("HTTP/1.1 301 Moved\r\nLocation: /story?sid=6\r\n\r\n", Outcome.UNPARSED, "other-story"),
    ],
)
def test_what_is_answered_by_no_page_is_named_as_a_crawl_names_it(
    tmp_path: Path, block: str, fate: Fate, reason: str
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(by_hand(site.story_url(5), block.encode()))
    assert read(path) == ([], [Left(f"{path}, at byte 0", fate, reason, 5)])


def test_other_addresses_are_skipped_and_revisits_listed(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a.warc.gz").add(5).revisit(6)
    for url in ("https://example.org/story?sid=7", "https://notsolidot.org/story?sid=7", "dns:www.solidot.org"):
        archive.add(url=url, body=b"x", kind="response" if url.startswith("http") else "resource")
    for url in ("https://www.solidot.org/", "https://www.solidot.org/comments?sid=7", "https://www.solidot.org/story"):
        archive.add(url=url, body=b"x")
    found, left = read(archive.close())
    assert [each.sid for each in found] == [5]
    assert reasons(left) == {
        (SKIPPED, warc_pages.REVISIT): 1,
        (SKIPPED, warc_pages.OTHER_SITE): 3,
        (SKIPPED, warc_pages.OTHER_ADDRESS): 3,
    }


@pytest.mark.parametrize(
    "url",
    [
        "<https://www.solidot.org/story?sid=5>",  # as old versions of wget write it
        "http://solidot.org/story?sid=5",
        "https://linux.solidot.org:443/story?sid=5&from=rss",
        "HTTPS://WWW.SOLIDOT.ORG/story?sid=5#top",
    ],
)
def test_all_addresses_of_a_story_are_its_own(tmp_path: Path, url: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(by_hand(url, answered(page(5))))
    (found,), left = read(path)
    assert (found.sid, left) == (5, [])


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2025-11-08T04:00:00Z", datetime(2025, 11, 8, 4, tzinfo=UTC)),
        ("2025-11-08T04:00:00.123456789Z", datetime(2025, 11, 8, 4, tzinfo=UTC)),
        ("2025-11-08T04:00:00", datetime(2025, 11, 8, 4, tzinfo=UTC)),
        ("2025-11-08", GIVEN),
        ("", GIVEN),
    ],
)
def test_the_time_is_the_records_own_or_the_given_one(tmp_path: Path, date: str, at: datetime) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(by_hand(site.story_url(5), answered(page(5)), f"WARC-Date: {date}\r\n"))
    (found,), _ = read(path, GIVEN)
    assert found.fetched_at == at
    if at == GIVEN:
        _, (left,) = read(path)
        assert left.reason.startswith("no time")


def test_a_truncated_record_is_told_by_its_own_field(tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5, fields={"WARC-Truncated": "length"}).add(6).close()
    (found,), (left,) = read(path)
    assert (found.sid, left.sid, left.reason) == (6, 5, "cut short: WARC-Truncated: length")


def test_a_resource_is_a_page_without_an_answer(tmp_path: Path) -> None:
    (found,), _ = read(Archive(tmp_path / "a.warc.gz").add(5, kind="resource").close())
    assert (found.data, found.status, found.headers, found.origin) == (page(5), 0, (), origins.WARC)


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_file_that_ends_early_gives_what_is_whole(tmp_path: Path, *, is_packed: bool) -> None:
    archive = Archive(tmp_path / "a.warc", packed=is_packed).add(5).add(6)
    before = len(archive.data)
    data = archive.add(7).data
    for end in (before + 5, before + 400, len(data) - 50):
        (tmp_path / "a.warc").write_bytes(data[:end])
        found, left = read(tmp_path / "a.warc")
        assert [each.sid for each in found] == [5, 6]
        assert {each.fate for each in left} == {Outcome.FAILED}
    (tmp_path / "a.warc").write_bytes(data)
    assert [each.sid for each in read(tmp_path / "a.warc")[0]] == [5, 6, 7]


@pytest.mark.parametrize("is_packed", [True, False])
def test_behind_damage_the_next_records_are_read(tmp_path: Path, *, is_packed: bool) -> None:
    archive = Archive(tmp_path / "a.warc", packed=is_packed).add(5)
    start = len(archive.data)
    end = len(archive.add(6).data)
    data = bytearray(archive.add(7).add(8).data)
    if is_packed:
        data[(start + end) // 2] ^= 0xFF
    else:
        at = data.index(b"Content-Length:", start) + len(b"Content-Length:")
        data[at : at + 2] = b" x"
    (tmp_path / "a.warc").write_bytes(data)
    found, left = read(tmp_path / "a.warc")
    assert [each.sid for each in found] == [5, 7, 8]
    assert {each.fate for each in left} == {Outcome.FAILED}
    assert all(start <= int(each.where.rpartition(" ")[2]) < end for each in left)


def test_a_file_that_is_packed_as_a_whole_is_read(tmp_path: Path) -> None:
    data = Archive(tmp_path / "a.warc", packed=False).add(5).add(6).data
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(data))
    found, left = read(tmp_path / "a.warc.gz")
    assert ([each.sid for each in found], left) == ([5, 6], [])


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x1f\x8b\x08", b"WARC/1.0\r\n\r\n", bytes(5000)])
def test_what_is_no_archive_is_told(tmp_path: Path, data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.warc").write_bytes(data)
    found, left = read(tmp_path / "a.warc")
    assert not found
    assert {each.fate for each in left} == ({Outcome.FAILED} if data else set())
    assert capfd.readouterr() == ("", "")


def test_the_time_of_a_test_is_that_of_its_archive() -> None:
    assert datetime.fromisoformat(AT) == datetime(2025, 11, 8, 4, tzinfo=UTC)
