"""Parses bytes into a tree of elements, unless the tree would take too much memory."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element as Element

_PARSER = etree.HTMLParser(encoding="utf-8", collect_ids=False, compact=False)
_EMPTY_PAGE = b"<html></html>"
_SMALL_PAGE = 64 * 1024
_MAX_TAGS = 100_000
_TAG_OF_MANY_ATTRIBUTES = re.compile(rb"<[a-zA-Z](?:[^<>\s]*\s){1000}")


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


def parse_lossy(data: bytes) -> Element:
    """The root of a page's tree; what is not UTF-8 is replaced by U+FFFD."""
    return parse(data.decode(errors="replace").encode()).root


def is_oversized(data: bytes) -> bool:
    """Whether the tree of a page would be too large.

    An element takes half a kilobyte; the time for a tag grows with the square of its attributes.
    """
    return len(data) > _SMALL_PAGE and (
        data.count(b"<") > _MAX_TAGS or _TAG_OF_MANY_ATTRIBUTES.search(data) is not None
    )
