"""Text as records hold it: what cannot be seen is gone, white space is one space. Never Unicode-normalised."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

ZERO_WIDTH = re.compile("[\ufeff\u200b-\u200d\u2060]")
_ZERO_WIDTH_CHARS = ("\ufeff", "\u200b", "\u200c", "\u200d", "\u2060")


def visible(text: str) -> str:
    """Text without zero-width characters."""
    if text.isascii():
        return text
    for char in _ZERO_WIDTH_CHARS:  # ten times as fast as one search for all of them
        if char in text:
            return ZERO_WIDTH.sub("", text)
    return text


def fold(text: str) -> str:
    """Text without zero-width characters, white space (NBSP too) folded to one space, the ends trimmed."""
    return " ".join(visible(text).split())


def content(element: Element) -> str:
    """The text inside an element."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""
