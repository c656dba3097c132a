"""Finds the slice of a page's bytes that holds the story, so that it can be parsed alone.

The slice from the only story block to the footer is about a fifth of a page and gives the same record as the whole
page. Most of what makes a record cheap is this. It is used only if it is certain which slice that is.
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.parsing.markup import BLOCK_CLASS_BYTES, BLOCK_TAG_START, FOOTER_ID_BYTES, FOOTER_TAG_START

_MAX_TAG_START = 2000
"""A tag is searched for only so many bytes back, since a hostile page may repeat a name a million times."""


class StorySlice(NamedTuple):
    """Where the story's block starts, and where the footer (or nothing) follows; offsets in bytes."""

    start: int
    end: int


def find(data: bytes) -> StorySlice | None:
    """The story's slice of a page; None if the page does not certainly have exactly one block."""
    start = _block_start(data)
    return StorySlice(start, _footer_start(data, start)) if start else None


def _block_start(data: bytes) -> int:
    """Where the block's tag starts, if it is certainly the only one; else 0."""
    only, at = 0, 0
    while (at := data.find(BLOCK_CLASS_BYTES, at)) >= 0:
        tag_start = _tag_start(data, at)
        if tag_start < 0:
            return 0
        if BLOCK_TAG_START.match(data[tag_start:at]):
            if only:
                return 0
            only = tag_start
        at += len(BLOCK_CLASS_BYTES)
    return 0 if _is_commented_out(data, only) else only


def _footer_start(data: bytes, start: int) -> int:
    """Where the footer's tag starts, behind ``start``; the page's length if it has no footer."""
    at = start
    while (at := data.find(FOOTER_ID_BYTES, at)) >= 0:
        tag_start = _tag_start(data, at)
        if tag_start >= 0 and FOOTER_TAG_START.match(data[tag_start:at]):
            return tag_start
        at += len(FOOTER_ID_BYTES)
    return len(data)


def _tag_start(data: bytes, at: int) -> int:
    """Where the tag starts that may enclose an offset; -1 if that is too far back."""
    return data.rfind(b"<", max(0, at - _MAX_TAG_START), at)


def _is_commented_out(data: bytes, at: int) -> bool:
    """Whether an offset is inside an HTML comment: if so, one closes behind it before the next one opens."""
    closes = data.find(b"-->", at)
    return closes >= 0 and data.find(b"<!--", at, closes) < 0
