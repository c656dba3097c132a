"""A page that an archiver kept as Markdown gives the record of the page, or the reason why it gives none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from solidot_spider import items, record
from solidot_spider.base import site
from solidot_spider.items import Story
from solidot_spider.parsing.capture import capture as parser
from solidot_spider.parsing.page import Missing, Unparsed
from solidot_spider.record import CapturedStory, record_of_capture
from tests import pages
from tests.parsing import captures

FETCHED_AT = captures.FETCHED_AT.replace(tzinfo=UTC)
COMPARED = [
    name
    for name in Story.__struct_fields__
    if name not in ("published_at", "body_html", "comments", "comment_count", "content_hash", "fetched_at")
]
SID = pages.SIDS[0]


def story(data: bytes, **given: object) -> Story:
    made = record_of_capture(data, **given)  # type: ignore[arg-type]
    assert isinstance(made, CapturedStory), made
    return made.story


def reason(data: bytes, **given: object) -> str:
    made = record_of_capture(data, **given)  # type: ignore[arg-type]
    assert isinstance(made, Missing | Unparsed), made
    return made.reason


@pytest.mark.parametrize("style", captures.STYLES)
@pytest.mark.parametrize("sid", pages.SIDS)
def test_capture_gives_the_record_of_its_page(sid: int, style: str) -> None:
    page = record.record(pages.page(sid), site.story_url(sid), pages.NOW)
    assert isinstance(page, Story)
    made = story(captures.capture(sid, style=style))
    assert {name: getattr(made, name) for name in COMPARED} == {name: getattr(page, name) for name in COMPARED}
    assert made.published_at == page.published_at[:16] + ":00+08:00"
    assert items.read_line(items.line(made)) == made
    assert made.content_hash == items.content_hash(msgspec.to_builtins(made))


def test_unknown_fields_are_empty_and_comments_are_always_unknown() -> None:
    made = record_of_capture(captures.written("正文说了一件事。"))
    assert isinstance(made, CapturedStory)
    assert made.unknown_fields == ("comment_count", "comments")
    less = (
        captures.written("正文说了一件事。")
        .replace(b"**\xe6\x9c\xac\xe6\x96\x87", b"**")
        .replace(b"(/search?tid=54", b"(/x")
    )
    made = record_of_capture(less)
    assert isinstance(made, CapturedStory)
    assert made.unknown_fields == ("topics", "views", "comment_count", "comments")
    assert (made.story.topics, made.story.views, made.story.comment_count, made.story.comments) == ([], None, 0, [])


def test_facts_of_a_capture() -> None:
    made = story(captures.written("正文说了一件事。\nhttps://a.example.com/1", title="一则 *\\_* 消息"))
    assert made.title == "一则 _ 消息"
    assert made.published_at == "2025-05-06T13:21:00+08:00"
    assert made.editor == items.Editor("Wilson", 42865)
    assert made.department == "永生粮"
    assert made.topics == [items.Topic(54, "商业")]
    assert made.views == 1234
    assert made.body == "正文说了一件事。"
    assert [(each.url, each.placement) for each in made.source_links] == [("https://a.example.com/1", "trailing")]


def test_time_of_the_fetch() -> None:
    data = captures.written("正文说了一件事。")
    assert story(data).fetched_at == "2025-11-05T04:00:00+00:00"
    given = datetime(2025, 11, 6, 12, tzinfo=timezone(timedelta(hours=8)))
    assert story(data, fetched_at=given).fetched_at == "2025-11-06T04:00:00+00:00"
    zoned = data.replace(b"04:00:00.123456", b"12:00:00+08:00")
    assert story(zoned).fetched_at == "2025-11-05T04:00:00+00:00"
    assert reason(data.replace(b"fetch_date: 2025", b"fetch_date: one day in 2025")) == "no-fetch-date"


def test_department_is_not_taken_from_the_text() -> None:
    body = "\n\n".join(["正文。"] * 9 + ["**来自远方**的信。"])
    made = story(captures.written(body).replace("**来自永生粮**".encode(), "来自永生粮部门".encode()))
    assert made.department == "永生粮"
    assert made.body == body.replace("*", "")


def test_seconds_where_a_tool_kept_the_script() -> None:
    data = captures.written("正文说了一件事。")
    script = '{ "title": "一则消息", "pubDate": "2025-05-06T13:21:07" }\n\n## 消息'.encode()
    assert story(data.replace("## 消息".encode(), script)).published_at == "2025-05-06T13:21:07+08:00"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data + b"\n\nmore",
        lambda data: data.replace(b"\ntitle: ", b"\ntitle: >-\n  "),
        lambda data: data.replace(b"\nurl: ", b"\nx: |\n  url: no\nurl: '").replace(b"sid=81234\n", b"sid=81234'\n"),
        lambda data: data.replace("\ufeff".encode(), b""),
        lambda data: data.replace(
            "\ufeff".encode(),
            "评论已经自动封存，请勿再发言论\n\n## 好(得分:1 )\n\n(1)发表于2025年05月06日 14时21分 星期二".encode(),
        ),
        lambda data: data.replace(
            "\ufeff".encode(), "[回复](/comments?sid=81234&op=reply&type=story)\n\n\ufeff".encode()
        ),
        lambda data: data.replace("\ufeff".encode(), "## 热门文章\n\n* [别的](/story?sid=1)\n\n\ufeff".encode()),
        lambda data: data.replace(b"\n", b"\0\n"),
    ],
)
def test_other_forms_of_the_same_capture(change: object) -> None:
    data = captures.written("正文说了*一件事*。\n\n还有一件。", title="题目：有 '引号' 的")
    assert story(change(data)) == story(data)  # type: ignore[operator]


def test_sid() -> None:
    data = captures.written("正文说了一件事。")
    bare = data.split(b"---\n\n", 1)[1]
    assert story(bare, fetched_at=FETCHED_AT) == story(data)
    assert story(data, sid=81234) == story(data)
    assert reason(bare) == "no-fetch-date"
    assert reason(data, sid=81235) == "other-story"
    assert (
        reason(
            data.replace(b"url: https://www.solidot.org/story?sid=81234", b"url: https://www.solidot.org/story?sid=1")
        )
        == "other-story"
    )
    assert reason(bare.replace(b"story?sid=81234", b""), fetched_at=FETCHED_AT) == "no-statement"
    labelled = bare.replace(b"](//service", b"][s]\n\n[s]: //service", 1)
    assert reason(labelled.replace(b"sid=81234", b"x"), fetched_at=FETCHED_AT) == "no-statement"


def test_share_link_that_names_its_address_by_a_label() -> None:
    text = captures.written("正文说了一件事。").decode().split("---\n\n", 1)[1]
    share = text[text.index("(//service") : text.index("\n![](https://icon.solidot.org/images/a7c7")]
    labelled = text.replace(share, "[9]") + f"\n\n[9]: {share[1:-1]}\n"
    assert story(labelled.encode(), fetched_at=FETCHED_AT).sid == 81234


@pytest.mark.parametrize("style", captures.STYLES)
def test_home_page_and_lists_are_refused(style: str) -> None:
    data = captures.capture(SID, page=pages.home(), style=style)
    assert record_of_capture(data, sid=1) == Missing("home-page")
    assert reason(data) in ("home-page", "several-stories", "other-story")
    assert reason(captures.markdown(pages.home(), style).encode(), fetched_at=FETCHED_AT) == "several-stories"


@pytest.mark.parametrize("charset", ["gb18030", "cp1251", "latin-1", "cp1252", "big5"])
def test_wrong_charset_is_refused(charset: str) -> None:
    data = captures.capture(SID)
    front, rest = data.split(b"---\n\n", 1)
    wrong = front + b"---\n\n" + rest.decode(charset, errors="replace").encode()
    assert reason(wrong) == "mojibake"


def test_holes_are_refused() -> None:
    assert reason(captures.written("正文说了\ufffd件事。")) == "mojibake"
    assert story(captures.written("正文说了一件事。") + "\ufffd\n\nx".encode()).body == "正文说了一件事。"


def test_cut_capture_gives_the_whole_story_or_none() -> None:
    data = captures.capture(SID)
    whole, reasons = story(data), set()
    for end in range(0, len(data), 37):
        made = record_of_capture(data[:end])
        if isinstance(made, CapturedStory):
            assert made.story == whole
        else:
            reasons.add(made.reason)
    assert reasons <= {"empty", "cut-off", "no-statement"}
    footer = data.index("* [首页](/)\n".encode())
    assert reason(data[:footer]) == "cut-off"


@pytest.mark.parametrize("data", [b"", b"\n \n", captures.front_matter(5), b"---\n---\n"])
def test_empty_captures(data: bytes) -> None:
    assert reason(data) in ("empty", "cut-off")


def test_other_texts_are_refused() -> None:
    assert reason(b"# A text\n\nOf something else.") == "cut-off"
    assert reason(b"\xff\xfe\x00" * 100) == "mojibake"
    assert reason(b"a" * (parser.MAX_SIZE + 1)) == "too-large"
