"""Reads the records of stories that are chosen by sid, day and withdrawal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, cast, func, or_, select

from solidot_spider import items
from solidot_spider.base import origins
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store import schema

RANGES_AT_ONCE = 100
"""Ranges of sids in one query: a database takes no statement of any length."""

RECORDS_AT_ONCE = 500
"""Records of an export that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which stories are read.

    Attributes:
        sids: only these; None for all.
        since: only what was published at this time or later, in Beijing, as ISO 8601; it may be cut (``2024-10``).
        before: only what was published earlier than this.
        withdrawn: those that the site has no more, too.
    """

    sids: Sids | None = None
    since: str = ""
    before: str = ""
    withdrawn: bool = True


ALL = Choice()
"""Every story."""


def records(connection: Connection, choice: Choice) -> Generator[bytes]:
    """The record of each chosen story as JSON in UTF-8, by ascending sid."""
    for statement in chosen(select(_in_utf8(connection)), choice):
        ordered = statement.order_by(schema.stories.c.sid)
        with connection.execute(ordered, execution_options={"yield_per": RECORDS_AT_ONCE}) as found:
            yield from (items.upgraded(bytes(each)) for each in found.scalars())


def count(connection: Connection, choice: Choice) -> int:
    """How many stories are chosen."""
    statements = chosen(select(func.count()).select_from(schema.stories), choice)
    return sum(connection.execute(statement).scalar_one() for statement in statements)


def periods(connection: Connection, choice: Choice, length: int) -> list[str]:
    """The years (``2024``; length 4) or months (``2024-10``; length 7) of the chosen stories, ascending."""
    period = func.substr(schema.stories.c.published_at, 1, length)
    statements = chosen(select(period).distinct(), choice)
    return sorted({found for each in statements for found in connection.execute(each).scalars()})


def parser_versions(connection: Connection, choice: Choice) -> dict[int, int]:
    """How many of the chosen stories each version of the parser has read, by ascending version."""
    version, found = schema.stories.c.parser_version, Counter[int]()
    for statement in chosen(select(version, func.count()).group_by(version), choice):
        for parser_version, stories in connection.execute(statement):
            found[parser_version] += stories
    return dict(sorted(found.items()))


def count_by_origin(connection: Connection, choice: Choice) -> dict[str, int]:
    """How many of the chosen stories come from each origin; only those that some come from."""
    origin, found = schema.stories.c.origin, Counter[str]()
    for statement in chosen(select(origin, func.count()).group_by(origin), choice):
        for name, stories in connection.execute(statement):
            found[name] += stories
    return {name: found[name] for name in origins.ORIGINS if found[name]}


def span(connection: Connection, choice: Choice) -> Range | None:
    """The lowest and the highest of the chosen stories; None if there is none."""
    sid = schema.stories.c.sid
    # For min and max in one select, SQLite would read the whole table.
    edges = (connection.execute(each).scalar() for edge in (func.min, func.max)
             for each in chosen(select(edge(sid)), choice))  # fmt: skip
    found = [each for each in edges if each is not None]
    return Range(min(found), max(found)) if found else None


def _in_utf8(connection: Connection) -> ColumnElement[bytes]:
    """A record as bytes: to decode it, and to encode it again, takes as long as all else of an export."""
    record = schema.stories.c.record
    if connection.dialect.name == "postgresql":
        return func.convert_to(record, "UTF8", type_=LargeBinary)
    return cast(record, LargeBinary)


def chosen(select_from: Select[Any], choice: Choice) -> Iterator[Select[Any]]:
    """A query of the chosen stories, in as many parts as the ranges of sids need; together by ascending sid."""
    stories = schema.stories.c
    if choice.since:
        select_from = select_from.where(stories.published_at >= choice.since)
    if choice.before:
        select_from = select_from.where(stories.published_at < choice.before)
    if not choice.withdrawn:
        select_from = select_from.where(stories.withdrawn_at.is_(None))
    if choice.sids is None:
        yield select_from
        return
    ranges: list[Range] = choice.sids.ranges
    for first in range(0, len(ranges), RANGES_AT_ONCE):
        within = (stories.sid.between(*each) for each in ranges[first : first + RANGES_AT_ONCE])
        yield select_from.where(or_(*within))
