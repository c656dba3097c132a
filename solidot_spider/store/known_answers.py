"""Finds stories that can serve as known answers, and forgets or takes back what was stored since the last proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from solidot_spider.base import clock, origins
from solidot_spider.base.outcome import CHANGED_SITE, Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import database, schema
from solidot_spider.store.database import select_sids
from solidot_spider.store.pages import kept_pages
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.rows import PageRow, StoryRow, UnprovenRow
from solidot_spider.store.schema import IS_DATED, UNPARSED
from solidot_spider.store.store import Store

AT_ONCE = 200
"""Stories that one transaction takes back."""


class TakenBack(NamedTuple):
    """A story that was taken back; ``kind`` is what its last run, ``run_id``, had made of it."""

    sid: int
    run_id: int
    kind: str


def is_empty(store: Store) -> bool:
    """Whether the store has no stories.

    Raises:
        StoreError: the store cannot be read.
    """
    with store.reading() as connection:
        return connection.execute(select(schema.stories.c.sid).limit(1)).first() is None


def settled_records(store: Store, older_than: timedelta, limit: int) -> list[dict[str, Any]]:
    """The records of stories that should not change any more and that the site should still have, newest first.

    Args:
        store: the store.
        older_than: they were published so long before the newest story.
        limit: how many there are at most; one of another parser version counts if its kept page can be read.

    Raises:
        StoreError: the store cannot be read.
    """
    stories, sids = schema.stories.c, schema.sids.c
    newest = select(stories.published_at).where(IS_DATED).order_by(stories.sid.desc()).limit(1)
    with store.reading() as connection:
        last = connection.execute(newest).scalar()
        if last is None:
            return []
        before = clock.earlier(last, older_than)
        statement = (
            select(schema.stories)
            .join(schema.sids, sids.sid == stories.sid)
            .where(stories.published_at < before, stories.withdrawn_at.is_(None), sids.outcome == Outcome.STORED)
            .where(~exists().where(schema.unproven.c.sid == stories.sid), stories.origin.in_(origins.PAGES))
            .order_by(stories.published_at.desc(), stories.sid.desc())
            .limit(limit)
        )
        rows = [StoryRow(*row) for row in connection.execute(statement)]
        pages = PageReader(connection)
        found = [_record(connection, row, store, pages) for row in rows]
    return [record for record in found if record is not None]


def latest_records(store: Store, limit: int, older_than: timedelta = timedelta()) -> list[dict[str, Any]]:
    """The records of the newest stories, of those published so long before the newest one.

    Raises:
        StoreError: the store cannot be read.
    """
    stories = schema.stories.c
    newest = select(stories.published_at).order_by(stories.published_at.desc()).limit(1)
    with store.reading() as connection:
        last = connection.execute(newest).scalar()
        if last is None:
            return []
        before = clock.earlier(last, older_than)
        statement = select(stories.record).where(stories.published_at <= before, stories.withdrawn_at.is_(None))
        pages = statement.where(stories.origin.in_(origins.PAGES))
        ordered = pages.order_by(stories.published_at.desc(), stories.sid.desc()).limit(limit)
        return [msgspec.json.decode(record) for record in connection.execute(ordered).scalars()]


def _record(connection: Connection, story: StoryRow, store: Store, pages: PageReader) -> dict[str, Any] | None:
    if story.parser_version == PARSER_VERSION:
        record: dict[str, Any] = msgspec.json.decode(story.record)
        return record
    read = kept_pages.reparsed(connection, story, store.reparse, pages)
    return read.record if read else None


def stories_within(store: Store, given: Sids) -> Sids:
    """Those of the given ids whose stories the store knows since the last proof.

    Raises:
        StoreError: the store cannot be read.
    """
    if not given.ranges:
        return Sids()
    span = Range(given.ranges[0].first, given.ranges[-1].last)
    stories, unproven = schema.stories.c, schema.unproven.c
    new = exists().where(unproven.sid == stories.sid, unproven.old.is_(None))
    with store.reading() as connection:
        return select_sids(connection, select(stories.sid).where(stories.sid.between(*span), ~new)).within(given)


def is_anything_unproven(store: Store) -> bool:
    """Whether stories were stored since the last proof.

    Raises:
        StoreError: the store cannot be read.
    """
    with store.reading() as connection:
        return connection.execute(select(schema.unproven.c.sid).limit(1)).first() is not None


def forget(store: Store) -> None:
    """Keep nothing aside any more: what was stored is proven.

    Raises:
        StoreError: the store cannot be written.
    """
    with store.writing() as connection:
        connection.execute(delete(schema.unproven))


def take_back(store: Store) -> list[TakenBack]:
    """Take back what was stored since the last proof; its ids are ``unparsed``, and the pages that came stay.

    A kill in between leaves the rest kept aside.

    Raises:
        StoreError: the store cannot be read or written.
    """
    taken: list[TakenBack] = []
    statement = select(schema.unproven).order_by(schema.unproven.c.sid).limit(AT_ONCE)
    while True:
        with store.writing() as connection:
            rows = [UnprovenRow(*row) for row in connection.execute(statement)]
            if not rows:
                return taken
            database.lock_sids(connection, [row.sid for row in rows])
            for row in rows:
                _take_back(connection, row)
            connection.execute(delete(schema.unproven).where(schema.unproven.c.sid.in_([row.sid for row in rows])))
        taken += [TakenBack(row.sid, row.run_id, row.kind) for row in rows]


def _take_back(connection: Connection, row: UnprovenRow) -> None:
    sid, old = row.sid, row.story
    stories, pages, revisions, visits = schema.stories.c, schema.pages.c, schema.revisions.c, schema.visits.c
    content_hash = connection.execute(select(stories.content_hash).where(stories.sid == sid)).scalar()
    state = and_(schema.sids.c.sid == sid, schema.sids.c.outcome == Outcome.STORED)
    values = {"outcome": str(Outcome.UNPARSED), "reason": CHANGED_SITE}
    is_stored = bool(connection.execute(update(schema.sids).where(state).values(values)).rowcount)
    this_page = and_(pages.sid == sid, pages.content_hash == content_hash)
    page = connection.execute(select(schema.pages).where(this_page)).first()
    if page is not None and is_stored:
        _upsert(connection, schema.pages, [PageRow(*page)._replace(content_hash=UNPARSED)])
    if old is not None and row.moved_page is not None:
        moved = and_(pages.sid == sid, pages.content_hash == row.moved_page)
        connection.execute(update(schema.pages).where(moved).values(content_hash=old.content_hash))
    kept = (UNPARSED,) if old is None else (UNPARSED, old.content_hash)
    is_newer = or_(pages.content_hash == content_hash, pages.fetched_at > (old.last_seen if old else ""))
    connection.execute(delete(schema.pages).where(pages.sid == sid, pages.content_hash.not_in(kept), is_newer))
    since = (revisions.sid == sid, revisions.run_id >= row.since_run)
    connection.execute(delete(schema.revisions).where(*since))
    heard = and_(visits.sid == sid, visits.run_id >= row.since_run, visits.outcome == Outcome.STORED)
    connection.execute(update(schema.visits).where(heard).values(values))
    if old is None:
        connection.execute(delete(schema.stories).where(stories.sid == sid))
    else:
        _upsert(connection, schema.stories, [old])


def _upsert(connection: Connection, table: Any, rows: Sequence[PageRow | StoryRow]) -> None:
    statement = database.upsert(connection.dialect.name, table)
    connection.execute(statement, [row._asdict() for row in rows])
