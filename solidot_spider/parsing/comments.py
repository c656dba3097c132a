"""Readers' comments: ``ul.reply_ul > li#tree_ID > div#comment_ID.list_com``, replies nested in their parent's item."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.etree import _Element as Element

from solidot_spider.items import Comment
from solidot_spider.parsing import dateline
from solidot_spider.parsing.text import fold

_ID = re.compile(r"comment_(\d+)")
_TREE = re.compile(r"tree_(\d+)")
_TITLE = re.compile(r"(?P<title>.*?)\s*[(（]\s*得分\s*[:：]\s*(?P<score>[+-]?\d+)[^()（）]*[)）]")
_UID = re.compile(r"[(（]\s*(\d+)\s*[)）]")
_BREAKS = frozenset({"br", "p", "div", "li"})


def read(boxes: Iterable[Element]) -> list[Comment]:
    """The comments in page order, from their ``div.list_com`` elements."""
    return [made for box in boxes if (made := _comment(box)) is not None]


def is_comment(element: Element) -> bool:
    """Whether an element is a comment's box."""
    name = element.get("id")
    return name is not None and _ID.fullmatch(name) is not None and "list_com" in (element.get("class") or "").split()


def _comment(box: Element) -> Comment | None:
    found = _ID.fullmatch(box.get("id") or "")
    if found is None:
        return None
    number = int(found[1])
    title, score = _title(box)
    author, uid, posted_at = _meta(box)
    body = _first(box, "div", "p_text")
    return Comment(
        id=number,
        parent_id=_parent(box, number),
        author=author,
        uid=uid,
        title=title,
        score=score,
        posted_at=posted_at,
        text=fold(_text(body)) if body is not None else "",
    )


def _title(box: Element) -> tuple[str, int]:
    heading = next(box.iter("h2"), None)
    text = fold(_text(heading)) if heading is not None else ""
    found = _TITLE.fullmatch(text)
    return (found["title"], int(found["score"])) if found else (text, 0)


def _meta(box: Element) -> tuple[str, int | None, str | None]:
    """Author, uid and time, from the comment's own ``div.talk_time``."""
    line = _first(box, "div", "talk_time")
    if line is None:
        return "", None, None
    text = fold(_text(line))
    author = next((fold(_text(a)) for a in line.iter("a") if "/~" in (a.get("href") or "")), "")
    before, _, _ = text.partition("发表于")
    if not author:
        author = fold(_UID.sub("", before))
    uid = _UID.search(before)
    date = dateline.read(text)
    return author, int(uid[1]) if uid else None, date.at.isoformat() if date else None


def _parent(box: Element, number: int) -> int | None:
    """The comment whose item encloses this one's."""
    for ancestor in box.iterancestors("li"):
        found = _TREE.fullmatch(ancestor.get("id") or "")
        if found and int(found[1]) != number:
            return int(found[1])
    return None


def _first(box: Element, tag: str, name: str) -> Element | None:
    return next((each for each in box.iter(tag) if name in (each.get("class") or "").split()), None)


def _text(element: Element) -> str:
    """The text inside an element; breaks and blocks part words."""
    out = []
    for each in element.iter():
        if isinstance(each.tag, str):
            if each.tag in _BREAKS and each is not element:
                out.append(" ")
            out.append(each.text or "")
        if each is not element:
            out.append(each.tail or "")
    return "".join(out)
