"""Pages made to hurt: one piece of markup or text, repeated in one place of a page until the page is as large as asked.

``python -m tests.parsing.hostile_pages PLACE SIZE`` makes a record of each, and writes what it cost as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from solidot_spider import items, record
from solidot_spider.base import site
from solidot_spider.items import Story
from solidot_spider.parsing import list_pages
from tests import pages

SID = 72124
"""A story with comments."""
PAGE = pages.page(SID).decode()
CONSTANT = 20_000

PIECES = [
    *"( （1 (1) 1 9, & &amp; &# &#38; &nbsp; < > <b> </b> <b></b> <div> </div> <p> <li> <ul><li> </ul> <br> <!-- -->".split(),
    *("<script>", "<style>", "<textarea>", "<svg>", "<table><tr><td>", "<td>", "<blockquote>", "<pre>", "<a>", "<?"),
    *("<a href='/~x'>", "<a href=https://x.example/>y</a>", "<a href=/story?sid=1>", "<a href=__SLASHLINK__>"),
    *("<img src=x>", "<img src='//i.example/x.png'>", "<span style='display:none'>", "<div class=gg>", "<i class="),
    *("<div class=block_m>", "<div class=p_mainnew>", "<div class=talk_time>", "<div class=list_com>", "<h2>字</h2>"),
    *("<div id=comment_1 class=list_com>", "<li id=tree_1>", "<div id=footer>", "<!-- comments start -->"),
    *("https://", "http://x.example/", "https://x.example/?q=(", "a.", "www.x.com/", "ftp://a.b/", "%", "xn--", "。"),
    *("来自", "<strong>来自", "发表于", "发表于 2025年03月04日 05时06分 ", "本文已被查看", "op=reply ", "share "),
    *(" ", "\n", "\t", "\0", "\u200b", "\u3000", "'", '"', "=", "/~", "\\", '\\"', "{", "[", ": ", "甲。\n", "_"),
]
PLACES: dict[str, tuple[str, str]] = {
    "head": ("</head>", "{}</head>"),
    "title in the JSON-LD": ('"title": "', '"title": "{}'),
    "before the block": ('<div class="block_m">', '{}<div class="block_m">'),
    "heading": ('<div class="bg_htit"><h2>', '<div class="bg_htit"><h2>{}'),
    "topics": ('<div class="icon_float">', '<div class="icon_float">{}'),
    "editor": ("发表于 ", "{}发表于 "),
    "behind the dateline": ("<b>来自", "{}<b>来自"),
    "department": ("<b>来自", "<b>来自{}"),
    "views": ("本文已被查看", "本文已被查看{}"),
    "body": ('<div class="p_mainnew">', '<div class="p_mainnew">字{}'),
    "address": ('<div class="p_mainnew">', '<div class="p_mainnew">字<a href="https://x.example/{}">字</a>'),
    "line of sources": ('<div class="p_mainnew">', '<div class="p_mainnew">字<br>https://x.example/{}<br>'),
    "behind the body": ('<div class="pn">', '{}<div class="pn">'),
    "heading of a comment": ("(得分:2 )", "(得分:{}2 )"),
    "author of a comment": ('<a class="same_the"', '{}<a class="same_the"'),
    "text of a comment": ('<div class="p_text">', '<div class="p_text">{}'),
    "footer": ('<p class="famous">', '<p class="famous">{}'),
}
LISTED: dict[str, tuple[Callable[[bytes], object], str]] = {
    "list page": (
        list_pages.story_sids,
        '<html><body><div class="block_m"><h2><a href="/story?sid=5">字</a></h2></div>{}',
    ),
    "feed": (list_pages.feed_sids, "<rss><channel><item><link>https://www.solidot.org/story?sid=5</link>{}</item>"),
}


class Cost(NamedTuple):
    """What a page cost: seconds of CPU, and bytes of the record beyond twice the page."""

    piece: str
    seconds: float
    surplus: int


def made(place: str, size: int) -> Iterator[tuple[str, bytes]]:
    """The pages of a place, by their piece."""
    for piece in PIECES:
        repeated = piece * (size // len(piece.encode()))
        if place in LISTED:
            yield piece, LISTED[place][1].replace("{}", repeated).encode()
        else:
            old, new = PLACES[place]
            assert old in PAGE
            yield piece, PAGE.replace(old, new.replace("{}", repeated), 1).encode()


def costs(place: str, size: int) -> Iterator[Cost]:
    """What each page of a place costs."""
    for piece, data in made(place, size):
        began, surplus = time.process_time(), 0
        if place in LISTED:
            LISTED[place][0](data)
        else:
            story = record.record(data, site.story_url(SID), pages.NOW)
            if isinstance(story, Story):
                surplus = len(items.line(story)) - 2 * len(data) - CONSTANT
        yield Cost(piece, time.process_time() - began, surplus)


def peak() -> int:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main(place: str, size: int) -> None:
    """Write the costs of a place, and the memory at the end beyond that of ordinary pages."""
    list(costs(place, 100))
    before = peak()
    found = list(costs(place, size))
    json.dump({"costs": found, "megabytes": peak() - before}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
