"""A file's name tells what it holds, and which story."""

from __future__ import annotations

import pytest

from solidot_spider.base.origins import HTML, MARKDOWN, WARC
from solidot_spider.captures import names


@pytest.mark.parametrize(
    ("name", "origin", "sid"),
    [
        ("79532.html", HTML, 79532),
        ("79532.html.gz", HTML, 79532),
        ("79532.htm", HTML, 79532),
        ("79532.MD", MARKDOWN, 79532),
        ("79532.markdown", MARKDOWN, 79532),
        ("story?sid=79532", HTML, 79532),
        ("story?sid=79532.html", HTML, 79532),
        ("story?sid=79532&from=rss", HTML, 79532),
        ("story%3Fsid%3D79532.html", HTML, 79532),
        ("story@sid=79532.html", HTML, 79532),
        ("story_sid_79532.htm", HTML, 79532),
        ("story-79532.html", HTML, 79532),
        ("solidot_79532.md", MARKDOWN, 79532),
        ("index.html", HTML, None),
        ("2024-10-18.html", HTML, None),
        ("a story of 3 lighthouses.html", HTML, None),
        ("inside5.html", HTML, None),
        ("123456789.html", HTML, None),
        ("story?sid=123456789", None, None),
        ("captures.warc.gz", WARC, None),
        ("CAPTURES.WARC", WARC, None),
        ("index.tsv", None, None),
        ("79532.json", None, None),
        ("79532", None, 79532),
    ],
)
def test_a_name_tells_form_and_story(name: str, origin: str | None, sid: int | None) -> None:
    assert (names.origin_of(name), names.sid_of(name) if origin or sid else None) == (origin, sid)
