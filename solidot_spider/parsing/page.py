"""Parses a story page: from its bytes to what it says, or to the reason why it is not the story asked for.

Pure: no Scrapy, no I/O. Nobody has seen a raw live page, so no fact depends on one detail alone: title and time are
also taken from the JSON-LD, and ``identity`` uses every statement of a sid.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.items import Comment, Editor, Topic
from solidot_spider.parsing import comment_check, comments, dateline, story_block, story_text, title
from solidot_spider.parsing.dateline import FoundDateline
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.doubt import DoubtError
from solidot_spider.parsing.identity import Missing, Unparsed, check_identity, missing_part
from solidot_spider.parsing.markup import BODY_CLASS_BYTES
from solidot_spider.parsing.meta_line import MetaLine
from solidot_spider.parsing.paragraph_builder import TooDeepError
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.story_header import StoryHeader

__all__ = ["Missing", "StoryPage", "Unparsed", "parse", "parse_document"]

_MINUTE = timedelta(minutes=1)
_LATEST_YEAR = 2200
_WITNESSED = frozenset({"title-from-jsonld", "title-differs", "time-from-jsonld", "time-differs"})
"""Notes that no page may have whose block is not where it should be: its parts must agree with the JSON-LD."""


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


def parse(
    data: bytes, url: str, sid: int | None = None, fetched_at: datetime | None = None
) -> StoryPage | Missing | Unparsed:
    """Parse a page.

    Args:
        data: the page's bytes, decoded as UTF-8 whatever its headers say.
        url: the address that answered, after any redirect.
        sid: the story that was asked for; by default that of ``url``.
        fetched_at: when the page was fetched; a dateline of more than a year later is not believed.
    """
    answered = site.asked_sid(url)
    asked = answered if sid is None else sid
    if asked is None or answered is None:
        return Missing("redirected")
    if not data or data.isspace():
        return Unparsed("empty")
    return parse_document(Document(data), asked, answered, fetched_at)


def parse_document(
    document: Document, asked: int, answered: int, fetched_at: datetime | None = None
) -> StoryPage | Missing | Unparsed:
    """What a page says of the story ``asked``, if the address of the story ``answered`` gave it."""
    if document.is_oversized:
        return Unparsed("too-many-tags")
    block = document.blocks[0] if document.blocks else story_block.find_replacement(document.root)
    header = StoryHeader(block) if block is not None else None
    problem = check_identity(document, header, asked, answered) or _incomplete(document)
    if problem or header is None:
        return problem or Unparsed("no-block")
    try:
        return _story_page(document, header, asked, fetched_at.year + 1 if fetched_at else _LATEST_YEAR)
    except DoubtError as doubt:
        return Unparsed(str(doubt))
    except (TooDeepError, RecursionError):
        return Unparsed("too-deep")


def _incomplete(document: Document) -> Unparsed | None:
    """Why a page does not hold its whole story; None if it does."""
    if not document.is_fully_parsed:
        return Unparsed("too-deep")
    return Unparsed("cut-off") if document.is_truncated else None


def _story_page(document: Document, header: StoryHeader, sid: int, latest_year: int) -> StoryPage | Unparsed:
    """The parts of a page that is proven to be the story."""
    notes: list[str] = [] if document.is_utf8 else ["undecodable"]
    own_title = title.choose(header, document.json_ld.title, notes)
    meta = MetaLine(header)
    pubdate = dateline.parse_pubdate(document.json_ld.pubdate)
    posted = meta.posted(pubdate, latest_year)
    published_at = _published_at(posted, pubdate, notes) if posted or document.is_utf8 else None
    editor = meta.editor()
    paragraphs = _paragraphs(document, header, site.story_url(sid), notes)
    if not own_title:
        return Unparsed(missing_part(document, "no-title"))
    if published_at is None:
        return Unparsed(missing_part(document, "no-dateline"))
    if editor is None:
        return Unparsed(missing_part(document, "no-editor"))
    if not any(paragraph.text for paragraph in paragraphs):
        return Unparsed(missing_part(document, "no-body"))
    if not document.blocks:
        if not _WITNESSED.isdisjoint(notes):
            return Unparsed("no-block")
        notes.append("no-block")
    if not meta.is_marked:
        notes.append("no-meta-line")
    read = comments.parse(document.comments)
    comment_check.check(document, read, notes)
    return StoryPage(
        sid=sid,
        title=own_title,
        published_at=published_at,
        editor=editor,
        department=meta.department(posted),
        topics=header.topics(),
        paragraphs=paragraphs,
        views=document.views,
        comments=read,
        notes=notes,
        page_size=len(document.data),
    )


def _paragraphs(document: Document, header: StoryHeader, url: str, notes: list[str]) -> list[Paragraph]:
    """The paragraphs of the story; none if it has no body."""
    body = header.body
    if body is None:
        return []
    if not document.contains_once(BODY_CLASS_BYTES):
        body = story_text.choose_body(body, header.block, notes)
    return story_text.parse(body, header.block, url, notes)


def _published_at(posted: FoundDateline | None, pubdate: datetime | None, notes: list[str]) -> datetime | None:
    """The dateline's minute, with the JSON-LD's seconds if both agree on the minute."""
    if posted is None:
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
