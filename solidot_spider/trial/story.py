"""A story of the trial site, and what the site shows of it at a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

OPEN_FOR = timedelta(days=62)
"""How long a story may be commented on."""

JsonLd = Literal["plain", "missing", "comma"]
"""How the page's JSON-LD is written: valid, missing, or with a comma too many."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who posted a story."""

    name: str
    uid: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic; without ``icon`` the file's name is made of the topic's name."""

    tid: int
    name: str
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A reader's comment, shown from ``posted`` on."""

    id: int
    author: str
    uid: int
    posted: datetime
    title: str
    text: str
    score: int = 1
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A new title or body (HTML), shown from ``at`` on."""

    at: datetime
    title: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One story with its later comments, edits and withdrawal; times are in Beijing.

    ``department`` is the text behind ``来自``, ``body`` the HTML inside ``div.p_mainnew``, ``section`` the
    host (``science``) that gives a list's title its prefix, and ``trait`` says why the story is there.
    """

    sid: int
    title: str
    published: datetime
    editor: Editor
    department: str
    topics: tuple[Topic, ...]
    views: int
    body: str
    section: str | None = None
    comments: tuple[Comment, ...] = ()
    edits: tuple[Edit, ...] = ()
    withdrawn: datetime | None = None
    json_ld: JsonLd = "plain"
    p_content: bool = True
    trait: str = ""

    @property
    def teaser(self) -> str:
        """The body as lists and the feed give it."""
        return self.body.partition("<!--more-->")[0].rstrip()

    def as_of(self, moment: datetime) -> Story | None:
        """The story as it is at ``moment``; None before its publication and after its withdrawal."""
        if moment < self.published or self.is_withdrawn(moment):
            return None
        if not self.edits and not self.comments:
            return self
        story = self
        for edit in self.edits:
            if edit.at <= moment:
                story = replace(story, title=edit.title or story.title, body=edit.body or story.body)
        comments = tuple(comment for comment in self.comments if comment.posted <= moment)
        return replace(story, comments=comments)

    def is_withdrawn(self, moment: datetime) -> bool:
        """Whether the site no longer has the story."""
        return self.withdrawn is not None and self.withdrawn <= moment

    def is_open(self, moment: datetime) -> bool:
        """Whether it may still be commented on."""
        return moment - self.published <= OPEN_FOR

    def turns(self) -> list[datetime]:
        """The moments when a page that shows the story changes."""
        moments = [self.published, *(edit.at for edit in self.edits), *(c.posted for c in self.comments)]
        return [*moments, self.withdrawn] if self.withdrawn else moments
