"""Finds the slice of a page's bytes that holds the story, so that it can be parsed alone.

The slice from the only story block to the footer is about a fifth of a page and gives the same record as the whole
page. Most of what makes a record cheap is this. Where it is not certain, from the bytes alone, that the whole page has
the same block, there is no slice. Whether the footer is behind the block is for the tree to say (``document``).
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.parsing.html_tags import COMMENT_OPEN, HIDDEN_NAME, NO_MARKUP, TABLE_TAG
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
"""So often the frame may name the block, as a style sheet does."""
_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class StorySlice(NamedTuple):
    """Where the story's block starts, and where the footer (or nothing) follows; offsets in bytes.

    ``has_comments`` tells whether the page may have readers' comments.
    """

    start: int
    end: int
    has_comments: bool


def find(data: bytes) -> StorySlice | None:
    """The story's slice of a page; None if the page does not certainly have exactly one block."""
    start = _block_start(data)
    if start is None or not _is_between_tags(data, start):
        return None
    # A name may be disguised by character references, which only a parser of the whole page resolves.
    comment = _first_comment(data)
    if 0 <= comment < start or HIDDEN_NAME.search(data):
        return None
    end = _footer_start(data, start)
    if b"</t" in data[start:end].lower() and TABLE_TAG.search(data, 0, start):
        return None  # a table's end tag may end the block, too, if the frame has a table around it
    return StorySlice(start, end, comment >= 0)


def _block_start(data: bytes) -> int | None:
    """Where the block's tag starts, if it is certainly the only one; else None."""
    only, at = None, 0
    for _ in range(_MAX_NAMES):
        at = data.find(BLOCK_CLASS_BYTES, at)
        if at < 0:
            return only
        behind = at + len(BLOCK_CLASS_BYTES)
        is_other_name = data[at - 1 : at] == b"." or (behind < len(data) and data[behind] in _NAME_BYTES)
        if not is_other_name:
            tag_start = data.rfind(b"<", max(0, at - _MAX_TAG_START), at)
            if only is not None or tag_start < 0 or not BLOCK_TAG_START.match(data[tag_start:at]):
                return None
            only = tag_start
        at = behind
    return None


def _footer_start(data: bytes, start: int) -> int:
    """Where the footer's tag seems to start, behind ``start``; the page's length if it has no footer."""
    at = start
    while (at := data.find(FOOTER_ID_BYTES, at)) >= 0:
        behind = at + len(FOOTER_ID_BYTES)
        if data[behind : behind + 1] in b"\"'> ":
            tag_start = data.rfind(b"<", max(start, at - _MAX_TAG_START), at)
            if tag_start >= 0 and FOOTER_TAG_START.match(data[tag_start:at]):
                return tag_start if is_outside_tags(data, start, tag_start) else len(data)
        at = behind
    return len(data)


def is_outside_tags(data: bytes, start: int, at: int) -> bool:
    """Whether an offset is certainly not inside a tag, its attributes included, if ``start`` is not.

    The last tag is closed, no quotation mark is behind it, and the last one before it does not open a value.
    """
    closed = data.rfind(b">", start, at)
    if closed < data.rfind(b"<", start, at):
        return False
    for mark in (b'"', b"'"):
        last = data.rfind(mark, start, at)
        if last > closed or (last >= 0 and data[max(start, last - 9) : last].rstrip()[-1:] in b"="):
            return False
    return True


def _is_between_tags(data: bytes, at: int) -> bool:
    """Whether an offset is certainly not inside a tag, an element whose content is no markup, or any comment."""
    if not is_outside_tags(data, 0, at):
        return False
    tags = NO_MARKUP.findall(data, 0, at)
    if COMMENT_OPEN in tags:
        last = data.rfind(COMMENT_OPEN, 0, at)
        if data.find(b"-->", last + len(COMMENT_OPEN), at) < 0 or COMMENTS_START_IN_HTML.search(data, 0, at):
            return False
        tags = [tag for tag in tags if tag != COMMENT_OPEN]
    # Each opened and closed by turns: inside none of them, however a parser reads what is between.
    return len(tags) % 2 == 0 and tags[::2] == [b"<" + tag[2:] for tag in tags[1::2]]


def is_in_text(data: bytes, at: int, start: int) -> bool:
    """Whether an offset is certainly in a text of the page, if ``start`` behind it is between tags.

    What would hide it would have to end before ``start``.
    """
    return (
        is_outside_tags(data, 0, at) and data.find(b"-->", at, start) < 0 and NO_MARKUP.search(data, at, start) is None
    )


def _first_comment(data: bytes) -> int:
    """Where the class of a reader's comment is first named, but for style sheets; -1 if it never is."""
    at = data.find(COMMENT_CLASS_BYTES)
    while at > 0 and data[at - 1 : at] == b".":
        at = data.find(COMMENT_CLASS_BYTES, at + 1)
    return at
