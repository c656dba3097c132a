"""A story page: bytes in; out comes what the page says, or why it is no page of the story asked for.

Pure: no Scrapy, no I/O. Nobody has seen the raw live page, so no fact hangs on one detail alone: title and time have
a second witness in the JSON-LD, and ``proof`` uses every statement of a sid.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.items import Comment, Editor, Topic
from solidot_spider.parsing import comments, dateline, html_paragraphs
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.identity import Missing, Unparsed, disproof, lacking
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.story_header import Head

__all__ = ["Missing", "StoryPage", "Unparsed", "of_document", "read"]

_MINUTE = timedelta(minutes=1)


class StoryPage(Struct):
    """What a story page says, before sources and body are made of its paragraphs.

    ``notes`` names what was odd: where two places disagreed, and where a second witness had to serve.
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


def read(data: bytes, url: str, sid: int | None = None) -> StoryPage | Missing | Unparsed:
    """Read a page.

    Args:
        data: the page's bytes, taken as UTF-8 whatever its headers say.
        url: the address that answered, after any redirect.
        sid: the story that was asked for; that of ``url`` when not given.
    """
    answered = site.asked_sid(url)
    asked = answered if sid is None else sid
    if asked is None or answered is None:
        return Missing("redirected")
    if not data.strip():
        return Unparsed("empty")
    return of_document(Document(data), asked, answered)


def of_document(document: Document, asked: int, answered: int) -> StoryPage | Missing | Unparsed:
    """What a parsed page says of the story ``asked``, when the address ``answered`` gave it."""
    if document.is_bomb:
        return Unparsed("too-many-tags")
    head = Head(document.blocks[0]) if document.blocks else None
    refused = disproof(document, head, asked, answered)
    if refused:
        return refused
    if head is None:
        return Unparsed("no-block")
    if not document.is_read:
        return Unparsed("too-deep")
    return _story(document, head, asked) if document.is_whole else Unparsed("cut-off")


def _story(document: Document, head: Head, sid: int) -> StoryPage | Unparsed:
    """The parts of a proven page."""
    notes: list[str] = [] if document.is_utf8 else ["undecodable"]
    title = _title(document, head, notes)
    published_at = _published_at(document, head, notes)
    editor = head.editor()
    body = html_paragraphs.of_story(head.main, head.block, site.story_url(sid)) if head.main is not None else []
    if not title:
        return Unparsed(lacking(document, "no-title"))
    if published_at is None:
        return Unparsed(lacking(document, "no-dateline"))
    if editor is None:
        return Unparsed(lacking(document, "no-editor"))
    if not any(paragraph.text for paragraph in body):
        return Unparsed(lacking(document, "no-body"))
    return StoryPage(
        sid=sid,
        title=title,
        published_at=published_at,
        editor=editor,
        department=head.department(),
        topics=head.topics(),
        paragraphs=body,
        views=document.views,
        comments=comments.read(document.comments),
        notes=notes,
    )


def _title(document: Document, head: Head, notes: list[str]) -> str:
    """The story's own heading; the JSON-LD's title where there is none."""
    title, second = head.title(), document.json_ld.title
    if not title and second:
        notes.append("title-from-jsonld")
        return second
    if second and second != title:
        notes.append("title-differs")
    return title


def _published_at(document: Document, head: Head, notes: list[str]) -> datetime | None:
    """The dateline's minute with the JSON-LD's seconds where both agree on the minute."""
    pubdate = dateline.read_pubdate(document.json_ld.pubdate)
    line = dateline.read(head.text)
    if line is None:
        if not document.is_utf8:
            return None  # another encoding than UTF-8: what the ASCII parts prove would come with a garbled body
        if pubdate:
            notes.append("time-from-jsonld")
        return pubdate
    if not line.weekday_agrees:
        notes.append("weekday-differs")
    if pubdate is None:
        return line.at
    if not line.at <= pubdate < line.at + _MINUTE:
        notes.append("time-differs")
        return line.at
    return pubdate
