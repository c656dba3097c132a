"""The rows of one commit: what some visits change of what the store has."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select

from solidot_spider import items
from solidot_spider.crawl import revisit
from solidot_spider.crawl.revisit import State
from solidot_spider.items import PARSER_VERSION, RecordError, Story
from solidot_spider.store import changes, database, raw_pages, schema
from solidot_spider.store.changes import Change
from solidot_spider.store.raw_pages import CodecError, RawPage
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.visit import Visit


class Written(NamedTuple):
    """What a visit changed: the story, where one was stored; and whether its page was known to be unreadable."""

    change: Change | None
    was_known_unparsed: bool


class Batch:
    """Gathers rows, then writes them.

    Args:
        connection: a transaction that nobody else writes these ids in.
        run_id: the run's number.
        states: what was last heard of the ids, by sid.
        before: the stories that the store has of them, by sid.
    """

    def __init__(
        self, connection: Connection, run_id: int, states: dict[int, State], before: dict[int, Row[Any]]
    ) -> None:
        self.written: dict[int, Written] = {}
        self._connection = connection
        self._run_id = run_id
        self._states = states
        self._before = before
        self._rows: dict[str, list[dict[str, Any]]] = {
            table.name: [] for table in (schema.sids, schema.stories, schema.pages, schema.visits, schema.revisions)
        }
        self._dropped_pages: list[tuple[int, str]] = []

    def add(self, visit: Visit) -> None:
        """What a visit brings."""
        state = self._states.get(visit.sid)
        now = revisit.after(state, visit, self._run_id)
        self._rows["sids"].append(now._asdict())
        self._rows["visits"].append(
            {
                "sid": visit.sid,
                "run_id": self._run_id,
                "at": visit.at,
                "outcome": str(visit.outcome),
                "reason": visit.reason,
                "status": visit.status,
            }
        )
        change = None
        if visit.record is not None:
            change = self._add_story(visit.sid, visit.record, visit.page)
        elif visit.page is not None:
            self._add_page(visit.sid, UNPARSED, visit.page)
        elif revisit.is_withdrawn(now) and visit.sid in self._before:
            self._withdraw(self._before[visit.sid], now.missing_since)
        self.written[visit.sid] = Written(change, state is not None and state.is_known_unparsed)

    def _add_story(self, sid: int, new: dict[str, Any], page: RawPage | None) -> Change:
        before = self._before.get(sid)
        seen = new["fetched_at"]
        if before is not None and before.last_seen > seen:
            return Change("older")
        change = Change("new") if before is None else self._change(before, new)
        self._rows["stories"].append(
            {
                "sid": sid,
                "published_at": new["published_at"],
                "content_hash": new["content_hash"],
                "parser_version": PARSER_VERSION,
                "first_seen": seen if before is None else before.first_seen,
                "last_seen": seen,
                "last_changed": seen if before is None or change.kind == "changed" else before.last_changed,
                "withdrawn_at": None,
                "record": items.line(new).decode(),
            }
        )
        if change.kind == "changed":
            old = msgspec.json.encode(change.old).decode()
            self._rows["revisions"].append({"sid": sid, "run_id": self._run_id, "at": seen, "old": old})
        if page is not None:
            self._add_page(sid, new["content_hash"], page)
            self._dropped_pages.append((sid, UNPARSED))
        return change

    def _change(self, before: Row[Any], new: dict[str, Any]) -> Change:
        old: dict[str, Any] | None = msgspec.json.decode(before.record)
        if before.parser_version != PARSER_VERSION:
            old = self._read_again(before)
        return Change("unchanged") if old is None else changes.between(old, new)

    def _read_again(self, before: Row[Any]) -> dict[str, Any] | None:
        """The record that today's parser makes of the page kept from another version; the page goes with its hash."""
        from solidot_spider import record  # noqa: PLC0415 - the parser, which `status` and `export` do without

        columns = schema.pages.c
        key = and_(columns.sid == before.sid, columns.content_hash == before.content_hash)
        row = self._connection.execute(select(schema.pages).where(key)).first()
        if row is None:
            return None
        kept = RawPage(*row[2:])
        try:
            again = record.record(
                raw_pages.unpack(kept), kept.answered, datetime.fromisoformat(kept.fetched_at), before.sid
            )
        except (CodecError, RecordError):
            return None
        if not isinstance(again, Story):
            return None
        if again.content_hash != before.content_hash:
            self._dropped_pages.append((before.sid, before.content_hash))
            self._add_page(before.sid, again.content_hash, kept)
        return items.check(again)

    def _withdraw(self, before: Row[Any], since: str | None) -> None:
        if before.withdrawn_at is None:
            values = msgspec.json.decode(before.record)
            values["withdrawn_at"] = since
            self._rows["stories"].append(
                {**before._asdict(), "withdrawn_at": since, "record": items.line(values).decode()}
            )

    def _add_page(self, sid: int, content_hash: str, page: RawPage) -> None:
        self._rows["pages"].append({"sid": sid, "content_hash": content_hash, **page._asdict()})

    def write(self) -> None:
        """Write them all."""
        execute, dialect = self._connection.execute, self._connection.dialect.name
        if self._dropped_pages:
            drop = delete(schema.pages).where(
                schema.pages.c.sid == bindparam("of"), schema.pages.c.content_hash == bindparam("hash")
            )
            execute(drop, [{"of": sid, "hash": content_hash} for sid, content_hash in self._dropped_pages])
        for table in (schema.sids, schema.stories, schema.pages):
            if rows := self._rows[table.name]:
                execute(database.upsert(dialect, table), rows)
        for table in (schema.visits, schema.revisions):
            if rows := self._rows[table.name]:
                execute(insert(table), rows)
