"""Story pages: when a page is the story asked for, and the reason if it is not."""

from __future__ import annotations

import re
import time
from datetime import datetime

import pytest

from solidot_spider.base import site
from solidot_spider.parsing import dateline, page
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from tests import pages

SID = 79523
PAGE = pages.page(SID).decode()
URL = site.story_url(SID)
FOUND = re.search(r"发表于\s*\S+ \S+ (星期.)", PAGE)
assert FOUND
DATELINE, WEEKDAY = FOUND[0], FOUND[1]


def parse(text: str | bytes, sid: int = SID, url: str | None = None) -> StoryPage | Missing | Unparsed:
    data = text if isinstance(text, bytes) else text.encode()
    return page.parse(data, url or site.story_url(sid), sid)


def story(text: str) -> StoryPage:
    parsed = parse(text)
    assert isinstance(parsed, StoryPage), parsed
    return parsed


def without(text: str, *parts: str) -> str:
    for part in parts:
        assert part in text
        text = text.replace(part, "")
    return text


def without_json_ld(text: str) -> str:
    start = text.index('<script type="application/ld+json"')
    return text[:start] + text[text.index("</script>", start) + len("</script>") :]


def without_statements(text: str) -> str:
    return re.sub(rf"(share\.php\S*)sid={SID}", r"\1", text).replace("op=reply", "op=x")


HEADING = PAGE[PAGE.index('<div class="bg_htit"><h2>') + len('<div class="bg_htit">') :].partition("</h2>")[0] + "</h2>"


def test_a_story_is_a_story() -> None:
    parsed = story(PAGE)
    assert parsed.notes == []
    assert parsed.views is not None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unparsed("empty")),
        (" \r\n\t", Unparsed("empty")),
        ("<html><body><h1>Are you human?</h1></body></html>", Unparsed("no-block")),
        (PAGE.replace(DATELINE, "posted today"), None),
        (PAGE[: len(PAGE) // 8], Unparsed("no-block")),
    ],
    ids=["empty", "blank", "captcha", "no-dateline-but-jsonld", "cut-off-early"],
)
def test_a_page_that_is_no_story_gives_its_reason(text: str, why: Unparsed | None) -> None:
    parsed = parse(text)
    assert isinstance(parsed, StoryPage) if why is None else parsed == why


def test_markup_nested_too_deep_is_never_half_a_story() -> None:
    deep = "<div>" * 200_000
    assert story(deep + PAGE).paragraphs == story(PAGE).paragraphs
    body = PAGE.replace('class="p_mainnew">', f'class="p_mainnew">{deep}')
    assert isinstance(parse(body), Unparsed)
    before, mark, behind = PAGE.partition('class="p_mainnew">')
    assert parse(before + mark + behind.replace("。", "。" + "<div>" * 50_000, 1)) == Unparsed("too-deep")


SIZE = 4_000_000
OVERSIZED = {
    "tags": ("<p>a", "too-many-tags"),
    "attributes": ("<p " + " ".join(f"a{number}" for number in range(2000)) + ">", "too-many-tags"),
    "blocks": ("block_m ", None),
    "footers": ("footer ", None),
}


@pytest.mark.parametrize("name", OVERSIZED)
def test_no_page_takes_long(name: str) -> None:
    piece, why = OVERSIZED[name]
    start, mark, end = PAGE.rpartition('<div class="p_mainnew">')
    began = time.process_time()
    parsed = parse(start + mark + piece * (SIZE // len(piece)) + end)
    assert time.process_time() - began < 2
    assert isinstance(parsed, StoryPage) if why is None else parsed == Unparsed(why)


def test_a_page_cut_off_anywhere_is_never_half_a_story() -> None:
    whole = story(PAGE)
    for cut in range(0, len(PAGE), 97):
        parsed = parse(PAGE[:cut])
        if isinstance(parsed, StoryPage):
            assert [each.text for each in parsed.paragraphs] == [each.text for each in whole.paragraphs]


def test_another_storys_page_is_never_stored() -> None:
    assert parse(pages.page(79520)) == Unparsed("other-story")


def test_a_redirect_to_another_story_is_another_story() -> None:
    assert parse(PAGE, url=site.story_url(79520)) == Unparsed("other-story")


def test_a_redirect_to_no_story_is_missing() -> None:
    assert parse(PAGE, url="https://www.solidot.org/") == Missing("redirected")


def test_the_home_page_in_a_storys_place_is_missing() -> None:
    assert parse(pages.home(), 60_000) == Missing("home-page")


def test_a_page_in_another_encoding_says_so() -> None:
    assert parse(PAGE.encode("gb18030")) == Unparsed("not-utf8")


def test_a_broken_byte_outside_the_story_is_ignored() -> None:
    data = PAGE.encode().replace(b'<p class="famous">', b'<p class="famous">\xff\xfe', 1)
    parsed = parse(data)
    assert isinstance(parsed, StoryPage)
    assert parsed.notes == []


def test_a_broken_byte_in_the_story_is_noted() -> None:
    parsed = parse(PAGE.encode().replace("来自".encode(), "来自".encode() + b"\xff", 1))
    assert isinstance(parsed, StoryPage)
    assert parsed.notes == ["undecodable"]


def test_a_title_that_is_not_found_is_taken_from_the_jsonld() -> None:
    parsed = story(without(PAGE, HEADING))
    assert parsed.title == story(PAGE).title
    assert parsed.notes == ["title-from-jsonld"]


def test_a_dateline_that_is_not_found_is_replaced_by_the_jsonld() -> None:
    parsed = story(PAGE.replace(DATELINE, "发表于昨天"))
    assert parsed.published_at == story(PAGE).published_at
    assert parsed.notes == ["time-from-jsonld"]


def test_without_jsonld_the_missing_part_is_named() -> None:
    bare = without_json_ld(PAGE)
    assert parse(without(bare, HEADING)) == Unparsed("no-title")
    assert parse(bare.replace(DATELINE, "发表于昨天")) == Unparsed("no-dateline")
    assert parse(bare.replace('class="p_mainnew"', 'class="p_new"')) == Unparsed("no-body")


def test_the_heading_wins_over_the_jsonld() -> None:
    parsed = story(PAGE.replace(HEADING, "<h2>另一个标题</h2>"))
    assert parsed.title == "另一个标题"
    assert parsed.notes == ["title-differs"]


def test_the_dateline_wins_over_the_jsonld() -> None:
    moved = PAGE.replace(DATELINE, "发表于 2024年10月17日 01时02分 星期四")
    parsed = story(moved)
    assert parsed.published_at == datetime.fromisoformat("2024-10-17T01:02:00+08:00")
    assert parsed.notes == ["time-differs"]


def test_a_wrong_weekday_is_noted_and_the_date_stands() -> None:
    wrong = "星期一" if WEEKDAY != "星期一" else "星期二"
    parsed = story(PAGE.replace(DATELINE, DATELINE.replace(WEEKDAY, wrong)))
    assert parsed.published_at == story(PAGE).published_at
    assert parsed.notes == ["weekday-differs"]


def test_half_a_surrogate_in_the_jsonld_title_is_replaced() -> None:
    start = PAGE.index('"title": "') + len('"title": "')
    assert story(PAGE[:start] + "\\ud800" + PAGE[start:]).title == story(PAGE).title


def test_a_page_that_names_no_sid_is_proven_by_views_and_title() -> None:
    silent = without_statements(PAGE)
    assert isinstance(parse(silent), StoryPage)
    assert parse(silent.replace("本文已被查看", "看过")) == Unparsed("no-statement")
    assert parse(without_json_ld(silent)) == Unparsed("no-statement")
    assert parse(silent.replace(HEADING, "<h2>另一个标题</h2>")) == Unparsed("no-statement")


def test_a_share_link_of_another_story_is_another_story() -> None:
    shared = re.sub(rf"(share\.php\S*)sid={SID}", r"\1sid=79517", PAGE)
    assert parse(shared) == Unparsed("other-story")


def test_comments_are_never_parsed_as_the_story() -> None:
    commented = pages.page(72124).decode()
    parsed = parse(commented, 72124)
    assert isinstance(parsed, StoryPage)
    assert parsed.comments
    start = commented.index('<div class="block_m"')
    end = commented.index("<!-- comments start -->")
    assert isinstance(parse(commented[:start] + commented[end:], 72124), Unparsed)


def test_an_empty_query_names_no_story() -> None:
    assert page.parse(PAGE.encode(), "https://www.solidot.org/story") == Missing("redirected")
    assert isinstance(page.parse(PAGE.encode(), URL), StoryPage)


@pytest.mark.parametrize(
    "date", ["2024年13月01日 01时02分", "2024年02月30日 01时02分", "2024年10月18日 24时00分", "24年10月18日"]
)
def test_numbers_that_are_no_date_are_no_dateline(date: str) -> None:
    assert dateline.parse(f"发表于 {date} 星期五") is None


@pytest.mark.parametrize("year", ["0000", "0001", "1899", "9999", "٢٠٢٤"])
def test_a_year_that_cannot_be_is_no_dateline(year: str) -> None:
    assert dateline.parse(f"发表于 {year}年01月02日 03时04分") is None


@pytest.mark.parametrize(
    "pubdate", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2024-10-19T18:02:35+99:99", "٢٠٢٤-10-19T18:02"]
)
def test_a_time_that_cannot_be_in_the_jsonld_is_none(pubdate: str) -> None:
    assert dateline.parse_pubdate(pubdate) is None
    parsed = story(re.sub(r'"pubDate": "[^"]*"', f'"pubDate": "{pubdate}"', PAGE))
    assert parsed.published_at == story(PAGE).published_at.replace(second=0)


@pytest.mark.parametrize("number", ["9" * 5000, "٣", "1,2,3,4,5,6,7,8,9,0"])
def test_a_number_that_cannot_be_is_no_view_count(number: str) -> None:
    assert story(re.sub(r"本文已被查看 \d+ 次", f"本文已被查看 {number} 次", PAGE)).views is None


def test_a_score_that_cannot_be_is_a_part_of_a_heading() -> None:
    commented = pages.page(72124).decode().replace("(得分:2 )", f"(得分:{'9' * 5000} )", 1)
    parsed = parse(commented, 72124)
    assert isinstance(parsed, StoryPage)
    assert parsed.comments[0].score == 0


def test_datelines_of_other_forms_are_parsed() -> None:
    assert dateline.parse("(1)发表于2024年1月2日\n9时5分 周二") == (
        datetime.fromisoformat("2024-01-02T09:05:00+08:00"),
        True,
    )
    assert dateline.parse("发表于2024年10月20日 09时05分 星期天") == (
        datetime.fromisoformat("2024-10-20T09:05:00+08:00"),
        True,
    )
