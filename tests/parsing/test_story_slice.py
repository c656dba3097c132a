"""A story's slice of its page: never half a story, whatever its text, its comments or its tags look like."""

from __future__ import annotations

import pytest

from solidot_spider.parsing import page
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.page import StoryPage
from tests import pages

SID = 79523
PAGE = pages.page(SID).decode()
BODY = '<div class="p_mainnew">'
END = "最后一句。"

LIKE_AN_END = [
    '<div id="footer_ad"></div>',
    '<div id="footer"></div>',
    '<!-- <div id="footer"> -->',
    '<!-- > <div id="footer"> -->',
    '<script>var x = "</div><div id=footer>";</script>',
    '<style>.x:after { content: "<div id=footer>" }</style>',
    "<b title='<div id=\"footer\">'>粗</b>",
    "</body></html>",
    "</BODY >",
    "<body class=x>",
    "<body/>",
    "<!-- comments end -->",
    '<i class="p_mainnew"></i>',
]


def text(data: bytes, *, whole_page: bool = False) -> str:
    parsed = page.parse_document(Document(data, whole_page=whole_page), SID, SID)
    assert isinstance(parsed, StoryPage), parsed
    return "\n".join(paragraph.text for paragraph in parsed.paragraphs)


def test_a_page_as_it_is_needs_its_slice_only() -> None:
    document = Document(PAGE.encode())
    assert 0 < document.block_start < document.block_end < len(document.data)


@pytest.mark.parametrize("mark", LIKE_AN_END)
def test_what_looks_like_the_end_in_a_text_ends_nothing(mark: str) -> None:
    data = PAGE.replace(BODY, f"{BODY}第一段。<br><br>{mark}<br><br>{END}<br><br>", 1).encode()
    assert END in text(data)
    assert text(data) == text(data, whole_page=True)


@pytest.mark.parametrize(
    "before",
    [
        '<!-- <div class="block_m"> -->',
        "<script>var a = '<div class=\"block_m\">';</script>",
        '<div title="<div class=block_m>">栏</div>',
        '<div class="block&#95;m"></div>',
        '<textarea><div class="block_m"></textarea>',
        "<table><tr><td>",
        "<style>.block_m { color: red }</style>",
        "<p title='",
        "<!--",
        "<script>",
    ],
)
def test_what_stands_before_the_block_changes_a_slice_as_it_changes_the_page(before: str) -> None:
    data = PAGE.replace('<div class="block_m">', f'{before}<div class="block_m">', 1).encode()
    made = [page.parse_document(Document(data, whole_page=whole), SID, SID) for whole in (False, True)]
    assert made[0] == made[1]


def test_the_story_is_found_behind_a_comment_that_holds_a_block() -> None:
    data = PAGE.replace('<div class="block_m">', '<!-- <div class="block_m"> --><div class="block_m">', 1).encode()
    assert text(data) == text(PAGE.encode())
