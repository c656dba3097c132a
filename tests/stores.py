"""Stores for tests, filled with stories that were never on a site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from solidot_spider import items, record
from solidot_spider.base import clock, site
from solidot_spider.base.outcome import Outcome
from solidot_spider.items import Story
from solidot_spider.store.pages.page_packer import PagePacker
from solidot_spider.store.pages.raw_pages import RawPage
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from solidot_spider.trial.page import story_page
from tests.server.generated import generated

NOW = datetime(2025, 11, 8, 4, tzinfo=UTC)
STORIES = generated(100_000)


@lru_cache(4096)
def page(sid: int, *, title: str = "", views: int = 100) -> bytes:
    """The page of a made-up story."""
    html = (
        story_page(STORIES[sid], is_open=False, yesterday="20251107").replace("\x00", str(views), 1).replace("\x00", "")
    )
    return html.replace(STORIES[sid].title, title).encode() if title else html.encode()


def fields(sid: int, at: datetime = NOW, body: bytes | None = None, **changes: Any) -> dict[str, Any]:
    """The record of a made-up story, or of a page that is given."""
    return dict(msgspec.json.decode(_line(sid, at, page(sid, **changes) if body is None else body)))


@lru_cache(4096)
def _line(sid: int, at: datetime, body: bytes) -> bytes:
    made = record.record(body, site.story_url(sid), at)
    assert isinstance(made, Story)
    return items.line(items.check(made))


@lru_cache(4096)
def raw(sid: int, at: datetime = NOW, body: bytes | None = None, **changes: Any) -> RawPage:
    url = site.story_url(sid)
    data = page(sid, **changes) if body is None else body
    return PagePacker().pack(data, url, url, 200, headers=[("Content-Type", "text/html")], fetched_at=clock.iso(at))


def stored(sid: int, at: datetime = NOW, **changes: Any) -> Visit:
    return Visit(
        sid, clock.iso(at), Outcome.STORED, status=200, page=raw(sid, at, **changes), record=fields(sid, at, **changes)
    )


def small(store: Store, sid: int, at: datetime = NOW, **changes: Any) -> Visit:
    """A visit whose page is packed by the store's packer, as a run packs it."""
    visit = stored(sid, at, **changes)
    assert visit.page is not None
    return replace(visit, page=store.packer.packed(visit.page, page(sid, **changes)))


def heard(sid: int, outcome: Outcome, reason: str = "", at: datetime = NOW) -> Visit:
    """A visit that brought no story; an unreadable page is kept."""
    body = raw(sid, at, b"<p>?</p>") if outcome is Outcome.UNPARSED else None
    return Visit(sid, clock.iso(at), outcome, reason, status=200, page=body)


def run(store: Store, *visits: Visit, at: datetime = NOW, **end: Any) -> int:
    """A run that heard this."""
    run_id = store.begin(RunStart("story-x", "story", "{}", "http://127.0.0.1:9", clock.iso(at)))
    store.write(visits, run_id)
    if end:
        store.end(run_id, ended_at=clock.iso(at), **end)
    return run_id
