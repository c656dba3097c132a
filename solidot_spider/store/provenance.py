"""Tells where the records of a dataset come from: their site, and the ids that gave no story, and their edits."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, select

from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store import gaps, records, schema
from solidot_spider.store.database import select_sids
from solidot_spider.store.records import ALL, Choice
from solidot_spider.store.rows import PageRow

EDITS_AT_ONCE = 500
"""Edits that are in memory at once."""

PAGES_AT_ONCE = 100
"""Kept pages that are in memory at once, packed."""


class Edit(NamedTuple):
    """An edit of a story: when it was seen (UTC, ISO 8601), the old values as JSON, and the record of now."""

    sid: int
    at: str
    old: str
    record: str


class KeptPage(NamedTuple):
    """A page that is kept, the record as JSON that was made of it, and since when its story is withdrawn."""

    record: str
    withdrawn_at: str | None
    page: PageRow


class Provenance:
    """What a store tells beside the records.

    Args:
        connection: a transaction that only reads.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def site(self) -> str | None:
        """The site that the store belongs to; None before its first run."""
        sites = schema.sites.c
        return self._connection.execute(select(sites.url).where(sites.is_mirror == 0)).scalar()

    def origins(self, choice: Choice = ALL) -> dict[str, int]:
        """How many of the chosen stories come from each origin."""
        return records.count_by_origin(self._connection, choice)

    def span(self, choice: Choice = ALL) -> Range | None:
        """The lowest and the highest of the chosen stories; None if there is none."""
        return records.span(self._connection, choice)

    def missing(self, within: Range) -> Sids:
        """The ids that the site has no story for, and never had when it was asked."""
        sids = schema.sids.c
        is_story = exists().where(schema.stories.c.sid == sids.sid)
        statement = select(sids.sid).where(sids.outcome == Outcome.MISSING, sids.sid.between(*within), ~is_story)
        return select_sids(self._connection, statement)

    def gaps(self, within: Range) -> Sids:
        """The ids of which nobody knows yet whether they are stories."""
        return gaps.gap_sids(self._connection).within(Sids([within]))

    def edits(self, choice: Choice = ALL) -> Generator[Edit]:
        """The edits of the chosen stories, by ascending sid and time."""
        revisions, stories = schema.revisions.c, schema.stories.c
        wanted = select(revisions.sid, revisions.at, revisions.old, stories.record).join(
            schema.stories, stories.sid == revisions.sid
        )
        for statement in records.chosen(wanted, choice):
            ordered = statement.order_by(revisions.sid, revisions.at, revisions.run_id)
            with self._connection.execute(ordered, execution_options={"yield_per": EDITS_AT_ONCE}) as found:
                yield from (Edit(*row) for row in found)

    def pages(self, choice: Choice = ALL) -> Generator[KeptPage]:
        """The page of each chosen story that its record was made of, if it is kept, by ascending sid."""
        stories, pages = schema.stories.c, schema.pages.c
        is_its_own = and_(pages.sid == stories.sid, pages.content_hash == stories.content_hash)
        wanted = select(stories.record, stories.withdrawn_at, schema.pages).join(schema.stories, is_its_own)
        for statement in records.chosen(wanted, choice):
            ordered = statement.order_by(pages.sid)
            with self._connection.execute(ordered, execution_options={"yield_per": PAGES_AT_ONCE}) as found:
                yield from (KeptPage(row[0], row[1], PageRow(*row[2:])) for row in found)
