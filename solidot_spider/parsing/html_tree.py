"""Parses bytes into a tree of elements, unless the tree would take too much time or memory."""

from __future__ import annotations

from typing import Any, NamedTuple

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.parsing.html_tags import PAGE_END

_PARSER = etree.HTMLParser(encoding="utf-8", collect_ids=False, compact=False)
_EMPTY_PAGE = b"<html></html>"
_SMALL_PAGE = 64 * 1024
_MAX_TAGS = 100_000
"""An element takes half a kilobyte."""
_MAX_ATTRIBUTES = 200_000
_MAX_ATTRIBUTES_OF_TAG = 1000
"""The time that it takes to make an element grows with the square of its attributes."""
_PAGE_START = b"<html><body>"
_EMPTY_ELEMENT = b"<i></i>"


class Tree(NamedTuple):
    """A parsed page.

    Attributes:
        root: the root element; an empty ``<html>`` if nothing could be parsed.
        is_complete: False if the parser gave up in the middle, as it does on elements nested deeper than 255.
        is_oversized: True if nothing was parsed, because the tree would be too large.
    """

    root: Element
    is_complete: bool
    is_oversized: bool


def parse(data: bytes) -> Tree:
    """Parse UTF-8 bytes."""
    oversized = is_oversized(data)
    try:
        root: Element | None = None if oversized else etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        root = etree.fromstring(_EMPTY_PAGE, _PARSER)
    error = _PARSER.error_log.last_error
    return Tree(root, error is None or error.level != etree.ErrorLevels.FATAL, oversized)


def parse_page(data: bytes) -> Tree:
    """Parse a whole page in UTF-8, and lose nothing of it.

    The end tags of ``body`` and ``html`` end nothing, nor does a slash in their start tags, as HTML has it; libxml2
    would drop what is behind them. So both are open before the page begins.
    """
    return parse(_PAGE_START + PAGE_END.sub(_EMPTY_ELEMENT, data))


def parse_lossy(data: bytes) -> Element:
    """The root of a page's tree as libxml2 makes it, of whatever bytes."""
    return parse(to_utf8(data)).root


def to_utf8(data: bytes) -> bytes:
    """A page, with U+FFFD in place of what is not UTF-8; the same object if all is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode(errors="replace").encode()
    return data


def is_oversized(data: bytes) -> bool:
    """Whether the tree of a page would be too large, in tags or in attributes.

    Only the parser itself knows for sure what is an attribute; without building a tree it is fast in any case.
    """
    if len(data) <= _SMALL_PAGE:
        return False
    if data.count(b"<") > _MAX_TAGS:
        return True
    _ATTRIBUTES.reset()
    try:
        return bool(etree.fromstring(data, _COUNTING_PARSER))
    except etree.XMLSyntaxError:
        return False  # nothing but white space


class _AttributeCounter:
    """Counts attributes as the parser meets them; ``close`` says whether they are too many."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self.count = self.most = 0

    def start(self, _: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        self.count += len(attributes)
        self.most = max(self.most, len(attributes))

    def close(self) -> bool:
        """The end of the page."""
        return self.count > _MAX_ATTRIBUTES or self.most > _MAX_ATTRIBUTES_OF_TAG


_ATTRIBUTES: Any = _AttributeCounter()  # the stubs want methods that need not be there
_COUNTING_PARSER = etree.HTMLParser(encoding="utf-8", target=_ATTRIBUTES)
"""One for all pages: it refers to itself, and would keep each page's bytes until the garbage is collected."""
