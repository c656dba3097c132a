"""Compares what the site's day pages list with what crawling by sid has stored.

The day pages are the only independent evidence that the stored stories are complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.days import ONE
from solidot_spider.store.store import Store

RANGES_PER_LINE = 10


class Comparison(NamedTuple):
    """The ids that only the day pages or only the store know.

    Attributes:
        missing: listed by a day, but ``missing``.
        unlisted: stored stories of those days that no day lists.
        never: ids between the lowest and the highest listed that no day lists, stored or not. If a day between could
            not be read, the ids between the days before it and the days after it are left out.
    """

    missing: Sids
    unlisted: Sids
    never: Sids


def compare(store: Store, listed: Mapping[date, list[int]]) -> Comparison:
    """Compare the days that were read with the store.

    Args:
        store: the store.
        listed: the ids that each day's page lists.

    Raises:
        StoreError: the store cannot be read.
    """
    shown = Sids.of(sid for sids in listed.values() for sid in sids)
    with store.snapshot() as view:
        missing = view.with_outcome(Outcome.MISSING).within(shown)
        stored = view.published_on(listed.keys())
    return Comparison(missing, stored.without(shown), Sids(_spans(listed)).without(shown))


def _spans(listed: Mapping[date, list[int]]) -> Iterator[tuple[int, int]]:
    """The lowest and the highest id of each series of days that were read without a gap."""
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
    for words, sids in (
        ("listed by their day, but missing", found.missing),
        ("stored, but listed by no day", found.unlisted),
        ("ids between, listed by no day", found.never),
    ):
        if sids.ranges:
            yield f"{words}: {len(sids)}: {sids.summary(RANGES_PER_LINE)}"
