"""Parses a story page: from its bytes to what it says, or to the reason why it is not the story asked for.

Pure: no Scrapy, no I/O. Nobody has seen a raw live page, so no fact depends on one detail alone: title and time are
also taken from the JSON-LD, and ``identity`` uses every statement of a sid.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.items import Comment, Editor, Topic
from solidot_spider.parsing import comments, dateline, story_text
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.identity import Missing, Unparsed, check_identity, missing_part
from solidot_spider.parsing.paragraph_builder import TooDeepError
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.story_header import StoryHeader

__all__ = ["Missing", "StoryPage", "Unparsed", "parse", "parse_document"]

_MINUTE = timedelta(minutes=1)


class StoryPage(Struct):
    """What a story page says, before its paragraphs are split into sources and prose.

    ``notes`` names what was odd: two places that disagreed, a part that only the JSON-LD had. ``page_size`` is that of
    the page in bytes, which bounds its record (0: no bound).
    """

    sid: int
    title: str
    published_at: datetime
    editor: Editor
    department: str | None
    topics: list[Topic]
    paragraphs: list[Paragraph]
    views: int | None
    comments: list[Comment]
    notes: list[str] = []
    page_size: int = 0


def parse(data: bytes, url: str, sid: int | None = None) -> StoryPage | Missing | Unparsed:
    """Parse a page.

    Args:
        data: the page's bytes, decoded as UTF-8 whatever its headers say.
        url: the address that answered, after any redirect.
        sid: the story that was asked for; by default that of ``url``.
    """
    answered = site.asked_sid(url)
    asked = answered if sid is None else sid
    if asked is None or answered is None:
        return Missing("redirected")
    if not data or data.isspace():
        return Unparsed("empty")
    return parse_document(Document(data), asked, answered)


def parse_document(document: Document, asked: int, answered: int) -> StoryPage | Missing | Unparsed:
    """What a page says of the story ``asked``, if the address of the story ``answered`` gave it."""
    if document.is_oversized:
        return Unparsed("too-many-tags")
    header = StoryHeader(document.blocks[0]) if document.blocks else None
    problem = check_identity(document, header, asked, answered)
    if problem:
        return problem
    if header is None:
        return Unparsed("no-block")
    if not document.is_fully_parsed:
        return Unparsed("too-deep")
    if document.is_truncated:
        return Unparsed("cut-off")
    return _story_page(document, header, asked)


def _story_page(document: Document, header: StoryHeader, sid: int) -> StoryPage | Unparsed:
    """The parts of a page that is proven to be the story."""
    notes: list[str] = [] if document.is_utf8 else ["undecodable"]
    title = _title(document, header, notes)
    published_at = _published_at(document, header, notes)
    editor = header.editor()
    url = site.story_url(sid)
    try:
        paragraphs = story_text.parse(header.body, header.block, url) if header.body is not None else []
    except (TooDeepError, RecursionError):
        return Unparsed("too-deep")
    if not title:
        return Unparsed(missing_part(document, "no-title"))
    if published_at is None:
        return Unparsed(missing_part(document, "no-dateline"))
    if editor is None:
        return Unparsed(missing_part(document, "no-editor"))
    if not any(paragraph.text for paragraph in paragraphs):
        return Unparsed(missing_part(document, "no-body"))
    return StoryPage(
        sid=sid,
        title=title,
        published_at=published_at,
        editor=editor,
        department=header.department(),
        topics=header.topics(),
        paragraphs=paragraphs,
        views=document.views,
        comments=comments.parse(document.comments),
        notes=notes,
        page_size=len(document.data),
    )


def _title(document: Document, header: StoryHeader, notes: list[str]) -> str:
    """The story's own heading; the JSON-LD's title if there is no heading."""
    title, in_json_ld = header.title(), document.json_ld.title
    if not title and in_json_ld:
        notes.append("title-from-jsonld")
        return in_json_ld
    if in_json_ld and in_json_ld != title:
        notes.append("title-differs")
    return title


def _published_at(document: Document, header: StoryHeader, notes: list[str]) -> datetime | None:
    """The dateline's minute, with the JSON-LD's seconds if both agree on the minute."""
    pubdate = dateline.parse_pubdate(document.json_ld.pubdate)
    posted = dateline.parse(header.text)
    if posted is None:
        if not document.is_utf8:
            return None  # another encoding than UTF-8: the page may be proven by its ASCII, but its body is garbled
        if pubdate:
            notes.append("time-from-jsonld")
        return pubdate
    if not posted.weekday_agrees:
        notes.append("weekday-differs")
    if pubdate is None:
        return posted.at
    if not posted.at <= pubdate < posted.at + _MINUTE:
        notes.append("time-differs")
        return posted.at
    return pubdate
