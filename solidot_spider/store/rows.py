"""Defines the rows that a commit reads and writes; each has the columns of its table, in their order."""

from __future__ import annotations

from typing import NamedTuple, Self

import msgspec

from solidot_spider.base import origins
from solidot_spider.store.pages.raw_pages import RawPage


class StoryRow(NamedTuple):
    """A row of ``stories``; times are ISO 8601, ``record`` is JSON."""

    sid: int
    published_at: str
    content_hash: str
    parser_version: int
    first_seen: str
    last_seen: str
    last_changed: str
    withdrawn_at: str | None
    record: str
    origin: str = origins.CRAWL


class PageRow(NamedTuple):
    """A row of ``pages``: a raw page with its sid and its record's content hash."""

    sid: int
    content_hash: str
    asked: str
    answered: str
    status: int
    headers: str
    fetched_at: str
    codec: str
    body: bytes
    dictionary_id: int | None
    origin: str = origins.CRAWL

    @property
    def page(self) -> RawPage:
        """The raw page."""
        return RawPage(*self[2:])


class VisitRow(NamedTuple):
    """A row of ``visits``; ``at`` is ISO 8601 in UTC, ``status`` the HTTP status of the answer."""

    sid: int
    run_id: int
    at: str
    outcome: str
    reason: str
    status: int | None


class RevisionRow(NamedTuple):
    """A row of ``revisions``; ``old`` is JSON: the old values of the fields that an edit changed."""

    sid: int
    run_id: int
    at: str
    old: str


class UnprovenRow(NamedTuple):
    """A row of ``unproven``; ``old`` is JSON: the story's row before the first run that is not proven."""

    sid: int
    since_run: int
    run_id: int
    kind: str
    old: str | None
    moved_page: str | None

    @property
    def story(self) -> StoryRow | None:
        """The story's row as it was; None if there was none."""
        return None if self.old is None else msgspec.json.decode(self.old, type=StoryRow)

    @classmethod
    def of(cls, sid: int, run_id: int, kind: str, before: StoryRow | None, moved_page: str | None) -> Self:
        """The row of a story that is stored for the first time since the last proof."""
        old = None if before is None else msgspec.json.encode(before).decode()
        return cls(sid, run_id, run_id, kind, old, moved_page)
