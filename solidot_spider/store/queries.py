"""Answers what programs ask the store, with plain types and as of one moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from solidot_spider.base import clock, origins
from solidot_spider.base.outcome import GAPS, Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store import gaps, records, schema
from solidot_spider.store.database import select_sids
from solidot_spider.store.history import IMPORT, History
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import RawPage
from solidot_spider.store.provenance import Provenance
from solidot_spider.store.records import ALL, Choice
from solidot_spider.store.rows import PageRow
from solidot_spider.store.schema import IS_DATED
from solidot_spider.store.state import Newest, SidState
from solidot_spider.store.unasked import unasked


class LastLook(NamedTuple):
    """When a stored story was published (in Beijing), and when it was last asked (UTC), both ISO 8601."""

    sid: int
    published_at: str
    asked_at: str


class KnownStory(NamedTuple):
    """A stored story, and the page that its record was made of.

    Attributes:
        sid: the story id.
        parser_version: the version of the parser that made the record.
        record: the record as JSON.
        page: the page; None if it is not kept.
    """

    sid: int
    parser_version: int
    record: str
    page: RawPage | None


class Snapshot:
    """The store as it is at the first query; later commits do not show.

    Args:
        connection: a transaction that only reads.
        verify: called when all records are read; raises ``StoreError`` if they cannot be believed.
    """

    def __init__(self, connection: Connection, verify: Callable[[], None] = lambda: None) -> None:
        self._connection = connection
        self._verify = verify
        self.history = History(connection)
        self.provenance = Provenance(connection)
        self.pages = PageReader(connection)

    def story_count(self, choice: Choice = ALL) -> int:
        """How many stories are stored, of those that are chosen."""
        return records.count(self._connection, choice)

    def records(self, choice: Choice = ALL) -> Generator[bytes]:
        """The record of each chosen story as JSON in UTF-8, by ascending sid."""
        yield from records.records(self._connection, choice)
        self._verify()

    def periods(self, choice: Choice, length: int) -> list[str]:
        """The years (length 4) or months (7) of the chosen stories, ascending: ``2024`` or ``2024-10``."""
        return records.periods(self._connection, choice, length)

    def newest(self, limit: int) -> list[int]:
        """The newest stories that the site should still have, newest first."""
        stories, sids = schema.stories.c, schema.sids.c
        statement = (
            select(stories.sid)
            .join(schema.sids, sids.sid == stories.sid)
            .where(stories.withdrawn_at.is_(None), sids.outcome != Outcome.MISSING)
            .order_by(stories.sid.desc())
            .limit(limit)
        )
        return list(self._connection.execute(statement).scalars())

    def believed(self, given: Sequence[int]) -> set[int]:
        """Those of the given ids whose stories are stored, and which the site had when they were last asked."""
        stories, sids = schema.stories.c, schema.sids.c
        statement = (
            select(stories.sid)
            .join(schema.sids, sids.sid == stories.sid)
            .where(stories.sid.in_(given), stories.withdrawn_at.is_(None), sids.outcome != Outcome.MISSING)
        )
        return set(self._connection.execute(statement).scalars())

    def known(self, before: datetime, limit: int) -> list[KnownStory]:
        """Stories that the site should still have, and as they are stored.

        The newest of those published before a moment; if they are fewer than ``limit`` the oldest of the rest, too.
        """
        stories, sids, pages = schema.stories.c, schema.sids.c, schema.pages.c
        is_old = stories.published_at < before.astimezone(clock.BEIJING).isoformat(timespec="seconds")
        statement = (
            select(stories.sid, stories.parser_version, stories.record, schema.pages)
            .join(schema.sids, sids.sid == stories.sid)
            .outerjoin(schema.pages, and_(pages.sid == stories.sid, pages.content_hash == stories.content_hash))
            .where(stories.withdrawn_at.is_(None), sids.outcome != Outcome.MISSING)
            .where(stories.origin.in_(origins.PAGES))
        )
        rows = list(self._connection.execute(statement.where(is_old).order_by(stories.sid.desc()).limit(limit)))
        rows += self._connection.execute(statement.where(~is_old).order_by(stories.sid).limit(limit - len(rows)))
        pages_of = [None if row[3] is None else PageRow(*row[3:]).page for row in rows]
        return [KnownStory(row[0], row[1], row[2], page) for row, page in zip(rows, pages_of, strict=True)]

    def highest(self) -> int | None:
        """The highest stored sid; None in a store without stories."""
        return self._connection.execute(select(func.max(schema.stories.c.sid))).scalar()

    def newest_story(self, recent: timedelta) -> Newest | None:
        """The newest story, and from where on ids may be recent; None in a store without stories.

        Args:
            recent: a story published longer before the newest one is not recent.
        """
        stories = schema.stories.c
        last = select(stories.sid, stories.published_at).where(IS_DATED).order_by(stories.sid.desc()).limit(1)
        row = self._connection.execute(last).first()
        if row is None:
            return None
        since = clock.earlier(row.published_at, recent)
        older = select(func.max(stories.sid)).where(stories.published_at < since)
        return Newest(row.sid, (self._connection.execute(older).scalar_one() or 0) + 1)

    def published_since(self, moment: datetime) -> list[LastLook]:
        """The last looks at stories published since a moment, of those whose last outcome is ``stored``."""
        stories, sids = schema.stories.c, schema.sids.c
        since = moment.astimezone(clock.BEIJING).isoformat(timespec="seconds")
        statement = (
            select(stories.sid, stories.published_at, sids.at)
            .join(schema.sids, sids.sid == stories.sid)
            .where(stories.published_at >= since, sids.outcome == Outcome.STORED)
        )
        return [LastLook(*row) for row in self._connection.execute(statement)]

    def published_on(self, days: Collection[date]) -> Sids:
        """The stories published on these days in Beijing, except those that are ``missing`` now."""
        stories, sids = schema.stories.c, schema.sids.c
        day = func.substr(stories.published_at, 1, len("2024-10-18"))
        statement = (
            select(stories.sid)
            .join(schema.sids, sids.sid == stories.sid)
            .where(day.in_([each.isoformat() for each in days]), sids.outcome != Outcome.MISSING)
        )
        return select_sids(self._connection, statement)

    def lowest_crawled(self) -> int | None:
        """Where crawling by sid begins: the lowest story stored by a run other than ``sid=``; None if none is.

        What ``latest`` asked counts, too: in a new store the lowest ids may have failed. What the site does not have,
        or what was imported, does not: a list may have named, and others may have saved, any story.
        """
        visits, runs = schema.visits.c, schema.runs.c
        statement = (
            select(visits.sid)
            .join(schema.runs, runs.id == visits.run_id)
            .where(or_(and_(visits.outcome == Outcome.STORED, runs.is_single == 0), runs.spider == "latest"))
            .where(visits.outcome != Outcome.MISSING, runs.spider != IMPORT)
        )
        return self._connection.execute(statement.order_by(visits.sid).limit(1)).scalar()

    def with_outcome(self, outcome: Outcome, within: Range | None = None) -> Sids:
        """The ids whose last visit had this outcome.

        Args:
            outcome: the outcome.
            within: the ids to look at; None for all.
        """
        sids = schema.sids.c
        statement = select(sids.sid).where(sids.outcome == outcome)
        return select_sids(self._connection, statement.where(sids.sid.between(*within)) if within else statement)

    def states(self, outcomes: Collection[Outcome], within: Range) -> list[SidState]:
        """The states of the ids of a range whose last visit had one of these outcomes."""
        sids = schema.sids.c
        statement = select(schema.sids).where(sids.sid.between(*within), sids.outcome.in_(outcomes))
        return [SidState(*row) for row in self._connection.execute(statement)]

    def of_kind(self, kind: str) -> Sids:
        """The ids of a kind (one of ``outcome.KINDS``): gaps, or ids by their outcome, visited or not."""
        if kind == GAPS:
            return gaps.gap_sids(self._connection)
        outcome = Outcome(kind.replace("-", " "))
        without_visit = [each.sids for each in unasked(self._connection) if each.outcome is outcome]
        return Sids(each for ids in (self.with_outcome(outcome), *without_visit) for each in ids.ranges)
