"""Turns the visits of one commit into rows, and writes them in the order that the tables need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select

from solidot_spider import items
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import changes, database, raw_pages, schema
from solidot_spider.store.changes import Change
from solidot_spider.store.raw_pages import CodecError, RawPage
from solidot_spider.store.rows import PageRow, RevisionRow, StoryRow, VisitRow
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.state import SidState
from solidot_spider.store.visit import Visit

Reparse = Callable[[bytes, str, datetime, int], dict[str, Any] | None]
"""Parses a kept page with today's parser: its bytes, the address that answered, when it was fetched, and its sid in;
the record as plain values out, None if the page is no story to this parser."""


class Written(NamedTuple):
    """What the commit of a visit changed.

    Attributes:
        change: what changed of the story; None if the visit brought no record.
        was_known_unparsed: whether this parser version could not parse the id's page before, either.
    """

    change: Change | None
    was_known_unparsed: bool


class Commit:
    """Collects the rows of some visits, then writes them.

    Args:
        connection: a transaction in which nobody else writes these ids.
        run_id: the run's number.
        states: the states of the ids before, by sid.
        stories: their stories before, by sid.
        reparse: parses a kept page again. Without it a record of another parser version is replaced without a revision.
    """

    def __init__(
        self,
        connection: Connection,
        run_id: int,
        states: Mapping[int, SidState],
        stories: Mapping[int, StoryRow],
        reparse: Reparse | None = None,
    ) -> None:
        self.written: dict[int, Written] = {}
        self._connection = connection
        self._run_id = run_id
        self._states = states
        self._stories = stories
        self._reparse = reparse
        self._new_states: list[SidState] = []
        self._new_stories: list[StoryRow] = []
        self._new_pages: list[PageRow] = []
        self._new_visits: list[VisitRow] = []
        self._new_revisions: list[RevisionRow] = []
        self._dropped_pages: list[tuple[int, str]] = []

    def add(self, visit: Visit) -> None:
        """Collect the rows of a visit."""
        sid = visit.sid
        before = self._states.get(sid)
        state = SidState.after_visit(before, visit, self._run_id)
        self._new_states.append(state)
        self._new_visits.append(VisitRow(sid, self._run_id, visit.at, str(visit.outcome), visit.reason, visit.status))
        change = None
        if visit.record is not None:
            change = self._add_story(sid, visit.record, visit.page)
        elif visit.page is not None:
            self._new_pages.append(PageRow(sid, UNPARSED, *visit.page))
        elif state.is_withdrawn and sid in self._stories:
            self._withdraw(self._stories[sid], state.missing_since)
        self.written[sid] = Written(change, before is not None and before.is_known_unparsed)

    def _add_story(self, sid: int, new: dict[str, Any], page: RawPage | None) -> Change:
        before = self._stories.get(sid)
        seen = new["fetched_at"]
        if before is not None and before.last_seen > seen:
            return Change("older")
        change = Change("new") if before is None else self._change(before, new)
        self._new_stories.append(
            StoryRow(
                sid=sid,
                published_at=new["published_at"],
                content_hash=new["content_hash"],
                parser_version=PARSER_VERSION,
                first_seen=seen if before is None else before.first_seen,
                last_seen=seen,
                last_changed=seen if before is None or change.kind == "changed" else before.last_changed,
                withdrawn_at=None,
                record=items.line(new).decode(),
            )
        )
        if change.kind == "changed":
            old = msgspec.json.encode(change.old).decode()
            self._new_revisions.append(RevisionRow(sid, self._run_id, seen, old))
        if page is not None:
            self._new_pages.append(PageRow(sid, new["content_hash"], *page))
            self._dropped_pages.append((sid, UNPARSED))
        return change

    def _change(self, before: StoryRow, new: dict[str, Any]) -> Change:
        old: dict[str, Any] | None = msgspec.json.decode(before.record)
        if before.parser_version != PARSER_VERSION:  # a better parser is no edit: compare what today's makes of both
            old = self._reparsed(before)
        return Change("unchanged") if old is None else changes.between(old, new)

    def _reparsed(self, before: StoryRow) -> dict[str, Any] | None:
        """The record that today's parser makes of a story's kept page; the page is then kept under its new hash."""
        if self._reparse is None:
            return None
        columns = schema.pages.c
        key = and_(columns.sid == before.sid, columns.content_hash == before.content_hash)
        row = self._connection.execute(select(schema.pages).where(key)).first()
        if row is None:
            return None
        page = PageRow(*row).page
        try:
            data = raw_pages.unpack(page)
        except CodecError:
            return None
        record = self._reparse(data, page.answered, datetime.fromisoformat(page.fetched_at), before.sid)
        if record is not None and record["content_hash"] != before.content_hash:
            self._dropped_pages.append((before.sid, before.content_hash))
            self._new_pages.append(PageRow(before.sid, record["content_hash"], *page))
        return record

    def _withdraw(self, story: StoryRow, since: str | None) -> None:
        if story.withdrawn_at is None:
            values = msgspec.json.decode(story.record)
            values["withdrawn_at"] = since
            self._new_stories.append(story._replace(withdrawn_at=since, record=items.line(values).decode()))

    def write(self) -> None:
        """Write all rows that were collected."""
        if self._dropped_pages:
            drop = delete(schema.pages).where(
                schema.pages.c.sid == bindparam("of"), schema.pages.c.content_hash == bindparam("hash")
            )
            self._connection.execute(drop, [{"of": sid, "hash": content} for sid, content in self._dropped_pages])
        self._write(schema.sids, self._new_states, replaces=True)
        self._write(schema.stories, self._new_stories, replaces=True)
        self._write(schema.pages, self._new_pages, replaces=True)
        self._write(schema.visits, self._new_visits)
        self._write(schema.revisions, self._new_revisions)

    def _write(
        self,
        table: Table,
        rows: Sequence[SidState | StoryRow | PageRow | VisitRow | RevisionRow],
        *,
        replaces: bool = False,
    ) -> None:
        if rows:
            statement = database.upsert(self._connection.dialect.name, table) if replaces else insert(table)
            self._connection.execute(statement, [row._asdict() for row in rows])
