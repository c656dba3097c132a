"""Pages with less luck: parts that moved, stand twice or have other markup are read right with a note, or refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from solidot_spider.base import site
from solidot_spider.parsing import body, page
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.record import Draft, to_story, with_body, with_sources
from tests import pages

SID = 79523
PAGE = pages.page(SID).decode()
COMMENTED = 72124
BODY = PAGE[PAGE.index('<div class="p_mainnew">') : PAGE.index('<div class="pn">')]


def found(pattern: str) -> re.Match[str]:
    match = re.search(pattern, PAGE)
    assert match, pattern
    return match


TITLE = found(r'<h2>([^<]+)</h2></div>\n</div>\n<div class="talk_time">')[1]
DATELINE = found(r"发表于 \d+年\d+月\d+日 \d+时\d+分 星期.")
DEPARTMENT = found(r"<b>来自([^<]+)</b>")
NOW = datetime(2025, 11, 5, tzinfo=UTC)


def parse(html: str, sid: int = SID) -> StoryPage | Missing | Unparsed:
    return page.parse(html.encode(), site.story_url(sid), sid, NOW)


def same(html: str, *notes: str) -> None:
    """The page gives the story as the unchanged one does, with these notes."""
    made, right = parse(html), parse(PAGE)
    assert isinstance(made, StoryPage), made
    assert isinstance(right, StoryPage)
    assert made.notes == list(notes)
    stories = [to_story(with_body(with_sources(Draft(each, NOW)))) for each in (made, right)]
    assert stories[0] == stories[1]


def swapped(*pairs: tuple[str, str]) -> str:
    html = PAGE
    for old, new in pairs:
        assert old in html
        html = html.replace(old, new, 1)
    return html


def without_json_ld(html: str) -> str:
    return re.sub(r'<script type="application/ld\+json">.*?</script>', "", html, flags=re.DOTALL)


def titled(form: str) -> str:
    return swapped((f"<h2>{TITLE}</h2>", form.format(TITLE)))


# the block


@pytest.mark.parametrize("start", ['<div class="articleBox">', "<div>", "<main>", '<article class="block_m">'])
def test_a_story_without_its_block_is_read_from_what_is_around_its_body(start: str) -> None:
    same(swapped(('<div class="block_m">', start)), "no-block")
    made = parse(without_json_ld(swapped(('<div class="block_m">', start))))
    assert isinstance(made, StoryPage)
    assert made.notes == ["no-block"]


def test_a_story_without_its_block_must_agree_with_the_jsonld() -> None:
    other = swapped(('<div class="block_m">', "<div>"), (f"<h2>{TITLE}</h2>", "<h2>另一个标题</h2>"))
    assert parse(other) == Unparsed("no-block")
    later = swapped(('<div class="block_m">', "<div>"), (DATELINE[0], "发表于 2024年10月18日 22时58分 星期五"))
    assert parse(later) == Unparsed("no-block")


def test_a_story_without_its_block_must_share_itself() -> None:
    silent = re.sub(rf"(share\.php\S*)sid={SID}", r"\1", swapped(('<div class="block_m">', "<div>")))
    assert isinstance(parse(silent), Unparsed)
    other = re.sub(rf"(share\.php\S*)sid={SID}", r"\1sid=79517", swapped(('<div class="block_m">', "<div>")))
    assert parse(other) == Unparsed("other-story")


def test_several_bodies_without_a_block_are_no_story() -> None:
    html = swapped(('<div class="block_m">', "<div>"), ('<div class="pn">', f'{BODY}<div class="pn">'))
    assert parse(html) == Unparsed("no-block")


def test_a_home_page_of_renamed_blocks_is_missing() -> None:
    home = pages.home().decode().replace('class="block_m', 'class="block_x')
    assert parse(home, 60_000) == Missing("home-page")


# the title


@pytest.mark.parametrize("tag", ["h1", "h3"])
def test_a_heading_of_another_tag(tag: str) -> None:
    same(titled(f"<{tag}>{{}}</{tag}>"), "other-heading-tag")


@pytest.mark.parametrize(
    "form",
    [
        "<h2>{} - 奇客Solidot</h2>",
        "<h2>奇客Solidot | {}</h2>",
        "<h2>{}_Solidot</h2>",
        "<h2>科学：{}</h2>",
        "<h2>Linux: {}</h2>",
        "<h2>[硬件] {}</h2>",
        '<h2><span class="badge">热门</span> {}</h2>',
        '<h2>{} <em class="count">(12)</em></h2>',
    ],
)
def test_a_heading_with_a_name_that_is_not_the_titles(form: str) -> None:
    same(titled(form), "title-with-name")


def test_the_sites_name_is_no_part_of_a_title_even_without_the_jsonld() -> None:
    made = parse(without_json_ld(titled("<h2>{} - 奇客Solidot</h2>")))
    assert isinstance(made, StoryPage)
    assert (made.title, made.notes) == (unescape(TITLE), ["title-with-name"])


def test_a_section_before_a_title_may_be_its_own_without_the_jsonld() -> None:
    made = parse(without_json_ld(titled("<h2>苹果：{}</h2>")))
    assert isinstance(made, StoryPage)
    assert (made.title, made.notes) == (f"苹果：{unescape(TITLE)}", [])


def test_other_words_around_a_title_are_a_difference() -> None:
    made = parse(titled("<h2>传闻：{}</h2>"))
    assert isinstance(made, StoryPage)
    assert made.notes == ["title-differs"]


def test_several_headings_need_the_jsonld() -> None:
    html = titled("<h2>今日要闻</h2><h2>{}</h2>")
    same(html, "several-headings")
    assert parse(without_json_ld(html)) == Unparsed("several-headings")


# the dateline


@pytest.mark.parametrize("before", ["发表于 1970年01月01日 08时00分 星期四 ", "发表于 2031年01月01日 08时00分 星期三 "])
def test_a_dateline_that_cannot_be_is_none(before: str) -> None:
    same(swapped((DATELINE[0], before + DATELINE[0])))


def test_a_dateline_outside_of_the_meta_line_is_none() -> None:
    other = "<p>旧文发表于 2024年10月18日 22时58分 星期五</p>"
    same(swapped(('<div class="talk_time">', f'{other}<div class="talk_time">')))
    same(swapped(('<div class="talk_time">', f'<!-- {DATELINE[0]} --><div class="talk_time">')))
    assert parse(without_json_ld(PAGE.replace(DATELINE[0], "").replace(
        '<div class="p_mainnew">', f'<div class="p_mainnew"><p>{DATELINE[0]}</p>'
    ))) == Unparsed("no-dateline")  # fmt: skip


def test_several_datelines_need_the_jsonld() -> None:
    html = swapped((DATELINE[0], f"发表于 2024年10月18日 22时58分 星期五，{DATELINE[0]}"))
    same(html)
    assert parse(without_json_ld(html)) == Unparsed("several-datelines")
    same(swapped((DATELINE[0], f"{DATELINE[0]} {DATELINE[0]}")))


@pytest.mark.parametrize("zone", [" UTC", "（GMT）", " gmt"])
def test_a_dateline_of_another_zone_is_none(zone: str) -> None:
    html = swapped((DATELINE[0], "发表于 2024年10月18日 22时58分" + zone))
    same(html, "time-from-jsonld")
    assert parse(without_json_ld(html)) == Unparsed("no-dateline")


@pytest.mark.parametrize("start", ['<div class="meta">', "<div>"])
def test_a_meta_line_of_another_class(start: str) -> None:
    same(swapped(('<div class="talk_time">', start)), "no-meta-line")


# editor and department


def test_several_editors_are_a_doubt() -> None:
    html = PAGE.replace("发表于", '<a href="/~somebody">somebody</a> (7)审核，发表于', 1)
    assert parse(html) == Unparsed("several-editors")


def test_an_editor_outside_of_the_meta_line_is_none() -> None:
    same(
        swapped(('<div class="talk_time">', '<p><a href="/~somebody">somebody</a> (7)推荐</p><div class="talk_time">'))
    )


@pytest.mark.parametrize("line", ["<p><b>来自一个广告</b></p>", "<div>来自 <b>来自别处</b></div>"])
def test_a_department_outside_of_the_meta_line_is_none(line: str) -> None:
    same(swapped(('<div class="talk_time">', f'{line}<div class="talk_time">')))
    made = parse(swapped((DEPARTMENT[0], ""), ('<div class="talk_time">', f'{line}<div class="talk_time">')))
    assert isinstance(made, StoryPage)
    assert made.department is None


def test_a_department_stands_behind_the_dateline() -> None:
    made = parse(swapped((DEPARTMENT[0], ""), ('<div class="talk_time">', '<div class="talk_time"><b>来自别处</b>')))
    assert isinstance(made, StoryPage)
    assert made.department is None


def test_several_departments_are_a_doubt() -> None:
    assert parse(swapped((DEPARTMENT[0], f"<b>来自读者投稿</b> {DEPARTMENT[0]}"))) == Unparsed("several-departments")
    same(swapped((DEPARTMENT[0], f"来自北京 {DEPARTMENT[0]}")))
    same(swapped((DEPARTMENT[0], f"<span>来自：{DEPARTMENT[1]}</span>")))


# the body


def framed(before: str, behind: str) -> str:
    start, end = BODY.index(">") + 1, BODY.index("</div>")
    return PAGE.replace(BODY, BODY[:start] + before + BODY[start:end] + behind + BODY[end:])


@pytest.mark.parametrize(
    "box",
    [
        '<div class="ad"><a href="https://ads.example.com/x">https://ads.example.com/x</a></div>',
        '<ins class="adsbygoogle x">广告</ins>',
        '<div id="ad_2">https://shop.example.com/</div>',
        '<div class="x1 bdshare">分享到 <a href="https://share.example.com/">动态</a></div>',
        '<div class="related">相关：<a href="/story?sid=5">旧闻</a></div>',
        '<p style="color:red; display: none">来自站点</p>',
        "<p hidden>来自站点</p>",
    ],
)
def test_a_foreign_box_is_neither_body_nor_source(box: str) -> None:
    same(framed(box, ""), "foreign-box")
    same(framed("", box), "foreign-box")
    same(swapped((BODY, BODY.replace("</div>", f"</div>{box}", 1))), "foreign-box")


@pytest.mark.parametrize("name", ["clearfix", "content", "mb-2", "story-item", "roadmap", "padding", "anymore", "e12"])
def test_other_classes_are_not_foreign(name: str) -> None:
    same(re.sub("<(p|br|a)(?=[ >])", rf'<\1 class="{name}" id="{name}"', PAGE))


def test_a_summary_is_a_doubt() -> None:
    assert parse(framed('<div class="summary">这是一段摘要。</div>', "")) == Unparsed("summary-in-body")


@pytest.mark.parametrize("box", ["<p>转载请注明出处。</p>", '<div class="x1"><img src="//i.example.org/a.png"></div>'])
def test_a_short_text_behind_the_body_is_a_doubt(box: str) -> None:
    assert parse(swapped((BODY, BODY.replace("</div>", f"</div>{box}", 1)))) == Unparsed("text-behind-body")


def test_a_body_that_stands_twice_is_read_once() -> None:
    element = BODY[: BODY.index("</div>") + len("</div>")]
    same(swapped((element, element * 2)), "several-bodies")
    same(swapped((element, f'<div class="p_mainnew">\n</div>{element}')))
    whole = parse(PAGE)
    assert isinstance(whole, StoryPage)
    text = body.text(whole.paragraphs)
    teaser = f'<div class="p_mainnew">{text[:30]}…</div>'
    same(swapped((element, teaser + element)), "several-bodies")
    same(swapped((element, element + teaser)), "several-bodies")


def test_two_bodies_of_different_texts_are_a_doubt() -> None:
    other = '<div class="p_mainnew">另一篇文章的开头。</div>'
    assert parse(swapped((BODY, other + BODY))) == Unparsed("several-bodies")


def test_a_teaser_before_a_whole_text_of_another_class_is_a_doubt() -> None:
    start = BODY.index(">") + 1
    text = BODY[start : BODY.index("</div>")]
    html = swapped((BODY, f'<div class="p_mainnew">{text}</div><div class="full">{text * 3}</div></div></div>'))
    assert parse(html) == Unparsed("repeated-body")


def test_sources_under_a_heading_are_still_sources() -> None:
    made = parse(framed("", "<h4>来源</h4><ul><li>https://a.example.org/last</li></ul>"))
    assert isinstance(made, StoryPage)
    story = to_story(with_body(with_sources(Draft(made, NOW))))
    assert story.source_links[-1].url == "https://a.example.org/last"
    assert "来源" not in story.body


# the comments


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("list_com", "comment-box"),
        ("p_text", "text"),
        ('id="comment_', 'id="c'),
        ('id="tree_', 'id="t'),
        ("<!-- comments end -->", ""),
        ("<!-- comments start -->", ""),
    ],
)
def test_comments_of_other_markup_are_never_lost(old: str, new: str) -> None:
    html = pages.page(COMMENTED).decode()
    assert old in html
    assert isinstance(parse(html, COMMENTED), StoryPage)
    assert isinstance(parse(html.replace(old, new), COMMENTED), Unparsed)


def test_comments_of_a_script_are_noted() -> None:
    html = re.sub(
        "(?<=<!-- comments start -->).*(?=<!-- comments end -->)",
        '<script src="/comments.js"></script>',
        PAGE,
        flags=re.DOTALL,
    )
    same(html, "script-in-comments")
