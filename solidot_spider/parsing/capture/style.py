"""Tells how the tool wrote that made a capture, as far as it changes what a sign in the text means."""

from __future__ import annotations

import re
from typing import NamedTuple

from solidot_spider.parsing.markup import POSTED

_HARD_BREAK = re.compile(r"[^ \n] {2,}\n|[^\\\n]\\\n")
_LONG_LINE = re.compile(r"^(?![ \t>]*(?:[*+-]|\d+[.)])\s|[#|\[<])[^ \n]{1,72} (?=[^\n]{48,})[^\n]*", re.MULTILINE)
_BROKEN_META_LINE = re.compile(rf"{POSTED}[^\n]{{0,20}}\n?[^\n]{{5,20}}\n(?:星期.[ \n])?\[")
_INDENTED_ITEM = re.compile(r"^  \* \[", re.MULTILINE)
_ITEM = re.compile(r"^[*+-] ", re.MULTILINE)
_WIDTH = 120


class Style(NamedTuple):
    """How a tool wrote.

    Attributes:
        escapes: it escaped signs of the text that would be markup, so every other one is markup.
        escapes_code: it escaped backquotes, too.
        keeps_breaks: it marked a line break, so that a plain line end is one of the page's source.
        is_wrapped: it broke lines at spaces to fit a width.
        adds_spaces: it puts spaces around emphasis, as html2text does, known by its way to write lists.
    """

    escapes: bool = False
    escapes_code: bool = False
    keeps_breaks: bool = False
    is_wrapped: bool = False
    adds_spaces: bool = False


def of(text: str) -> Style:
    """The style of a capture."""
    return Style(
        escapes="\\_" in text or "\\*" in text,
        escapes_code="\\`" in text,
        keeps_breaks=_HARD_BREAK.search(text) is not None,
        is_wrapped=_BROKEN_META_LINE.search(text) is not None
        and not any(len(found[0]) > _WIDTH for found in _LONG_LINE.finditer(text)),
        adds_spaces=_INDENTED_ITEM.search(text) is not None and _ITEM.search(text) is None,
    )
