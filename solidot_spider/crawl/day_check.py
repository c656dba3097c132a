"""What the site's days list, held against what the walk by sid has stored: the only independent witness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import plan
from solidot_spider.crawl.days import ONE
from solidot_spider.store import schema
from solidot_spider.store.store import Store

SHOWN = 10
"""Ranges of ids that a line names."""


class Comparison(NamedTuple):
    """What only one of the two knows.

    Attributes:
        missing: listed by a day, but the site answers that there is no such story.
        unlisted: stored stories of those days that no day lists.
        never: ids between the lowest and the highest listed that no day lists, stored or not; where a day between
            could not be read, those from the days before it to those after it are left out.
    """

    missing: Sids
    unlisted: Sids
    never: Sids


def compare(store: Store, listed: Mapping[date, list[int]]) -> Comparison:
    """Compare the days that were read with the store.

    Raises:
        StoreError: the store cannot be read.
    """
    shown = Sids((sid, sid) for sids in listed.values() for sid in sids)
    state, story = schema.sids.c, schema.stories.c
    day = func.substr(story.published_at, 1, 10)
    of_days = (
        select(story.sid)
        .join(schema.sids, state.sid == story.sid)
        .where(day.in_([each.isoformat() for each in listed]), state.outcome != Outcome.MISSING)
    )
    with store.reading() as connection:
        missing = plan.heard(connection, Outcome.MISSING).within(shown)
        stored = plan.ids(connection, of_days)
    return Comparison(missing, stored.without(shown), Sids(_spans(listed)).without(shown))


def _spans(listed: Mapping[date, list[int]]) -> Iterator[tuple[int, int]]:
    """The lowest and the highest id of each row of days that were read without one left out between them."""
    span: list[int] = []
    before: date | None = None
    for day in sorted(listed):
        if span and before and day - before > ONE:
            yield min(span), max(span)
            span = []
        span += listed[day]
        before = day
    if span:
        yield min(span), max(span)


def lines(found: Comparison) -> Iterator[str]:
    """The comparison in lines for a person."""
    for said, sids in (
        ("listed by their day, but missing", found.missing),
        ("stored, but listed by no day", found.unlisted),
        ("ids between, listed by no day", found.never),
    ):
        if sids.ranges:
            shown = ", ".join(map(str, sids.ranges[:SHOWN])) + (", …" if len(sids.ranges) > SHOWN else "")
            yield f"{said}: {len(sids)}: {shown}"
