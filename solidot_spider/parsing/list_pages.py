"""Parses the sids of stories out of list pages (home page, sections, days) and of the feed.

A list page has a block a story, whose heading is a link.
"""

from __future__ import annotations

from collections import deque
from datetime import date

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.parsing import dateline, html_tree
from solidot_spider.parsing.elements import has_class
from solidot_spider.parsing.html_tags import HALF_A_CHARACTER, REPLACEMENT
from solidot_spider.parsing.markup import (
    BLOCK_CLASS,
    BOX_TAG,
    CENTER_ID,
    DAY_LINK_MARK,
    FEED_ITEM_TAGS,
    FEED_LINK_TAG,
    FOOTER_ID,
    HEADING_TAG,
    SIDE_BOX_CLASS,
)
from solidot_spider.parsing.story_header import StoryHeader

_MAX_LINKS = 10
"""So many of a heading's links are looked at; there are one or two."""
_FEED_PARSER = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)


def story_sids(data: bytes) -> list[int]:
    """The stories of a list page in page order, each once; [] if it has none.

    Only the heading's last link with a story's address counts: the first may be the section, and side boxes link to
    stories of any age.
    """
    blocks = _blocks(html_tree.parse_page(html_tree.to_utf8(data)).root)
    return list(dict.fromkeys(sid for block in blocks if (sid := _title_sid(block))))


def day_sids(data: bytes, day: date) -> list[int] | None:
    """The stories that the page of a day lists, in page order, each once; None if it is not the page of that day.

    A site in trouble answers every request with its home page, which shows two or three days. So more than half of the
    blocks must be of the day, by their datelines. An empty day has no block; its page is recognised by its frame.
    """
    page = html_tree.parse_page(html_tree.to_utf8(data)).root
    blocks = _blocks(page)
    found = {sid: _day(block) for block in blocks if (sid := _title_sid(block))}
    if not blocks:
        return [] if _count_frame_signs(page) >= 2 else None
    dated = [at for at in found.values() if at]
    if dated.count(day) * 2 <= len(dated):
        return None
    return [sid for sid, at in found.items() if at in (None, day)]


def feed_sids(data: bytes) -> list[int]:
    """The stories of the feed's items in their order, each once; [] if it has none.

    A link may lack its scheme.
    """
    if html_tree.is_oversized(data):
        return []
    try:
        root: Element | None = etree.fromstring(HALF_A_CHARACTER.sub(REPLACEMENT, data.strip()), _FEED_PARSER)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return []
    # An item inside another one is seen with the outer one: each link counts once.
    items = (item for item in root.iter(*FEED_ITEM_TAGS) if next(item.iterancestors(*FEED_ITEM_TAGS), None) is None)
    found = (_linked_sid(link) for item in items for link in item.iter(FEED_LINK_TAG))
    return list(dict.fromkeys(sid for sid in found if sid))


def _linked_sid(link: Element) -> int | None:
    address = link.text or link.get("href") or ""
    return site.linked_sid(site.resolve(address.strip(), site.CANONICAL))


def _blocks(page: Element) -> list[Element]:
    return [each for each in page.iter(BOX_TAG) if has_class(each, BLOCK_CLASS)]


def _title_sid(block: Element) -> int | None:
    heading = next(block.iter(HEADING_TAG), None)
    if heading is None:
        return None
    last_first = reversed(deque(heading.iter("a"), _MAX_LINKS))
    found = (site.linked_sid(site.resolve(a.get("href") or "", site.CANONICAL)) for a in last_first)
    return next((sid for sid in found if sid), None)


def _day(block: Element) -> date | None:
    posted = dateline.parse(StoryHeader(block).text)
    return posted.at.date() if posted else None


def _count_frame_signs(page: Element) -> int:
    """How many signs say that a page without stories is a page of the site."""
    ids = {each.get("id") for each in page.iter(BOX_TAG)}
    return sum(
        (
            CENTER_ID in ids,
            FOOTER_ID in ids,
            any(has_class(each, SIDE_BOX_CLASS) for each in page.iter(BOX_TAG)),
            any(DAY_LINK_MARK in (each.get("href") or "") for each in page.iter("a")),
        )
    )
