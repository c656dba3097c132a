"""The proof that a page is the story asked for: each statement of another story counts, wherever it stands."""

from __future__ import annotations

import re

import pytest

from solidot_spider.base import site
from solidot_spider.parsing import page
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from tests import pages

SID, OTHER = 79523, 79520
PAGE, OTHER_PAGE = pages.page(SID).decode(), pages.page(OTHER).decode()
COMMENTS = "<!-- comments start -->"


def parse(html: str) -> StoryPage | Missing | Unparsed:
    return page.parse(html.encode(), site.story_url(SID), SID)


def block(html: str) -> str:
    return html[html.index('<div class="block_m">') : html.index('<div class="pn">')]


def unshared(html: str) -> str:
    """A page without its share links."""
    return re.sub(r'<a href="[^"]*share\.php[^"]*"[^>]*>[^<]*</a>', "", html)


def with_block(other: str, place: str) -> str:
    return PAGE.replace(place, other + place, 1)


@pytest.mark.parametrize("place", ['<div class="block_m">', '<div class="pn">', '<div id="footer">'])
def test_a_page_with_another_storys_block_is_no_story(place: str) -> None:
    assert isinstance(parse(with_block(block(OTHER_PAGE), place)), Unparsed)
    assert isinstance(parse(with_block(unshared(block(OTHER_PAGE)), place)), Unparsed)


@pytest.mark.parametrize("place", ['<div class="block_m">', '<div class="pn">'])
def test_a_block_whose_heading_links_to_another_story_makes_a_page_a_list(place: str) -> None:
    listed = f'<div class="block_m"><div class="bg_htit"><h2><a href="/story?sid={OTHER}">一</a></h2></div></div>'
    assert isinstance(parse(with_block(listed, place)), Unparsed)


def test_a_box_of_the_blocks_class_without_a_story_is_nothing() -> None:
    assert isinstance(parse(with_block('<div class="block_m">公告</div>', '<div class="pn">')), StoryPage)


@pytest.mark.parametrize(
    "statement",
    [
        f'<link rel="canonical" href="https://www.solidot.org/story?sid={OTHER}">',
        f'<meta property="og:url" content="https://www.solidot.org/story?sid={OTHER}">',
        f'<meta content="https://www.solidot.org/story?a=1&amp;sid={OTHER}" property="og:url">',
    ],
)
def test_without_a_share_link_the_head_can_disprove_a_page(statement: str) -> None:
    bare = unshared(PAGE)
    assert isinstance(parse(bare), StoryPage)
    assert parse(bare.replace("</head>", f"{statement}</head>")) == Unparsed("other-story")


def test_without_a_share_link_the_script_of_the_neighbours_can_disprove_a_page() -> None:
    assert parse(unshared(PAGE).replace(f"story_pn/{SID}", f"story_pn/{OTHER}")) == Unparsed("other-story")


def test_without_a_share_link_the_jsonlds_address_can_disprove_a_page() -> None:
    changed = unshared(PAGE).replace(f'story?sid={SID}",\n    "title"', f'story?sid={OTHER}",\n    "title"')
    assert changed != unshared(PAGE)
    assert parse(changed) == Unparsed("other-story")


def test_a_reply_link_of_another_story_disproves_a_page() -> None:
    reply = f'<a href="/comments?sid={OTHER}&amp;op=reply">回复</a>'
    assert parse(with_block(reply, '<div class="pn">')) == Unparsed("other-story")


def test_links_to_other_stories_in_text_and_comments_are_no_statements() -> None:
    link = f'<a href="/story?sid={OTHER}">旧闻</a>'
    reply = f'{COMMENTS}<div id="comment_1" class="list_com"><a href="/comments?sid={OTHER}&op=reply">回复</a></div>'
    assert isinstance(parse(PAGE.replace('<div class="p_mainnew">', f'<div class="p_mainnew">{link}')), StoryPage)
    assert parse(PAGE.replace(COMMENTS, reply)) != Unparsed("other-story")
