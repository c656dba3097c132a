"""Parses readers' comments: boxes in the items of a list, where a reply's item is inside its parent's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.items import Comment
from solidot_spider.parsing import dateline
from solidot_spider.parsing.comment_region import is_comment
from solidot_spider.parsing.elements import has_class
from solidot_spider.parsing.markup import (
    BOX_TAG,
    COMMENT_ID,
    COMMENT_ITEM_ID,
    COMMENT_ITEM_TAG,
    COMMENT_SCORE,
    COMMENT_TEXT_CLASS,
    COMMENT_UID,
    HEADING_TAG,
    META_CLASS,
    POSTED,
    PROFILE_PATH,
)
from solidot_spider.parsing.text import collapse_space

_WORD_SEPARATORS = frozenset({"br", "p", "div", "li"})
_MAX_DIGITS = 9
_MAX_SCORE = 100
"""A score is looked for in so many characters at the end of a heading."""


def parse(boxes: Iterable[Element]) -> list[Comment]:
    """The comments in page order, from their boxes (``comment_region.is_comment``)."""
    items = _Items()
    return [comment for box in boxes if (comment := _comment(box, items)) is not None]


def _comment(box: Element, items: _Items) -> Comment | None:
    found = COMMENT_ID.fullmatch(box.get("id") or "")
    if found is None or len(found[1]) > _MAX_DIGITS:
        return None
    comment_id = int(found[1])
    heading, meta, body = _parts(box)
    title, score = _title_and_score(heading)
    author, uid, posted_at = _author_and_time(meta)
    return Comment(
        id=comment_id,
        parent_id=items.parent_id(box, comment_id),
        author=author,
        uid=uid,
        title=title,
        score=score,
        posted_at=posted_at,
        text=_text(body) if body is not None else "",
    )


def _parts(box: Element) -> tuple[Element | None, Element | None, Element | None]:
    """The heading, meta line and text of a comment, each the first of its own; None for what it lacks."""
    heading = meta = body = None
    for each in _own_elements(box):
        if each.tag == HEADING_TAG:
            heading = each if heading is None else heading
        elif each.tag == BOX_TAG and meta is None and has_class(each, META_CLASS):
            meta = each
        elif each.tag == BOX_TAG and body is None and has_class(each, COMMENT_TEXT_CLASS):
            body = each
    return heading, meta, body


def _own_elements(element: Element) -> Iterator[Element]:
    """An element and those inside it, but not those of comments inside it, in document order."""
    nodes = etree.iterwalk(element, events=("start",))
    for _, node in nodes:
        if node is not element and is_comment(node):
            nodes.skip_subtree()
        else:
            yield node


def _title_and_score(heading: Element | None) -> tuple[str, int]:
    text = _text(heading) if heading is not None else ""
    found = COMMENT_SCORE.search(text, max(0, len(text) - _MAX_SCORE))
    return (text[: found.start()], int(found["score"])) if found else (text, 0)


def _author_and_time(meta: Element | None) -> tuple[str, int | None, str | None]:
    """Author, uid and time, from the comment's own meta line."""
    if meta is None:
        return "", None, None
    text = _text(meta)
    anchors = (each for each in _own_elements(meta) if each.tag == "a")
    author = next((_text(a) for a in anchors if PROFILE_PATH in (a.get("href") or "")), "")
    before, _, _ = text.partition(POSTED)
    if not author:
        author = collapse_space(COMMENT_UID.sub("", before))
    uid = COMMENT_UID.search(before)
    posted = dateline.parse(text)
    return author, int(uid[1]) if uid else None, posted.at.isoformat() if posted else None


class _Items:
    """The list items around comments; each is looked at once, however many comments are inside it."""

    def __init__(self) -> None:
        self._ids_around: dict[Element, tuple[int | None, int | None]] = {}

    def parent_id(self, box: Element, comment_id: int) -> int | None:
        """The comment whose item encloses this one's."""
        nearest, next_other = self._around(box)
        return next_other if nearest == comment_id else nearest

    def _around(self, box: Element) -> tuple[int | None, int | None]:
        """The ids of the nearest item around an element, and of the nearest one with another id."""
        above: list[Element] = []
        ids: tuple[int | None, int | None] = (None, None)
        for ancestor in box.iterancestors():
            known = self._ids_around.get(ancestor)
            if known:
                ids = known
                break
            above.append(ancestor)
        for ancestor in reversed(above):
            found = COMMENT_ITEM_ID.fullmatch(ancestor.get("id") or "") if ancestor.tag == COMMENT_ITEM_TAG else None
            if found:
                nearest, next_other = ids
                ids = (int(found[1]), next_other if nearest == int(found[1]) else nearest)
            self._ids_around[ancestor] = ids
        return ids


def _text(element: Element) -> str:
    """The text inside an element, in one line, without that of comments inside it; breaks and blocks separate words."""
    if not len(element):
        return collapse_space(element.text or "")
    out = []
    nodes = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in nodes:
        if event != "start":
            out.append((node.tail or "") if node is not element else "")
        elif node is not element and is_comment(node):
            nodes.skip_subtree()
        else:
            out.append(" " if node.tag in _WORD_SEPARATORS and node is not element else "")
            out.append(node.text or "")
    return collapse_space("".join(out))
