"""Properties that hold for any input."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solidot_spider import items, record
from solidot_spider.base import site
from solidot_spider.base.clock import BEIJING
from solidot_spider.parsing import body, dateline, html_paragraphs, html_tree, urls
from solidot_spider.parsing.page import Missing, Unparsed
from tests import pages

URL = "https://www.solidot.org/story?sid=81000"
NOW = datetime(2025, 11, 5, tzinfo=UTC)
TAGS = {
    *(
        [
            "p",
            "br",
            "a",
            "i",
            "b",
            "em",
            "strong",
            "u",
            "sup",
            "sub",
            "ul",
            "ol",
            "li",
            "blockquote",
            "pre",
            "code",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "img",
        ]
    ),
    *(f"h{level}" for level in range(1, 7)),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
WEEKDAYS = "一二三四五六日"

WORDS = st.sampled_from(
    ["正文", "。", " ", "\n", "\xa0", "\u200b", "a&amp;b", "&lt;b&gt;", '"', "https://a.example.org/x", "www.x.cn/y", "|", "1."]
)  # fmt: skip
ELEMENTS = st.sampled_from(
    [
        "p",
        "div",
        "br",
        "b",
        "i",
        "em",
        "u",
        "span",
        "a",
        "sup",
        "li",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "code",
        "h2",
        "h3",
        "table",
        "tr",
        "td",
        "th",
        "tbody",
        "img",
        "script",
        "section",
        "center",
    ]
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    """HTML in any order, with tags that are never closed, or closed without having been opened."""
    out = []
    for _ in range(draw(st.integers(0, 30))):
        kind = draw(st.integers(0, 4))
        if kind <= 1:
            out.append(draw(WORDS))
            continue
        name = draw(ELEMENTS)
        if kind == 4:
            out.append(f"</{name}>")
        elif name == "a":
            out.append(
                f'<a href="{draw(st.sampled_from(["/story?sid=5", "https://x.example.org/?a=1&b=%22", "javascript:x", "mailto:a@b"]))}" title="t&quot;">'
            )
        elif name == "img":
            out.append(
                f'<img src="{draw(st.sampled_from(["//i.example.org/a.png", "x.png", "data:image/png;base64,AA"]))}" alt="图<" onerror="x()">'
            )
        else:
            out.append(f'<{name} class="x" style="color:red" onclick="evil()" colspan="2">')
    return "".join(out)


def parsed_text(html: str) -> str:
    """HTML parsed into paragraphs, as text."""
    return body.text(html_paragraphs.parse_fragment(html_tree.parse(f"<div>{html}</div>".encode()).root, URL))


@given(markup())
@settings(max_examples=400, deadline=None)
def test_the_html_parsed_into_paragraphs_is_the_text(html: str) -> None:
    paragraphs = html_paragraphs.parse_fragment(html_tree.parse(f"<div>{html}</div>".encode()).root, URL)
    assert parsed_text(body.html(paragraphs)) == body.text(paragraphs)


@given(markup())
@settings(max_examples=400, deadline=None)
def test_a_sanitiser_finds_nothing_to_change(html: str) -> None:
    clean = body.html(html_paragraphs.parse_fragment(html_tree.parse(f"<div>{html}</div>".encode()).root, URL))
    assert nh3.clean(clean, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None) == clean
    assert set(re.findall(r"&\w+;", clean)) <= {"&amp;", "&lt;", "&gt;", "&quot;"}


@pytest.mark.parametrize("sid", pages.SIDS)
def test_both_hold_for_our_own_stories(sid: int) -> None:
    story = record.record(pages.page(sid), site.story_url(sid), NOW)
    assert isinstance(story, items.Story)
    assert parsed_text(story.body_html) == story.body
    clean = nh3.clean(story.body_html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None)
    assert clean == story.body_html


@given(st.datetimes(datetime(1997, 1, 1), datetime(2100, 1, 1)), st.sampled_from(["", " ", "\xa0", "\n  "]))  # noqa: DTZ001
def test_a_dateline_is_parsed(moment: datetime, space: str) -> None:
    line = f"某人 (1)发表于{space}{moment:%Y年%m月%d日}{space}{moment:%H时%M分}{space}星期{WEEKDAYS[moment.weekday()]}"
    assert dateline.parse(line) == (moment.replace(second=0, microsecond=0, tzinfo=BEIJING), True)


@pytest.mark.long
@given(st.text())
def test_any_text_can_be_searched_for_a_dateline(text: str) -> None:
    dateline.parse(text)
    dateline.parse(f"发表于 {text}年1月1日 1时1分")
    dateline.parse_pubdate(text)


PATH = st.from_regex(r"/[A-Za-z0-9_~@#%=&?+\-]{1,20}", fullmatch=True)
STOPS = st.sampled_from(list('，。；：！？、（）【】《》“”‘’「」『』 \xa0\u3000<>"|`'))


@given(st.sampled_from(["http", "https"]), PATH, STOPS, st.text(max_size=5))
def test_an_address_in_prose_ends_where_the_rule_says(scheme: str, path: str, stop: str, behind: str) -> None:
    url = f"{scheme}://news.example.org{path}"
    found = list(urls.find_in_prose(f"正文{url}{stop}{behind}"))
    assert found[0].raw == url


@given(st.text())
def test_any_text_can_be_searched_for_addresses(text: str) -> None:
    for found in (
        *urls.find_in_prose(text),
        *urls.find_in_prose(f"https://{text}"),
        *urls.find_in_prose(f"a.example.org/{text}"),
    ):
        assert found.url.startswith(("http://", "https://"))
        assert "." in site.host(found.url) or site.host(found.url).startswith("[")
    urls.match_in_line(text)
    urls.match_in_line(f"https://{text}")
    urls.absolute(text, URL)
    urls.original_of(f"https://archive.ph/{text}")


@given(st.integers(0, 5_000), st.binary(max_size=40), st.sampled_from(pages.SIDS))
@settings(max_examples=300, deadline=None)
def test_a_broken_page_gives_a_record_or_a_reason(at: int, junk: bytes, sid: int) -> None:
    data = pages.page(sid)
    start = data.index(b'<div id="center">') + at
    result = record.record(data[:start] + junk + data[start + len(junk) :], site.story_url(sid), NOW)
    if isinstance(result, items.Story):
        assert result.sid == sid
        assert items.read_line(items.line(result)) == result
    else:
        assert isinstance(result, Missing | Unparsed)
        assert result.reason


@given(st.binary())
def test_any_bytes_give_a_reason(data: bytes) -> None:
    assert isinstance(record.record(data, URL, NOW), Missing | Unparsed)


@given(st.recursive(st.none() | st.integers(0, 9) | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_the_hash_is_over_plain_sorted_json(value: object) -> None:
    import hashlib  # noqa: PLC0415
    import json  # noqa: PLC0415

    fields = dict.fromkeys(items.HASHED, value)
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        wanted = hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError:
        return
    assert items.content_hash(fields) == wanted


def test_records_are_plain_values() -> None:
    story = record.record(pages.page(pages.SIDS[0]), site.story_url(pages.SIDS[0]), NOW)
    assert isinstance(story, items.Story)
    assert msgspec.json.decode(items.line(story)) == items.check(story)
