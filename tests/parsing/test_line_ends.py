"""Plain line ends of the page's source: white space, but beside lines that are nothing but an address."""

from __future__ import annotations

from datetime import datetime

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.parsing import body, html_paragraphs, html_tree, sources
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.sources import Sources

URL = "https://www.solidot.org/story?sid=81000"
PROSE = "研究人员公布了结果，他们说。"
ONE, TWO = "https://a.example.com/1", "https://archive.ph/x"


def paragraphs(html: str) -> list[Paragraph]:
    return html_paragraphs.parse_fragment(html_tree.parse(f"<div>{html}</div>".encode()).root, URL)


def extract(html: str) -> Sources:
    found = sources.extract(paragraphs(html), datetime(2025, 3, 1, tzinfo=BEIJING), 81000)
    assert body.text(paragraphs(body.html(found.prose))) == body.text(found.prose)
    return found


def links(found: Sources) -> list[tuple[str, str]]:
    return [(link.url, link.placement) for link in found.links]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\t  ", "\n\n", "\n<!--more-->\n", "&nbsp;\n"])
def test_line_ends_part_prose_and_addresses(end: str) -> None:
    found = extract(end.join((PROSE, ONE, TWO)))
    assert body.text(found.prose) == PROSE
    assert links(found) == [(ONE, "trailing"), (TWO, "trailing")]
    assert found.links[1].archive_of == ONE


@pytest.mark.parametrize(
    "line", ["www.example.org/a", "example.org", "来源：https://a.example.com/1", "https://a.example.com/1（存档）"]
)
def test_any_line_of_nothing_but_an_address_is_parted(line: str) -> None:
    found = extract(f"{PROSE}\n{line}")
    assert body.text(found.prose) == PROSE
    assert len(found.links) == 1


def test_a_line_end_parts_a_label_from_an_address() -> None:
    for lines in (f"日经 另一个标题\n{ONE}", f"{ONE}\n日经 另一个标题"):
        found = extract(f"{PROSE}<br>{lines}")
        assert body.text(found.prose) == PROSE
        assert found.labels == ["日经 另一个标题"]
        assert links(found) == [(ONE, "trailing")]
    assert extract(f"{PROSE}\n{ONE}\n日经 另一个标题").labels == ["日经 另一个标题"]


def test_a_line_end_between_prose_and_a_label_is_white_space() -> None:
    found = extract(f"{PROSE}\n日经 另一个标题\n{ONE}")
    assert body.text(found.prose) == f"{PROSE} 日经 另一个标题"
    assert found.labels == []


def test_a_prefix_on_the_line_above_an_address_is_dropped() -> None:
    found = extract(f"{PROSE}\n参考：\n{ONE}")
    assert body.text(found.prose) == PROSE
    assert links(found) == [(ONE, "trailing")]


def test_what_is_not_in_the_block_stays_one_paragraph() -> None:
    found = extract(f"<i>他们的网站\n{ONE}\n已经关闭，</i>改到\n{TWO}\n了。\nhttps://a.example.com/3")
    assert body.text(found.prose) == f"他们的网站 {ONE} 已经关闭，改到 {TWO} 了。"
    assert body.html(found.prose) == f"<p><i>他们的网站 {ONE} 已经关闭，</i>改到 {TWO} 了。</p>"
    assert links(found) == [(ONE, "inline"), (TWO, "inline"), ("https://a.example.com/3", "trailing")]


def test_prose_that_is_wrapped_stays_prose() -> None:
    found = extract(f"第一行\n第二行见 {ONE} 。\n第三行。")
    assert body.text(found.prose) == f"第一行 第二行见 {ONE} 。 第三行。"
    assert links(found) == [(ONE, "inline")]


def test_an_image_is_a_line_before_an_address() -> None:
    found = extract(f'{PROSE}<br><img src="https://i.example.org/a.png">\n{ONE}')
    assert body.html(found.prose).endswith('<p><img src="https://i.example.org/a.png"></p>')
    assert links(found) == [(ONE, "trailing")]


def test_the_first_line_is_never_part_of_the_block() -> None:
    found = extract(f"{ONE}\n{TWO}")
    assert body.text(found.prose) == ONE
    assert links(found) == [(ONE, "inline"), (TWO, "trailing")]


def test_line_ends_inside_emphasis_part_lines_too() -> None:
    found = extract(f"<i>{PROSE}\n{ONE}\n{TWO}</i>")
    assert body.html(found.prose) == f"<p><i>{PROSE}</i></p>"
    assert links(found) == [(ONE, "trailing"), (TWO, "trailing")]


def test_the_line_ends_of_code_are_its_own() -> None:
    found = extract(f"{PROSE}<pre>curl\n{ONE}</pre>")
    assert body.html(found.prose) == f"<p>{PROSE}</p><pre>curl\n{ONE}</pre>"
    assert links(found) == [(ONE, "inline")]
