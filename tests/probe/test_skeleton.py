"""A page's skeleton: what it shows, what it leaves out, and that it stays small."""

from __future__ import annotations

import pytest

from solidot_spider.probe import skeleton
from solidot_spider.trial.stories import builtin_stories
from tests import pages

WITH_COMMENTS = 82709
PAGE = pages.page(WITH_COMMENTS).decode()
LINES = skeleton.EXPECTED.read_text(encoding="utf-8").splitlines()


def of(html: str) -> list[str]:
    return skeleton.lines(html.encode())


def names(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines]


def test_the_expected_skeleton_is_that_of_a_story_with_comments() -> None:
    assert builtin_stories()[WITH_COMMENTS].comments
    assert of(PAGE) == LINES


def test_it_shows_all_that_is_told_of_the_page() -> None:
    for mark in ("div.block_m", "div.bg_htit", "div.talk_time", "div.p_mainnew", "div#comment_N.list_com", "h2"):
        assert mark in names(LINES)


@pytest.mark.parametrize("sid", pages.SIDS)
def test_stories_of_the_same_markup_lack_no_more_than_comments_and_wrapper(sid: int) -> None:
    extra = set(names(skeleton.lines(pages.page(sid)))) - set(names(LINES))
    assert extra <= {"div", "br"}, "what an essay has behind its body"


@pytest.mark.parametrize(
    ("old", "new", "mark"),
    [
        ('class="p_mainnew"', 'class="story_text"', "div.story_text"),
        ('class="talk_time"', 'class="talk_time new"', "div.talk_time.new"),
        ('<div class="bg_htit"><h2>', '<div class="bg_htit"><h1>', "h1"),
        ('id="center"', 'id="middle"', "div#middle"),
        ('<div class="pn">', '<div class="share"></div><div class="pn">', "div.share"),
        ("<!-- comments end -->", "<!-- end of comments -->", "<!-- end of comments -->"),
    ],
)
def test_a_change_is_marked_on_both_sides(old: str, new: str, mark: str) -> None:
    assert old in PAGE
    told = skeleton.beside_expected(of(PAGE.replace(old, new)))
    assert any(line.startswith("<") and mark in line for line in told)


def test_equal_pages_have_no_mark() -> None:
    told = skeleton.beside_expected(LINES)
    assert len(told) == 1 + len(LINES)
    assert {line[0] for line in told} == {" "}


def test_what_is_missing_is_marked_on_the_right() -> None:
    without = [line for line in LINES if "div.talk_time" not in line]
    told = skeleton.beside_expected(without)
    assert [line[0] for line in told if line[0] != " "] == [">", ">"]
    assert all(line.endswith("div.talk_time") for line in told if line[0] == ">")


def test_a_page_without_a_block_is_drawn_whole() -> None:
    told = names(of(PAGE.replace("block_m", "article")))
    assert {"div.article", "div#right", "div#footer", "head"} <= set(told)


def test_replies_and_texts_are_left_out() -> None:
    assert sum("list_com" in line for line in LINES) == 1
    html = '<div class=block_m><div class="p_mainnew"><p class=x>…</p></div></div>'
    assert names(of(html)) == ["html", "body", "div.block_m", "div.p_mainnew"]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\x00",
        "<div class=block_m>",
        "<div class=block_m>" + "<div>" * 5000,
        "<div class=block_m>" + "".join(f"<div class=c{'x' * (at % 500)}>" for at in range(5000)),
        "<div class=block_m>" + "".join(f"<i class={chr(0x4E00 + at)}></i>" for at in range(400)),
        "<div class=block_m>" + "<p></p>" * 90_000,
        "<div class=block_m></div>" + "".join(f"<a id={'y' * (at % 300)}></a>" for at in range(20_000)),
        "<div>" * 200 + "<div class=block_m></div>" + "</div><b></b>" * 200,
        f"<div class=block_m><b class={'x' * 100_000}></b><!--{'-' * 100_000}--></div>",
        "<div class=block_m><?php x ?></div>",
    ],
    ids=range(11),
)
def test_any_page_gives_few_and_short_lines(html: str) -> None:
    told = of(html)
    assert len(told) <= skeleton.MOST_LINES
    assert max(map(len, told), default=0) <= skeleton.MOST_DEPTH * len(skeleton.INDENT) + skeleton.NAME_LENGTH
    assert len(skeleton.beside_expected(told)) <= skeleton.MOST_LINES + len(LINES) + 1


def test_more_lines_than_are_shown_are_told() -> None:
    told = of("<div class=block_m>" + "".join(f"<i class={chr(0x4E00 + at)}></i>" for at in range(400)))
    assert len(told) == skeleton.MOST_LINES
    assert told[-1] == skeleton.CUT_OFF
