"""What days list, held against the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids, parse
from solidot_spider.crawl import cross_check
from solidot_spider.crawl.cross_check import Comparison
from solidot_spider.store import schema
from solidot_spider.store.listings import list_day
from solidot_spider.store.store import Store
from tests.stores import STORIES, heard, run, stored

DAY, ONE = date(2023, 1, 2), timedelta(days=1)
FIRST = next(sid for sid in STORIES if STORIES[sid].published.date() == DAY)
NEXT = next(sid for sid in STORIES if STORIES[sid].published.date() == DAY + ONE)
NOTHING = Sids()


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def days(*listed: list[int]) -> dict[date, list[int]]:
    """What days in a row list."""
    return {DAY + at * ONE: sids for at, sids in enumerate(listed)}


def ids(*sids: int) -> Sids:
    return Sids((sid, sid) for sid in sids)


def listings(store: Store) -> list[tuple[str, int, int]]:
    with store.reading() as connection:
        return [(row.day, row.sid, row.run_id) for row in connection.execute(select(schema.listings))]


def test_a_walk_and_days_that_agree_leave_nothing_to_say(store: Store) -> None:
    run(store, stored(FIRST), stored(FIRST + 1), stored(FIRST + 2))
    found = cross_check.compare(store, days([FIRST + 2, FIRST + 1, FIRST]))
    assert found == Comparison(NOTHING, NOTHING, NOTHING)
    assert list(cross_check.lines(found)) == []


def test_a_story_that_is_listed_and_missing_is_named(store: Store) -> None:
    run(store, stored(FIRST), heard(FIRST + 1, Outcome.MISSING), heard(FIRST + 2, Outcome.FAILED))
    assert cross_check.compare(store, days([FIRST + 2, FIRST + 1, FIRST])).missing == ids(FIRST + 1)


def test_a_story_that_was_stored_and_is_missing_now_is_missing(store: Store) -> None:
    run(store, stored(FIRST), stored(FIRST + 1))
    run(store, heard(FIRST + 1, Outcome.MISSING))
    assert cross_check.compare(store, days([FIRST + 1, FIRST])).missing == ids(FIRST + 1)
    assert cross_check.compare(store, days([FIRST])) == Comparison(NOTHING, NOTHING, NOTHING)


def test_a_stored_story_of_the_days_that_none_lists_is_named(store: Store) -> None:
    run(store, stored(FIRST - 1), stored(FIRST), stored(FIRST + 1), stored(NEXT - 1), stored(NEXT))
    found = cross_check.compare(store, days([FIRST]))
    assert (found.unlisted, found.never) == (ids(FIRST + 1, NEXT - 1), NOTHING)
    assert cross_check.compare(store, days([])).unlisted == ids(FIRST, FIRST + 1, NEXT - 1)


def test_ids_between_that_no_day_lists_are_named_whatever_became_of_them(store: Store) -> None:
    run(store, stored(FIRST), heard(FIRST + 1, Outcome.MISSING), stored(FIRST + 4))
    assert cross_check.compare(store, days([FIRST], [], [FIRST + 4])).never == parse(f"{FIRST + 1}-{FIRST + 3}")


def test_a_day_that_was_not_read_says_nothing_of_its_stories(store: Store) -> None:
    run(store, stored(NEXT), stored(NEXT + 1))
    read = days([FIRST, FIRST + 2], [], [NEXT + 500])
    del read[DAY + ONE]
    assert cross_check.compare(store, read) == Comparison(NOTHING, NOTHING, ids(FIRST + 1))


def test_a_line_names_ten_ranges_at_most() -> None:
    found = Comparison(NOTHING, parse("7"), ids(*range(1, 40, 2)))
    assert list(cross_check.lines(found)) == [
        "stored, but listed by no day: 1: 7",
        "ids between, listed by no day: 20: 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, …",
    ]


def test_what_a_day_lists_takes_the_place_of_what_it_listed_before(store: Store) -> None:
    first = run(store)
    list_day(store, "2023-01-02", [3, 2, 1], first)
    list_day(store, "2023-01-03", [4], first)
    second = run(store)
    list_day(store, "2023-01-02", [3, 5], second)
    assert sorted(listings(store)) == [("2023-01-02", 3, second), ("2023-01-02", 5, second), ("2023-01-03", 4, first)]
    list_day(store, "2023-01-02", [], second)
    assert listings(store) == [("2023-01-03", 4, first)]
