"""Finds the slice of a page's bytes that holds the story, so that it can be parsed alone.

The slice from the only story block to the footer is about a fifth of a page and gives the same record as the whole
page. Most of what makes a record cheap is this. Where it is not certain, from the bytes alone, that the whole page has
the same block, there is no slice. Whether the footer is behind the block is for the tree to say (``document``).
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.parsing.html_tags import HIDDEN_NAME, RAW_TEXT_TAG, TABLE_TAG
from solidot_spider.parsing.markup import (
    BLOCK_CLASS_BYTES,
    BLOCK_TAG_START,
    COMMENT_CLASS_BYTES,
    COMMENTS_START_IN_HTML,
    FOOTER_ID_BYTES,
    FOOTER_TAG_START,
    REPLY_MARK_BYTES,
    SHARE_MARK_BYTES,
    SHARED_SID_IN_HTML,
)

_MAX_TAG_START = 2000
"""A tag is searched for only so many bytes back, since a hostile page may repeat a name a million times."""
_MAX_NAMES = 50
"""So often the frame may name the block, as a style sheet does, or share something."""
_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class StorySlice(NamedTuple):
    """Where the story's block starts, and where the footer (or nothing) follows; offsets in bytes."""

    start: int
    end: int


def find(data: bytes) -> StorySlice | None:
    """The story's slice of a page; None if the page does not certainly have exactly one block."""
    start = _block_start(data)
    if start is None or not is_between_tags(data, start) or not _is_plain_frame(data, start):
        return None
    end = _footer_start(data, start)
    if data.find(REPLY_MARK_BYTES, end) >= 0 or data.find(SHARE_MARK_BYTES, end) >= 0:
        return None
    if b"</t" in data[start:end].lower() and TABLE_TAG.search(data, 0, start):
        return None  # a table's end tag may end the block, too, if the frame has a table around it
    return StorySlice(start, end)


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
                return tag_start if _is_outside_tags(data, start, tag_start) else len(data)
        at = behind
    return len(data)


def _is_outside_tags(data: bytes, start: int, at: int) -> bool:
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


def is_between_tags(data: bytes, at: int) -> bool:
    """Whether an offset is certainly not inside a tag, an HTML comment, or an element whose content is no markup."""
    if not _is_outside_tags(data, 0, at):
        return False
    comment = data.rfind(b"<!--", 0, at)
    if comment >= 0 and data.find(b"-->", comment + len(b"<!--"), at) < 0:
        return False
    tags = RAW_TEXT_TAG.findall(data, 0, at)
    # Each opened and closed by turns: inside none of them, however a parser reads what is between.
    return tags[::2] == [b"<" + tag[2:] for tag in tags[1::2]] if len(tags) % 2 == 0 else False


def _is_plain_frame(data: bytes, start: int) -> bool:
    """Whether nothing before the block can change what the page says: no comments, no statement of a sid, no disguise.

    A name may be disguised by character references, which only a parser of the whole page resolves.
    """
    named = data.count(COMMENT_CLASS_BYTES, 0, start)
    if named and named > data.count(b"." + COMMENT_CLASS_BYTES, 0, start):
        return False
    if data.find(REPLY_MARK_BYTES, 0, start) >= 0:
        return False
    shares = data.count(SHARE_MARK_BYTES, 0, start)
    if shares > _MAX_NAMES or (shares and SHARED_SID_IN_HTML.search(data, 0, start)):
        return False
    if data.find(b"<!--", 0, start) >= 0 and COMMENTS_START_IN_HTML.search(data, 0, start):
        return False
    may_hide_names = data.find(b"&#") >= 0 or data.find(b"&lowbar") >= 0
    return not may_hide_names or HIDDEN_NAME.search(data) is None
