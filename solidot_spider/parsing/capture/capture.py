"""Parses a capture: from its bytes to what the page said, or to the reason why it is not the story asked for."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from solidot_spider.base import site
from solidot_spider.parsing import page
from solidot_spider.parsing.capture import front_matter, layout, page_html, style
from solidot_spider.parsing.capture.layout import Layout
from solidot_spider.parsing.capture.links import References
from solidot_spider.parsing.identity import SEVERAL_STORIES
from solidot_spider.parsing.markup import ADDRESSES_OF_FRAME, SHARE_MARK, WORDS_OF_FRAME
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.parsing.paragraph_builder import TooDeepError

MAX_SIZE = 256 * 1024
"""Bytes of the largest capture; one of a page has about 15,000."""
_HOLE = "\ufffd"


class CapturedPage(NamedTuple):
    """What a captured page said, and when it was fetched."""

    page: StoryPage
    fetched_at: datetime


def parse(data: bytes, fetched_at: datetime | None = None, sid: int | None = None) -> CapturedPage | Missing | Unparsed:
    """Parse a capture; the arguments are those of ``record.record_of_capture``."""
    if len(data) > MAX_SIZE:
        return Unparsed("too-large")
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    front = front_matter.parse(text.removesuffix(_HOLE))  # what is left of a character that was cut
    references = References(front.rest)
    lines = references.text.split("\n")
    found = layout.find(lines)
    problem = _unreadable(front.rest, lines, found)
    if problem:
        return problem
    stated = site.asked_sid(front.url)
    asked = sid or stated or _shared_sid(lines, found, references)
    fetched_at = fetched_at or front.fetched_at
    if asked is None or fetched_at is None:
        return Unparsed("no-fetch-date" if asked else SEVERAL_STORIES if len(found.regions) > 1 else "no-statement")
    try:
        html = page_html.page(lines, found, references, style.of(front.rest), front.title)
    except TooDeepError:
        return Unparsed("too-deep")
    parsed = page.parse(html.encode(), site.story_url(stated or asked), asked, fetched_at)
    return CapturedPage(parsed, fetched_at) if isinstance(parsed, StoryPage) else parsed


def _unreadable(text: str, lines: list[str], found: Layout) -> Unparsed | None:
    """Why a capture has no story that can be read; None if it has one."""
    if not text.strip():
        return Unparsed("empty")
    if not found.regions:
        is_site = any(address in text for address in ADDRESSES_OF_FRAME)
        if _HOLE in text or (is_site and not any(word in text for word in WORDS_OF_FRAME)):
            return Unparsed("mojibake")
        return Unparsed("cut-off" if found.footer < 0 else "no-block")
    first = found.regions[0]
    if len(found.regions) == 1 and any(_HOLE in line for line in lines[first.start : first.end]):
        return Unparsed("mojibake")
    return None


def _shared_sid(lines: list[str], found: Layout, references: References) -> int | None:
    """The only sid in the share links of the first story's meta line."""
    first = found.regions[0]
    addresses = references.addresses("\n".join(lines[first.meta : first.body]))
    sids = {site.shared_sid(address) for address in addresses if SHARE_MARK in address}
    return sids.pop() if len(sids) == 1 else None
