"""Collects every statement of a sid on a page: which story the page says that it is.

The story's own links can prove the page: share and reply links of its block and up to the readers' comments. Every
other place can only disprove it: links of other blocks, a heading that is a link; and where the story has no such link,
the page's address in its head, and the script that loads the stories before and after this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.parsing import json_ld
from solidot_spider.parsing.comment_region import elements_outside, is_comment, starts_comments
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.elements import following, has_class
from solidot_spider.parsing.markup import (
    ADDRESS_IN_HEAD,
    BLOCK_CLASS,
    BODY_CLASS_BYTES,
    BOX_TAG,
    FOOTER_ID,
    HEAD_END,
    HEAD_MARKS,
    NEIGHBOURS_MARK,
    NEIGHBOURS_SCRIPT,
    REPLY_MARK,
    REPLY_MARK_BYTES,
    SHARE_MARK,
    SHARE_MARK_BYTES,
)
from solidot_spider.parsing.story_header import StoryHeader

_MAX_HEAD = 64 * 1024
_MAX_TAG = 300


class Statements(NamedTuple):
    """What a page states.

    Attributes:
        own: the sids that the story's own links name.
        possible: those, the sids that the first heading links to, and those of all share links, which no list has: the
            page may be one of these.
        all: the sids of all statements of the page.
    """

    own: set[int]
    possible: set[int]
    all: set[int]


def collect(document: Document, header: StoryHeader | None) -> Statements:
    """The statements of a page.

    Args:
        document: the page.
        header: the header of its first block, if it has a block.
    """
    own = header.shared_sids() if header else set()
    if header and _may_have_more(document):
        own |= _sids_behind(header)
    possible = own | header.linked_sids() if header else set(own)
    found = set(possible)
    for block in document.blocks[1:]:
        other = StoryHeader(block)
        possible |= other.shared_sids()
        found |= other.shared_sids() | other.linked_sids()
    if not own:
        found |= _sids_in_head(document) | _sid_of_neighbours(document)
    return Statements(own, possible, found)


def named_sid(document: Document) -> int | None:
    """The one story that a page names as its own, where nobody knows which was asked for; None if it is not one."""
    found = collect(document, StoryHeader(document.blocks[0]) if document.blocks else None)
    named = found.own or found.all
    return named.pop() if len(named) == 1 else None


def _may_have_more(document: Document) -> bool:
    """Whether the page may state a sid behind the header of its story, too."""
    data, end = document.data, document.block_end
    if data.rfind(REPLY_MARK_BYTES, document.block_start, end) >= 0:
        return True
    body = data.find(BODY_CLASS_BYTES, document.block_start, end)
    return body < 0 or data.rfind(SHARE_MARK_BYTES, body, end) >= 0


def _sids_behind(header: StoryHeader) -> set[int]:
    """The sids in share and reply links from the header on, up to the comments, another block or the footer."""
    hrefs = [href for _, href in header.links]
    for node in following(header.body if header.body is not None else header.block):
        if starts_comments(node):
            break
        if not isinstance(node.tag, str):
            continue
        inside: Iterable[Element] = list(node.iter("a", BOX_TAG))
        if any(map(is_comment, inside)):
            inside = elements_outside(node)
        for each in inside:
            if each.tag == BOX_TAG and (has_class(each, BLOCK_CLASS) or each.get("id") == FOOTER_ID):
                return _stated_sids(hrefs)
            if each.tag == "a":
                hrefs.append(each.get("href") or "")
    return _stated_sids(hrefs)


def _stated_sids(hrefs: list[str]) -> set[int]:
    """The sids that share and reply links among some addresses name."""
    found = [site.shared_sid(href) for href in hrefs if SHARE_MARK in href]
    found += [site.commented_sid(href) for href in hrefs if REPLY_MARK in href]
    return {sid for sid in found if sid}


def _sids_in_head(document: Document) -> set[int]:
    """The sids of the page's own address, in its JSON-LD, canonical link and Open Graph."""
    sid = site.linked_sid(json_ld.parse_address(document.data))
    found = {sid} if sid else set()
    head = document.data[: max(0, document.data.find(HEAD_END, 0, _MAX_HEAD))]
    if any(mark in head for mark in HEAD_MARKS):
        found |= {int(digits) for digits in ADDRESS_IN_HEAD.findall(head)}
    return found


def _sid_of_neighbours(document: Document) -> set[int]:
    """The sid that the script names which loads the stories before and after this one."""
    at = document.data.find(NEIGHBOURS_MARK, document.block_start)
    found = NEIGHBOURS_SCRIPT.search(document.data, max(0, at - _MAX_TAG), at + _MAX_TAG) if at >= 0 else None
    return {int(found[1])} if found else set()
