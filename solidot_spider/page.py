"""A story page: bytes in; out comes what the page says, or why it is no page of the story asked for.

Pure: no Scrapy, no I/O. Nobody has seen the raw live page, so no fact hangs on one detail alone: title and time have
a second witness in the JSON-LD, and the proof that this is the story asked for uses every statement of a sid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider import comments, dateline, paragraphs, site
from solidot_spider.document import Document, content, following, has_class, starts_comments
from solidot_spider.item import Comment, Editor, Topic
from solidot_spider.paragraphs import Paragraph, fold

BODY = "p_mainnew"
HEADING = "bg_htit"

_TID = re.compile(r"[?&]tid=(\d{1,9})(?!\d)", re.ASCII)
_UID = re.compile(r"[(（]\s*(\d{1,9})\s*[)）]$")
_NAMED = re.compile(r"(\S+)\s*[(（]\s*(\d{1,9})\s*[)）]$")
_DEPARTMENT = re.compile(r"发表于.*?(来自\S.*)$")
_MINUTE = timedelta(minutes=1)
_SECTION_MARK = " :："


class Missing(NamedTuple):
    """The site answered something that says that it has no such story."""

    reason: str


class Unparsed(NamedTuple):
    """The page cannot be proven to be the story asked for, or lacks a part that every story has."""

    reason: str


@dataclass(slots=True)
class StoryPage:
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
    notes: list[str] = field(default_factory=list)


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
    document = Document(data)
    head = _Head(document.blocks[0]) if document.blocks else None
    return _disproof(document, head, asked, answered) or _story(document, head, asked)


def _disproof(document: Document, head: _Head | None, asked: int, answered: int) -> Missing | Unparsed | None:
    """Why the page is not proven to be the story asked for; None where it is."""
    stated = head.stated_sids() if head else set()
    if asked in stated and stated <= {asked} and answered == asked:
        return None
    others = (stated | {answered}) - {asked}
    if not stated and not others and _is_unmarked_story(document, head):
        return None
    if asked not in stated and _home_signs(document, head) >= 2:
        return Missing("home-page")
    if others:
        return Unparsed("other-story")
    return Unparsed(_lacking(document, "no-block" if head is None else "no-statement"))


def _is_unmarked_story(document: Document, head: _Head | None) -> bool:
    """Whether a page that names no sid at all is a single story's page all the same."""
    return (
        head is not None
        and len(document.blocks) == 1
        and document.views is not None
        and bool(document.json_title)
        and document.json_title == head.title()
    )


def _home_signs(document: Document, head: _Head | None) -> int:
    """How many signs of the home page there are, apart from the share link (FACTS: it answers withdrawn stories)."""
    return sum(
        (
            len(document.blocks) > 1,
            head is not None and head.title_is_link,
            document.mentions("阅读原文"),
            document.mentions("/specialist~"),
            document.views is None,
        )
    )


def _lacking(document: Document, part: str) -> str:
    return part if document.is_utf8 else "not-utf8"


def _story(document: Document, head: _Head | None, sid: int) -> StoryPage | Unparsed:
    """The parts of a proven page."""
    if head is None:
        return Unparsed("no-block")
    notes: list[str] = [] if document.is_utf8 else ["undecodable"]
    title = _title(document, head, notes)
    published_at = _published_at(document, head, notes)
    editor = head.editor()
    body = paragraphs.of_story(head.main, head.block, site.story_url(sid)) if head.main is not None else []
    parts = {"no-title": title, "no-dateline": published_at, "no-editor": editor, "no-body": _has_text(body)}
    for reason, part in parts.items():
        if not part:
            return Unparsed(_lacking(document, reason))
    assert published_at is not None
    assert editor is not None
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


def _has_text(body: list[Paragraph]) -> bool:
    return any(paragraph.text for paragraph in body)


def _title(document: Document, head: _Head, notes: list[str]) -> str:
    """The story's own heading; the JSON-LD's title where there is none."""
    title = head.title()
    if not title and document.json_title:
        notes.append("title-from-jsonld")
        return document.json_title
    if document.json_title and document.json_title != title:
        notes.append("title-differs")
    return title


def _published_at(document: Document, head: _Head, notes: list[str]) -> datetime | None:
    """The dateline's minute with the JSON-LD's seconds where both agree on the minute."""
    pubdate = dateline.read_pubdate(document.json_pubdate)
    line = dateline.read(head.text)
    if line is None:
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


class _Head:
    """A story's block: what stands in it before the body, sorted in one walk, and the links behind the body."""

    def __init__(self, block: Element) -> None:
        self.block = block
        self.main: Element | None = None
        self.headings: list[Element] = []
        self.anchors: list[tuple[Element, str]] = []
        self.bold: list[Element] = []
        self._texts: list[str] = []
        self._walk(block, within_heading=False)
        self.text = fold("".join(self._texts))

    def _walk(self, element: Element, *, within_heading: bool) -> bool:
        """Sort what is inside an element; True when the body was met."""
        if element.text:
            self._texts.append(element.text)
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                classes = child.get("class") if tag == "div" else None
                if classes and BODY in classes and has_class(child, BODY):
                    self.main = child
                    return True
                self._sort(child, tag, within_heading)
                heading = within_heading or (classes is not None and HEADING in classes)
                if self._walk(child, within_heading=heading):
                    return True
            if child.tail:
                self._texts.append(child.tail)
        return False

    def _sort(self, element: Element, tag: str, within_heading: bool) -> None:
        if tag == "a":
            self.anchors.append((element, element.get("href") or ""))
        elif tag == "h2":
            self.headings.insert(0 if within_heading else len(self.headings), element)
        elif tag in ("b", "strong"):
            self.bold.append(element)

    @property
    def title_is_link(self) -> bool:
        """Whether the heading holds links, as it does in lists."""
        return bool(self.headings) and next(self.headings[0].iter("a"), None) is not None

    def title(self) -> str:
        """The heading's text; in a list's form what its last link says, without the section before it."""
        if not self.headings:
            return ""
        heading = self.headings[0]
        anchors = list(heading.iter("a")) if len(heading) else []
        if not anchors:
            return fold(content(heading))
        behind = fold(anchors[-1].tail or "").lstrip(_SECTION_MARK)
        return behind or fold(content(anchors[-1]))

    def editor(self) -> Editor | None:
        """``<a href="/~Wilson">Wilson</a> (42865)发表于``."""
        before = self.text.partition("发表于")[0].rstrip()
        uid = _UID.search(before)
        for anchor, href in self.anchors:
            if "/~" in href:
                name = fold(content(anchor)) or fold(unquote(href.partition("/~")[2]))
                if name:
                    return Editor(name, int(uid[1]) if uid else None)
        named = _NAMED.search(before)
        return Editor(named[1], int(named[2])) if named else None

    def department(self) -> str | None:
        """The ``来自…`` line without ``来自`` and without a final ``部门``; once each, a novel may begin so too."""
        lines = (fold(content(element)) for element in self.bold)
        line = next((line for line in lines if line.startswith("来自")), "")
        if not line:
            found = _DEPARTMENT.search(self.text)
            line = found[1] if found else ""
        return line.removeprefix("来自").strip().removesuffix("部门").strip() or None

    def topics(self) -> list[Topic]:
        """``a[href*="/search?tid=54"][title="商业"]``, in page order."""
        return [
            Topic(int(found[1]), _topic_name(anchor))
            for anchor, href in self.anchors
            if "/search" in href and (found := _TID.search(href))
        ]

    def stated_sids(self) -> set[int]:
        """The sids that the page itself states: in share links, and in reply and comment links."""
        hrefs = [href for _, href in self.anchors]
        for node in following(self.main if self.main is not None else self.block):
            if node.tag is etree.Comment and starts_comments(node):
                break
            if len(node):
                hrefs += [anchor.get("href") or "" for anchor in node.iter("a")]
        return {sid for href in hrefs if (sid := _stated_sid(href))}


def _stated_sid(href: str) -> int | None:
    if "share" in href:
        return site.shared_sid(href)
    return site.commented_sid(href) if "op=reply" in href else None


def _topic_name(anchor: Element) -> str:
    icon = next(anchor.iter("img"), None)
    name = anchor.get("title") or (icon.get("alt") if icon is not None else "") or content(anchor)
    return fold(name)
