"""Parses readers' comments: boxes in the items of a list, where a reply's item is inside its parent's."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import _Element as Element

from solidot_spider.items import Comment
from solidot_spider.parsing import dateline
from solidot_spider.parsing.elements import first_with_class
from solidot_spider.parsing.markup import (
    BOX_TAG,
    COMMENT_HEADING,
    COMMENT_ID,
    COMMENT_ITEM_ID,
    COMMENT_ITEM_TAG,
    COMMENT_TEXT_CLASS,
    COMMENT_UID,
    HEADING_TAG,
    META_CLASS,
    POSTED,
    PROFILE_PATH,
)
from solidot_spider.parsing.text import collapse_space

_WORD_SEPARATORS = frozenset({"br", "p", "div", "li"})


def parse(boxes: Iterable[Element]) -> list[Comment]:
    """The comments in page order, from their boxes (``comment_region.is_comment``)."""
    return [comment for box in boxes if (comment := _comment(box)) is not None]


def _comment(box: Element) -> Comment | None:
    found = COMMENT_ID.fullmatch(box.get("id") or "")
    if found is None:
        return None
    comment_id = int(found[1])
    title, score = _title_and_score(box)
    author, uid, posted_at = _author_and_time(box)
    body = first_with_class(box, BOX_TAG, COMMENT_TEXT_CLASS)
    return Comment(
        id=comment_id,
        parent_id=_parent_id(box, comment_id),
        author=author,
        uid=uid,
        title=title,
        score=score,
        posted_at=posted_at,
        text=_text(body) if body is not None else "",
    )


def _title_and_score(box: Element) -> tuple[str, int]:
    heading = next(box.iter(HEADING_TAG), None)
    text = _text(heading) if heading is not None else ""
    found = COMMENT_HEADING.fullmatch(text)
    return (found["title"], int(found["score"])) if found else (text, 0)


def _author_and_time(box: Element) -> tuple[str, int | None, str | None]:
    """Author, uid and time, from the comment's own meta line."""
    meta = first_with_class(box, BOX_TAG, META_CLASS)
    if meta is None:
        return "", None, None
    text = _text(meta)
    author = next((_text(a) for a in meta.iter("a") if PROFILE_PATH in (a.get("href") or "")), "")
    before, _, _ = text.partition(POSTED)
    if not author:
        author = collapse_space(COMMENT_UID.sub("", before))
    uid = COMMENT_UID.search(before)
    posted = dateline.parse(text)
    return author, int(uid[1]) if uid else None, posted.at.isoformat() if posted else None


def _parent_id(box: Element, comment_id: int) -> int | None:
    """The comment whose item encloses this one's."""
    for ancestor in box.iterancestors(COMMENT_ITEM_TAG):
        found = COMMENT_ITEM_ID.fullmatch(ancestor.get("id") or "")
        if found and int(found[1]) != comment_id:
            return int(found[1])
    return None


def _text(element: Element) -> str:
    """The text inside an element, in one line; breaks and blocks separate words."""
    out = []
    for each in element.iter():
        if isinstance(each.tag, str):
            if each.tag in _WORD_SEPARATORS and each is not element:
                out.append(" ")
            out.append(each.text or "")
        if each is not element:
            out.append(each.tail or "")
    return collapse_space("".join(out))
