"""Collects every statement of a sid on a page: which story the page says that it is.

The story's own links can prove the page: share and reply links of its block and up to the readers' comments. Every
other place can only disprove it: links of other blocks, a heading that is a link; and where the story has no such link,
the page's address in its head, and the script that loads the stories before and after this one.
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.base import site
from solidot_spider.parsing import json_ld
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.markup import (
    ADDRESS_IN_HEAD,
    BODY_CLASS_BYTES,
    HEAD_END,
    HEAD_MARKS,
    NEIGHBOURS_MARK,
    NEIGHBOURS_SCRIPT,
    REPLY_MARK_BYTES,
    SHARE_MARK_BYTES,
)
from solidot_spider.parsing.story_header import StoryHeader

_MAX_HEAD = 64 * 1024
_MAX_TAG = 300


class Statements(NamedTuple):
    """The sids that the story's own links name, and those of all statements of the page."""

    own: set[int]
    all: set[int]


def collect(document: Document, header: StoryHeader | None) -> Statements:
    """The statements of a page.

    Args:
        document: the page.
        header: the header of its first block, if it has a block.
    """
    own = header.shared_sids() if header else set()
    if header and _may_have_more(document):
        own |= header.sids_behind()
    found = own | header.linked_sids() if header else set(own)
    for block in document.blocks[1:]:
        other = StoryHeader(block)
        found |= other.shared_sids() | other.linked_sids()
    if not own:
        found |= _sids_in_head(document) | _sid_of_neighbours(document)
    return Statements(own, found)


def _may_have_more(document: Document) -> bool:
    """Whether the page may state a sid behind the header of its story, too."""
    data, end = document.data, document.block_end
    body = data.find(BODY_CLASS_BYTES, document.block_start, end)
    return body < 0 or data.find(SHARE_MARK_BYTES, body, end) >= 0 or data.find(REPLY_MARK_BYTES, body, end) >= 0


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
