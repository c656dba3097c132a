"""A page made into a record, for everybody without Scrapy: bytes and an address in, a story or a reason out.

The item pipelines compose the same functions; a test proves both ways equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from solidot_spider import items
from solidot_spider.base import clock, site
from solidot_spider.items import Story
from solidot_spider.parsing import body, page, sources
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.parsing.sources import Sources


@dataclass(slots=True)
class Draft:
    """A story on its way: what the page says, then its sources, then its body."""

    page: StoryPage
    fetched_at: datetime
    sources: Sources | None = None
    body: str = ""
    body_html: str = ""


def with_sources(draft: Draft) -> Draft:
    """The draft with its source links and labels pulled out of the paragraphs."""
    said = draft.page
    draft.sources = sources.read(said.paragraphs, said.published_at, said.sid)
    return draft


def with_body(draft: Draft) -> Draft:
    """The draft with its body as text and as HTML: of the prose where the sources are pulled out, else of all."""
    prose = draft.page.paragraphs if draft.sources is None else draft.sources.prose
    draft.body = body.text(prose)
    draft.body_html = body.html(prose)
    return draft


def finished(draft: Draft) -> Story:
    """The record; ``item.check`` tells whether it satisfies the schema."""
    said = draft.page
    pulled = draft.sources or Sources([], [], [], said.paragraphs)
    fields: dict[str, Any] = {
        "title": said.title,
        "published_at": said.published_at.isoformat(timespec="seconds"),
        "editor": said.editor,
        "department": said.department,
        "topics": said.topics,
        "submitter": body.submitter(draft.body),
        "body": draft.body,
        "source_links": pulled.links,
        "source_labels": pulled.labels,
        "related_sids": pulled.related,
        "images": body.images(pulled.prose),
    }
    return Story(
        sid=said.sid,
        url=site.story_url(said.sid),
        **fields,
        body_html=draft.body_html,
        views=said.views,
        comment_count=len(said.comments),
        comments=said.comments,
        fetched_at=clock.iso(draft.fetched_at),
        withdrawn_at=None,
        content_hash=items.content_hash(fields),
        schema_version=1,
    )


def record(data: bytes, url: str, fetched_at: datetime, sid: int | None = None) -> Story | Missing | Unparsed:
    """The story of a page, or why there is none.

    Args:
        data: the page's bytes.
        url: the address that answered, after any redirect.
        fetched_at: when the page was fetched.
        sid: the story that was asked for; that of ``url`` when not given.
    """
    said = page.read(data, url, sid)
    if not isinstance(said, StoryPage):
        return said
    try:
        story = finished(with_body(with_sources(Draft(said, fetched_at))))
        items.check(story)
    except items.RecordError as error:
        return Unparsed(f"invalid-record: {error}")
    return story


def reparse(data: bytes, url: str, fetched_at: datetime, sid: int) -> dict[str, Any] | None:
    """The record that today's parser makes of a kept page, as plain values; None if the page is no story to it.

    Args:
        data: the page's bytes.
        url: the address that answered, after any redirect.
        fetched_at: when the page was fetched.
        sid: the story that was asked for.
    """
    story = record(data, url, fetched_at, sid)
    return items.check(story) if isinstance(story, Story) else None
