"""robots.txt is read whatever its encoding, and knows us by each of our names."""

from __future__ import annotations

import gzip

import pytest

from solidot_spider.middlewares import robots_rules
from solidot_spider.middlewares.robots_rules import RobotsTextError

TOKEN = "solidot_spider"
STORY = "https://www.solidot.org/story?sid=1"


def allows(robots: str | bytes) -> bool:
    body = robots.encode() if isinstance(robots, str) else robots
    return robots_rules.parse(body, TOKEN).can_fetch(STORY, TOKEN)


@pytest.mark.parametrize(
    "name",
    [
        "solidot_spider",
        "Solidot_Spider",
        "solidot_spider/0.1.0",
        "SOLIDOT_SPIDER/9",
        "solidot_spider 0.1.0",
        "solidot_spider/0.1.0 # ours",
        "Mozilla/5.0 (compatible; solidot_spider/0.1.0; +mailto:you@example.org)",
        "*",
    ],
)
def test_these_are_our_names(name: str) -> None:
    assert not allows(f"User-agent: {name}\nDisallow: /\n")
    assert not allows(f"USER-AGENT :{name}\r\nDisallow: /\r\n")


@pytest.mark.parametrize(
    "name", ["solidot_spider2", "not-solidot_spider", "solidot_spider-images", "other # solidot_spider"]
)
def test_these_are_not(name: str) -> None:
    assert allows(f"User-agent: {name}\nDisallow: /\n")


def test_a_group_of_ours_wins() -> None:
    assert allows("User-agent: *\nDisallow: /\n\nUser-agent: solidot_spider/0.1.0\nAllow: /\n")
    rules = robots_rules.parse(b"User-agent: solidot_spider/0.1.0\nCrawl-delay: 7\n", TOKEN)
    assert rules.crawl_delay(TOKEN) == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
@pytest.mark.parametrize("packed", [0, 1, 2])
def test_every_encoding_is_read(encoding: str, packed: int) -> None:
    body = "# 奇客\nUser-agent: *\nDisallow: /story\n".encode(encoding)
    for _ in range(packed):
        body = gzip.compress(body, mtime=0)
    assert not allows(body)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end: str) -> None:
    assert not allows(end.join(["User-agent: solidot_spider/1", "Disallow: /", ""]))


@pytest.mark.parametrize("robots", ["", "a", "\n", "奇", "<html>"])
def test_a_file_without_rules_allows_all(robots: str) -> None:
    assert allows(robots)


PACKED = gzip.compress(b"User-agent: *\nDisallow: /\n", mtime=0)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (PACKED[:-9], "cut short"),
        (PACKED[:10] + b"\xff" * 40, "broken gzip"),
        (PACKED + PACKED, "several parts"),
        (gzip.compress(bytes(robots_rules.LIMIT + 1), mtime=0), "more than 4 MiB"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no "),
        (b"\xff\xfeU", "no UTF-16"),
        (b"Disallow: /\0x" + b"y" * 99, "no text"),
    ],
    ids=["cut", "broken", "parts", "bomb", "image", "half a character", "zero"],
)
def test_what_is_no_text_says_nothing(body: bytes, why: str) -> None:
    with pytest.raises(RobotsTextError, match=why):
        allows(body)
