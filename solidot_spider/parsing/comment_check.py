"""Checks that no reader's comment of a page is lost or half-read because its markup has changed."""

from __future__ import annotations

from lxml.etree import _Element as Element

from solidot_spider.items import Comment
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.doubt import DoubtError
from solidot_spider.parsing.elements import first_with_class, has_class
from solidot_spider.parsing.markup import (
    BOX_TAG,
    COMMENT_CLASS,
    COMMENT_ID,
    COMMENT_ITEM_ID,
    COMMENT_ITEM_TAG,
    COMMENT_MARKS,
    COMMENT_TEXT_CLASS,
    COMMENTS_END_BYTES,
    COMMENTS_START_BYTES,
    POSTED,
    POSTED_BYTES,
)

_EMPTY_REGION = 50
"""So few bytes between the marks of the comments hold none, and no script."""


def check(document: Document, comments: list[Comment], notes: list[str]) -> None:
    """Compare the comments that were read with all that looks like one.

    Args:
        document: the page.
        comments: what was read of it.
        notes: what was odd is added here.

    Raises:
        DoubtError: a comment was not read, or not wholly.
    """
    data, block = document.data, document.block_start
    start = data.rfind(COMMENTS_START_BYTES, block)
    end = data.find(COMMENTS_END_BYTES, max(start, block))
    if 0 <= start < end < start + _EMPTY_REGION and not comments:
        return
    if (start < 0) != (end < 0):
        raise DoubtError("half-a-comment-region")
    region = data[start:end] if start >= 0 else b""
    if b"<script" in region:
        notes.append("script-in-comments")
    posted = region.count(POSTED_BYTES)
    if not posted and not any(data.rfind(mark, block) >= 0 for mark in COMMENT_MARKS):
        return
    boxes = document.comments
    is_read = (
        len(boxes) == len(comments)
        and all(comment.author and comment.posted_at for comment in comments)
        and all(comment.text or _has_text_element(box) for comment, box in zip(comments, boxes, strict=True))
        and (posted <= len(boxes) or posted <= len(boxes) + sum(comment.text.count(POSTED) for comment in comments))
        and _item_ids(document) == {comment.id for comment in comments}
        and (comments or not _is_any_box_unread(document))
    )
    if not is_read:
        raise DoubtError("unknown-comments")


def _has_text_element(box: Element) -> bool:
    return first_with_class(box, BOX_TAG, COMMENT_TEXT_CLASS) is not None


def _item_ids(document: Document) -> set[int]:
    """The ids of the items of comments: every comment is in one of its own."""
    names = (item.get("id") or "" for item in document.root.iter(COMMENT_ITEM_TAG))
    return {int(found[1]) for name in names if (found := COMMENT_ITEM_ID.fullmatch(name))}


def _is_any_box_unread(document: Document) -> bool:
    """Whether an element has the class or the id of a comment, but not both."""
    return any(
        has_class(each, COMMENT_CLASS) or COMMENT_ID.fullmatch(each.get("id") or "")
        for each in document.root.iter()
        if isinstance(each.tag, str)
    )
