"""Writes a capture's stories in the site's own markup, so that they are parsed as pages are."""

from __future__ import annotations

import html
import json
import re

from solidot_spider.parsing.capture import layout
from solidot_spider.parsing.capture.blocks import BlockWriter
from solidot_spider.parsing.capture.layout import Layout, Region
from solidot_spider.parsing.capture.links import References
from solidot_spider.parsing.capture.style import Style
from solidot_spider.parsing.markup import (
    BLOCK_CLASS,
    BODY_CLASS,
    BOX_TAG,
    FOOTER_ID,
    HEADING_BOX_CLASS,
    HEADING_TAG,
    JSON_LD_PUBDATE,
    JSON_LD_TITLE,
    META_CLASS,
)

_PUBDATE = re.compile(rf'"{JSON_LD_PUBDATE}"\s*:\s*"([0-9T: -]{{10,25}})"')
_NO_MARKS = str.maketrans("", "", "*_\\")


def page(lines: list[str], found: Layout, references: References, style: Style, title: str) -> str:
    """The page of a capture.

    Args:
        lines: the capture's, without its references.
        found: where its stories are.
        references: the addresses of its links.
        style: how its tool wrote.
        title: the archiver's.
    """
    start = found.regions[0].start
    before = "\n".join(lines[:start])
    pubdate = _PUBDATE.search(before)
    facts = {JSON_LD_TITLE: title, **({JSON_LD_PUBDATE: pubdate[1]} if pubdate else {})}
    json_ld = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
    out = [
        f'<html><head><script type="application/ld+json">{json_ld}</script></head><body>',
        _text_box(lines[:start]),
    ]
    behind = len(lines)
    for region in found.regions:
        text = layout.text_lines(lines, region, is_last=region is found.regions[-1])
        out.append(_block(lines, region, text, references, style))
        behind = region.body + len(text)
    out.append(_text_box(lines[behind:]))
    end = "</body></html>" if found.footer >= 0 else ""
    return "".join([*out, f'<{BOX_TAG} id="{FOOTER_ID}"></{BOX_TAG}>', end])


def _block(lines: list[str], region: Region, text: list[str], references: References, style: Style) -> str:
    heading = BlockWriter(references, style).write([f"# {region.title}"]).removeprefix("<h1>").removesuffix("</h1>")
    meta = BlockWriter(references, style).write(lines[region.meta : region.body])
    body = BlockWriter(references, style).write(text)
    return _box(
        BLOCK_CLASS,
        _box(HEADING_BOX_CLASS, f"<{HEADING_TAG}>{heading}</{HEADING_TAG}>")
        + _box(META_CLASS, meta)
        + _box(BODY_CLASS, body),
    )


def _text_box(lines: list[str]) -> str:
    """What is around the stories, as text: the view count may be anywhere."""
    return _box("", html.escape("\n".join(lines).translate(_NO_MARKS), quote=False))


def _box(name: str, inside: str) -> str:
    return f'<{BOX_TAG} class="{name}">{inside}</{BOX_TAG}>\n'
