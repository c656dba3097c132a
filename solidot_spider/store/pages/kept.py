"""Reads all that the store keeps of stories: their pages with their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from solidot_spider.base.sids import Sids
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import schema
from solidot_spider.store.rows import PageRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.state import SidState

_PAGE, _STORY = len(PageRow._fields), len(StoryRow._fields)


class Kept(NamedTuple):
    """What the store keeps of an id.

    Attributes:
        sid: the id.
        pages: its pages in the order in which they came; at least one.
        story: its story, if there is one.
        state: what became of it last.
        unproven: what is kept aside of it since the last proof.
        visits: its visits, if one of its pages could not be parsed; else none.
    """

    sid: int
    pages: list[PageRow]
    story: StoryRow | None
    state: SidState | None
    unproven: UnprovenRow | None
    visits: list[VisitRow]

    @property
    def stamp(self) -> tuple[Any, ...]:
        """What any writer changes: where it is the same, nobody has written meanwhile."""
        pages = [(page.content_hash, page.fetched_at) for page in self.pages]
        return (self.story and self.story[:-1], self.state, self.unproven, pages)


def kept(connection: Connection, sids: Sequence[int]) -> list[Kept]:
    """What is kept of those of some ids that have a page, by ascending sid."""
    pages, stories, states = schema.pages.c, schema.stories.c, schema.sids.c
    statement = (
        select(schema.pages, schema.stories, schema.sids)
        .outerjoin(schema.stories, stories.sid == pages.sid)
        .outerjoin(schema.sids, states.sid == pages.sid)
        .where(pages.sid.in_(sids))
        .order_by(pages.sid, pages.fetched_at, pages.content_hash)
    )
    rows = [tuple(row) for row in connection.execute(statement)]
    aside = select(schema.unproven).where(schema.unproven.c.sid.in_(sids))
    unproven = {row.sid: UnprovenRow(*row) for row in connection.execute(aside)}
    visits = _visits(connection, [row[0] for row in rows if row[1] == UNPARSED])
    found = []
    for sid, same in groupby(rows, key=lambda row: int(row[0])):
        group = list(same)
        story, state = group[0][_PAGE : _PAGE + _STORY], group[0][_PAGE + _STORY :]
        found.append(
            Kept(
                sid,
                [PageRow(*row[:_PAGE]) for row in group],
                None if story[0] is None else StoryRow(*story),
                None if state[0] is None else SidState(*state),
                unproven.get(sid),
                visits.get(sid, []),
            )
        )
    return found


def _visits(connection: Connection, sids: Sequence[int]) -> dict[int, list[VisitRow]]:
    found: dict[int, list[VisitRow]] = defaultdict(list)
    if sids:
        visits = schema.visits.c
        for row in connection.execute(select(schema.visits).where(visits.sid.in_(sids)).order_by(visits.run_id)):
            found[row.sid].append(VisitRow(*row))
    return found


def sids_with_pages(connection: Connection, given: Sids | None, *, is_older: bool) -> list[int]:
    """The ids that have a page, ascending.

    Args:
        connection: a transaction.
        given: only these; None for all.
        is_older: only those whose record another parser version has made, or whose page it could not parse.
    """
    pages, stories, states = schema.pages.c, schema.stories.c, schema.sids.c
    statement = select(pages.sid).distinct().order_by(pages.sid)
    if is_older:
        read_by = (stories.parser_version != PARSER_VERSION) | (
            (pages.content_hash == UNPARSED) & (states.parser_version != PARSER_VERSION)
        )
        statement = statement.outerjoin(schema.stories, stories.sid == pages.sid)
        statement = statement.outerjoin(schema.sids, states.sid == pages.sid).where(read_by)
    found = list(connection.execute(statement).scalars())
    return found if given is None else list(Sids.of(found).within(given))


def stories_without_page(connection: Connection) -> int:
    """How many stories have a record, and no page that it was made of."""
    pages, stories = schema.pages.c, schema.stories.c
    is_kept = (pages.sid == stories.sid) & (pages.content_hash == stories.content_hash)
    statement = select(stories.sid).outerjoin(schema.pages, is_kept).where(pages.sid.is_(None))
    return len(connection.execute(statement).all())
