"""Finds the slice of a page's bytes that holds the story, so that it can be parsed alone.

The slice from the only story block to the footer is about a fifth of a page and gives the same record as the whole
page. Most of what makes a record cheap is this. Where it is not certain, from the bytes alone, that the whole page has
the same block, there is no slice. Whether the footer is behind the block is for the tree to say (``document``).
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.parsing.html_tags import (
    COMMENT_END,
    COMMENT_NAME,
    COMMENT_START,
    HIDDEN_NAME,
    NO_MARKUP,
    OF_PAGE_OR_TABLE,
    PAGE_TAG,
    TABLE_TAG,
)
from solidot_spider.parsing.markup import (
    BLOCK_CLASS_BYTES,
    BLOCK_TAG_START,
    COMMENT_CLASS_BYTES,
    COMMENTS_START_IN_HTML,
    FOOTER_ID_BYTES,
    FOOTER_TAG_START,
)

_MAX_TAG_START = 2000
"""A tag is searched for only so many bytes back, since a hostile page may repeat a name a million times."""
_MAX_NAMES = 50
"""So often a style sheet may name the block."""
_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_DOT = ord(".")
_BEFORE_VALUE = b"= \t\n\r\f\v\0"


class StorySlice(NamedTuple):
    """Where the story's block starts, and where the footer's start tag ends; offsets in bytes.

    ``has_comments`` tells that it is not enough: how readers' comments are nested depends on what is around the block.
    """

    start: int
    end: int
    has_comments: bool


def find(data: bytes) -> StorySlice | None:
    """The story's slice of a page; None if the page does not certainly have exactly one block, and a footer."""
    start = _block_start(data)
    if start < 0 or not is_outside_tags(data, start) or not _is_outside_elements(data, start):
        return None
    end = _footer_end(data, start)
    if not end or _names_comment(data, 0, start):
        return None
    # A name may be disguised by character references, which only a parser of the whole page resolves.
    if HIDDEN_NAME.search(data, start if data.rfind(b"&", 0, start) < 0 else 0):
        return None
    if OF_PAGE_OR_TABLE.search(data, start, end) and (
        TABLE_TAG.search(data, 0, start) or PAGE_TAG.search(data, start, end)
    ):
        return None
    return StorySlice(start, end, _names_comment(data, start, end))


def _block_start(data: bytes) -> int:
    """Where the block's tag starts, if it is certainly the only one; else -1."""
    only, at = -1, len(data)
    for _ in range(_MAX_NAMES):
        at = data.rfind(BLOCK_CLASS_BYTES, 0, at)  # from the end, which is several times as fast
        if at < 0:
            return only
        behind = at + len(BLOCK_CLASS_BYTES)
        if (at and data[at - 1] == _DOT) or (behind < len(data) and data[behind] in _NAME_BYTES):
            continue  # a style sheet, or another name
        tag_start = data.rfind(b"<", max(0, at - _MAX_TAG_START), at)
        if only >= 0 or tag_start < 0 or not BLOCK_TAG_START.match(data[tag_start:at]):
            return -1
        only = tag_start
    return -1


def _footer_end(data: bytes, start: int) -> int:
    """Where what seems to be the footer's start tag ends, behind ``start``; 0 if there is no footer."""
    at = start
    while (at := data.find(FOOTER_ID_BYTES, at)) >= 0:
        behind = at + len(FOOTER_ID_BYTES)
        if data[behind : behind + 1] in b"\"'> ":
            tag_start = data.rfind(b"<", max(start, at - _MAX_TAG_START), at)
            if tag_start >= 0 and FOOTER_TAG_START.match(data[tag_start:at]):
                return data.find(b">", behind) + 1
        at = behind
    return 0


def is_outside_tags(data: bytes, at: int) -> bool:
    """Whether an offset is certainly not inside a tag, its attributes included.

    The last tag is closed, no quotation mark is behind it, and the last one before it does not open a value.
    """
    closed = data.rfind(b">", 0, at)
    if closed < data.rfind(b"<", 0, at):
        return False
    double, single = data.rfind(b'"', 0, at), data.rfind(b"'", 0, at)
    if double > closed or single > closed:
        return False
    return (double <= 0 or data[double - 1] not in _BEFORE_VALUE) and (
        single <= 0 or data[single - 1] not in _BEFORE_VALUE
    )


def _is_outside_elements(data: bytes, at: int) -> bool:
    """Whether an offset is certainly not inside an element whose content is no markup, or any comment."""
    tags = NO_MARKUP.findall(data, 0, at)
    if any(name == COMMENT_NAME for name, _ in tags):
        last = data.rfind(COMMENT_START, 0, at)
        if data.find(COMMENT_END, last + len(COMMENT_START), at) < 0 or COMMENTS_START_IN_HTML.search(data, 0, at):
            return False
        tags = [tag for tag in tags if tag[0] != COMMENT_NAME]
    # Each opened and closed by turns, by whole tags: inside none of them, however a parser reads what is between.
    return len(tags) % 2 == 0 and all(
        opened[1] and closed == (b"/" + opened[0], b">") for opened, closed in zip(tags[::2], tags[1::2], strict=True)
    )


def is_in_text(data: bytes, at: int, start: int) -> bool:
    """Whether an offset is certainly in a text of the page, if ``start`` behind it is outside of all that is none.

    What would hide it would have to end before ``start``.
    """
    return is_outside_tags(data, at) and data.find(COMMENT_END, at, start) < 0 and not NO_MARKUP.search(data, at, start)


def _names_comment(data: bytes, start: int, end: int) -> bool:
    """Whether a part of a page names the class of a reader's comment, but for style sheets."""
    at = data.rfind(COMMENT_CLASS_BYTES, start, end)
    while at > 0 and data[at - 1] == _DOT:
        at = data.rfind(COMMENT_CLASS_BYTES, start, at)
    return at >= 0
