"""Makes a record of a page, without Scrapy: from bytes and an address to a story, or to the reason why not.

The item pipelines call the same functions one by one; a test proves that both ways give the same record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from solidot_spider import items
from solidot_spider.base import clock, origins, site
from solidot_spider.items import Story
from solidot_spider.parsing import body, page, sources, submitter
from solidot_spider.parsing.capture import capture
from solidot_spider.parsing.capture.capture import CapturedPage
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.parsing.sources import Sources

_NOT_CAPTURED = ("department", "topics", "views", "comment_count", "comments")
"""The fields that a capture may not tell, though every page does."""

_CONSTANT_SIZE = 20_000
"""The bytes that the record of the smallest page may have."""


@dataclass(slots=True)
class Draft:
    """An unfinished story: what the page says, then its sources, then its body."""

    page: StoryPage
    fetched_at: datetime
    sources: Sources | None = None
    body: str = ""
    body_html: str = ""


def with_sources(draft: Draft) -> Draft:
    """The draft with its sources extracted from the paragraphs.

    Raises:
        RecordError: there are too many of them.
    """
    story_page = draft.page
    draft.sources = sources.extract(story_page.paragraphs, story_page.published_at, story_page.sid)
    return draft


def with_body(draft: Draft) -> Draft:
    """The draft with its body as text and as HTML: of the prose if the sources are extracted, else of everything.

    Raises:
        RecordError: the body is too large for its page.
    """
    prose = draft.page.paragraphs if draft.sources is None else draft.sources.prose
    draft.body = body.text(prose)
    draft.body_html = body.html(prose, _max_size(draft.page))
    return draft


def _max_size(story_page: StoryPage) -> int:
    """The bytes that a page's record may have; 0 if the page's size is not known."""
    return 2 * story_page.page_size + _CONSTANT_SIZE if story_page.page_size else 0


def to_story(draft: Draft) -> Story:
    """The record; ``items.check`` says whether it satisfies the schema.

    Raises:
        RecordError: it is larger than twice its page.
    """
    story_page = draft.page
    extracted = draft.sources or Sources([], [], [], story_page.paragraphs)
    fields: dict[str, Any] = {
        "title": story_page.title,
        "published_at": story_page.published_at.isoformat(timespec="seconds"),
        "editor": story_page.editor,
        "department": story_page.department,
        "topics": story_page.topics,
        "submitter": submitter.name(draft.body),
        "body": draft.body,
        "source_links": extracted.links,
        "source_labels": extracted.labels,
        "related_sids": extracted.related,
        "images": body.images(extracted.prose),
    }
    story = Story(
        sid=story_page.sid,
        url=site.story_url(story_page.sid),
        **fields,
        body_html=draft.body_html,
        views=story_page.views,
        comment_count=len(story_page.comments),
        comments=story_page.comments,
        fetched_at=clock.iso(draft.fetched_at),
        withdrawn_at=None,
        content_hash=items.content_hash(fields),
        origin=origins.CRAWL,
        schema_version=items.SCHEMA_VERSION,
    )
    if _may_be_large(story, story_page.page_size) and len(items.line(story)) > _max_size(story_page):
        raise items.RecordError("larger than twice its page")
    return story


def _may_be_large(story: Story, page_size: int) -> bool:
    """Whether a record has to be measured against its page; few have."""
    objects = len(story.images) + len(story.source_labels) + len(story.comments) + len(story.topics)
    links = sum(len(link.raw) for link in story.source_links)
    comments = sum(len(each.title) + len(each.author) + len(each.text) for each in story.comments)
    texts = len(story.body_html) + len(story.title) + len(story.department or "") + links + comments
    size = 8 * texts + 500 * (objects + len(story.source_links))
    return 0 < page_size < size + 10 * len(story.related_sids)


def record(data: bytes, url: str, fetched_at: datetime, sid: int | None = None) -> Story | Missing | Unparsed:
    """The story of a page, or the reason why it gives none.

    Args:
        data: the page's bytes.
        url: the address that answered, after any redirect.
        fetched_at: when the page was fetched.
        sid: the story that was asked for; by default that of ``url``.
    """
    parsed = page.parse(data, url, sid, fetched_at)
    return _checked(parsed, fetched_at) if isinstance(parsed, StoryPage) else parsed


def _checked(story_page: StoryPage, fetched_at: datetime) -> Story | Unparsed:
    try:
        story = to_story(with_body(with_sources(Draft(story_page, fetched_at))))
        items.check(story)
    except items.RecordError as error:
        return Unparsed(f"invalid-record: {error}")
    return story


@dataclass(frozen=True, slots=True)
class CapturedStory:
    """A story of a page, or of a page's text that a feed archiver kept as Markdown.

    Attributes:
        story: the record.
        unknown_fields: the record's fields that the capture does not tell, in the record's order: each has the schema's
            empty value (null, 0 or an empty list). Comments are always among them. The seconds of ``published_at`` are
            ``:00``. A page tells them all.
    """

    story: Story
    unknown_fields: tuple[str, ...]


def record_of_capture(
    data: bytes, fetched_at: datetime | None = None, sid: int | None = None
) -> CapturedStory | Missing | Unparsed:
    """The story of a page that was kept as Markdown, or the reason why it gives none.

    A capture has a front matter (``title url source date fetch_date``), then the whole page with its navigation.

    Args:
        data: the file's bytes.
        fetched_at: when the page was fetched, with its zone; by default the front matter's ``fetch_date``.
        sid: the story that was asked for; by default that of the front matter's ``url``, else of the share link.
    """
    parsed = capture.parse(data, fetched_at, sid)
    if not isinstance(parsed, CapturedPage):
        return parsed
    story = _checked(parsed.page, parsed.fetched_at)
    if isinstance(story, Unparsed):
        return story
    return CapturedStory(story, tuple(name for name in _NOT_CAPTURED if not getattr(story, name)))


def record_of(
    data: bytes, origin: str, url: str, fetched_at: datetime | None, sid: int | None = None
) -> CapturedStory | Missing | Unparsed:
    """The story of a page of any origin, or the reason why it gives none.

    Args:
        data: the page's bytes.
        origin: where it comes from, of ``origins.ORIGINS``: ``markdown`` is a capture of its text, all else a page.
        url: the address that answered, after any redirect.
        fetched_at: when the page was fetched; None of a capture that says it.
        sid: the story that was asked for; by default that of ``url``.
    """
    if origin == origins.MARKDOWN:
        made = record_of_capture(data, fetched_at, site.asked_sid(url) if sid is None else sid)
    else:
        assert fetched_at is not None, "no page says when it was fetched"
        page_story = record(data, url, fetched_at, sid)
        made = CapturedStory(page_story, ()) if isinstance(page_story, Story) else page_story
    if isinstance(made, CapturedStory):
        made.story.origin = origins.origin(origin)
    return made
