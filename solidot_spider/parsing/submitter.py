"""Finds the readers who submitted a story, named in ``X 写道`` at the very start of its body, and their own pages."""

from __future__ import annotations

import re

from solidot_spider.parsing.paragraphs import Anchor, Paragraph, group_by_anchor

# A name may hold spaces, the space behind it may be missing; punctuation, a quotation mark or white space follows.
# `某人在博客上写道` says where somebody wrote, and names no reader.
_VERB = "写道"
_REACH = 44
"""Where the verb stands at the latest."""
_SUBMITTER = re.compile(rf"(?P<name>[^，。；：！？、:“”「」『』\"\n]{{1,40}}?)\s?{_VERB}(?=[：:\"“”「『‘'\s]|$)")
_PLACE = re.compile(r".在.")
_BETWEEN_NAMES = re.compile(r"\s(?:和|与)\s")


def name(first_line: str) -> str | None:
    """The reader or the two readers (``甲 和 乙``) at the very start of a body; None if it does not begin so."""
    if _VERB not in first_line[:_REACH]:
        return None
    found = _SUBMITTER.match(first_line)
    return found["name"] if found and not _PLACE.search(found["name"]) else None


def own_pages(paragraphs: list[Paragraph]) -> list[Anchor]:
    """The anchors around the readers' names: they lead to the readers' own pages, which are no sources."""
    first = next((paragraph for paragraph in paragraphs if paragraph.text), None)
    found = name(first.text) if first and first.spans else None
    if first is None or found is None:
        return []
    names = {found, *_BETWEEN_NAMES.split(found)}
    own: list[Anchor] = []
    at = 0
    for anchor, text in group_by_anchor(first.spans):
        if anchor is not None and text.strip() in names:
            own.append(anchor)
        at += len(text)
        if at >= len(found):
            break
    return own
