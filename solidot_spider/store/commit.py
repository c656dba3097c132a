"""Turns the visits of one commit into rows, and writes them in the order that the tables need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, insert

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import changes, database, precedence, schema
from solidot_spider.store.changes import Change
from solidot_spider.store.pages import kept_pages
from solidot_spider.store.pages.kept_pages import Reparse
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import RawPage
from solidot_spider.store.rows import PageRow, RevisionRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.state import SidState
from solidot_spider.store.visit import Visit


class Written(NamedTuple):
    """What the commit of a visit changed.

    Attributes:
        change: what changed of the story; None if the visit brought no record.
        was_known_unparsed: whether this parser version could not parse the id's page before, either.
        was_ahead: whether the store had a time of the id that is after now, and not believed.
        answer: how the story differs from what is known of it since the last proof; None if nothing is, or if the run
            does not compare.
    """

    change: Change | None
    was_known_unparsed: bool
    answer: Change | None = None
    was_ahead: bool = False


class Commit:
    """Collects the rows of some visits, then writes them.

    Args:
        connection: a transaction in which nobody else writes these ids.
        run_id: the run's number.
        states: the states of the ids before, by sid.
        stories: their stories before, by sid.
        reparse: parses a kept page again. Without it a record of another parser version is replaced without a revision.
        unproven: what is kept aside of them, by sid; None for a run that keeps nothing aside.
    """

    def __init__(  # noqa: PLR0913 - all that is known of the ids
        self,
        connection: Connection,
        run_id: int,
        states: Mapping[int, SidState],
        stories: Mapping[int, StoryRow],
        reparse: Reparse | None = None,
        *,
        unproven: Mapping[int, UnprovenRow] | None = None,
    ) -> None:
        self.written: dict[int, Written] = {}
        self._connection = connection
        self._run_id = run_id
        self._now = precedence.believed_until()
        self._states = states
        self._stories = stories
        self._reparse = reparse
        self._pages = PageReader(connection)
        self._unproven = unproven
        self._new_states: list[SidState] = []
        self._new_stories: list[StoryRow] = []
        self._new_pages: list[PageRow] = []
        self._new_visits: list[VisitRow] = []
        self._new_revisions: list[RevisionRow] = []
        self._new_unproven: list[UnprovenRow] = []
        self._dropped_pages: list[tuple[int, str]] = []
        self._is_import = False

    def add(self, visit: Visit) -> None:
        """Collect the rows of a visit."""
        sid = visit.sid
        before = self._states.get(sid)
        self._is_import = self._is_import or visit.is_imported
        if visit.is_imported and (
            stays := precedence.stays(self._stories.get(sid), visit.record, self._now, is_imported=True)
        ):
            self.written[sid] = Written(Change(stays), was_known_unparsed=False)
            return
        state = SidState.after_visit(before, visit, self._run_id)
        if before is not None and precedence.was_heard_later(before, visit):
            state = before
        self._new_states.append(state)
        self._new_visits.append(VisitRow(sid, self._run_id, visit.at, str(visit.outcome), visit.reason, visit.status))
        change = answer = None
        if visit.record is not None:
            withdrawn_at = state.missing_since if state.is_withdrawn else visit.record["withdrawn_at"]
            change, answer = self._add_story(sid, visit.record, visit.page, withdrawn_at)
        elif visit.page is not None:
            self._new_pages.append(PageRow(sid, UNPARSED, *visit.page))
        elif state.is_withdrawn and sid in self._stories:
            self._withdraw(self._stories[sid], state.missing_since)
        story = self._stories.get(sid)
        times = (before.at if before else "", story.last_seen if story else "")
        was_ahead = any(clock.is_ahead(each, self._now) for each in times if each)
        self.written[sid] = Written(change, before is not None and before.is_known_unparsed, answer, was_ahead)

    def _add_story(
        self, sid: int, new: dict[str, Any], page: RawPage | None, withdrawn_at: str | None
    ) -> tuple[Change, Change | None]:
        """Collect a story's rows; what changed in the store, and how it differs from what is known."""
        before = self._stories.get(sid)
        seen = new["fetched_at"]
        if stays := precedence.stays(before, new, self._now):
            return Change(stays), None
        if withdrawn_at != new["withdrawn_at"]:
            new = {**new, "withdrawn_at": withdrawn_at}
        is_comparable = before is not None and precedence.is_comparable(before, new)
        old, moved_page = self._old(before) if before is not None and is_comparable else (None, None)
        change = Change("new" if before is None else "unchanged") if old is None else changes.between(old, new)
        self._new_stories.append(
            StoryRow(
                sid=sid,
                published_at=new["published_at"],
                content_hash=new["content_hash"],
                parser_version=PARSER_VERSION,
                first_seen=seen if before is None else min(before.first_seen, seen),
                last_seen=seen,
                last_changed=seen if before is None or change.kind == "changed" else min(before.last_changed, seen),
                withdrawn_at=withdrawn_at,
                record=items.line(new).decode(),
                origin=new["origin"],
            )
        )
        if change.kind == "changed":
            values = msgspec.json.encode(change.old).decode()
            self._new_revisions.append(RevisionRow(sid, self._run_id, seen, values))
        if page is not None:
            self._new_pages.append(PageRow(sid, new["content_hash"], *page))
            self._dropped_pages.append((sid, UNPARSED))
        if self._unproven is None:
            return change, None
        kept = self._unproven.get(sid)
        if kept is None:
            self._new_unproven.append(UnprovenRow.of(sid, self._run_id, change.kind, before, moved_page))
            return change, None if old is None else change
        self._new_unproven.append(kept._replace(run_id=self._run_id, kind=change.kind))
        return change, precedence.difference(kept.story, new)

    def _old(self, before: StoryRow) -> tuple[dict[str, Any] | None, str | None]:
        """A story's record by today's parser, if there is one, and the hash that its page is kept under if not its own.

        A better parser is no edit: what today's makes of both pages is compared.
        """
        if before.parser_version == PARSER_VERSION:
            return msgspec.json.decode(before.record), None
        read = kept_pages.reparsed(self._connection, before, self._reparse, self._pages)
        if read is None:
            return None, None
        content_hash: str = read.record["content_hash"]
        if content_hash == before.content_hash:
            return read.record, None
        self._dropped_pages.append((before.sid, before.content_hash))
        self._new_pages.append(read.page._replace(content_hash=content_hash))
        return read.record, content_hash

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
        self._write(
            schema.visits, self._new_visits, replaces=self._is_import
        )  # which may bring several pages of a story
        self._write(schema.revisions, self._new_revisions)
        self._write(schema.unproven, self._new_unproven, replaces=True)

    def _write(
        self,
        table: Table,
        rows: Sequence[SidState | StoryRow | PageRow | VisitRow | RevisionRow | UnprovenRow],
        *,
        replaces: bool = False,
    ) -> None:
        if rows:
            statement = database.upsert(self._connection.dialect.name, table) if replaces else insert(table)
            self._connection.execute(statement, [row._asdict() for row in rows])
