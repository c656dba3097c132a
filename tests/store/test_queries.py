"""Queries: what a snapshot sees, and what its errors are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.store.errors import StoreError
from solidot_spider.store.status import Status
from solidot_spider.store.store import Store
from tests.stores import NOW, STORIES, heard, run, stored


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def test_a_snapshot_does_not_see_later_commits(store: Store) -> None:
    run(store, stored(5), heard(7, Outcome.FAILED))
    with store.snapshot() as view:
        assert view.story_count() == 1
        run(store, stored(6), stored(7), unasked='[["not tried", "interrupted", ["8-9"]]]')
        assert (view.story_count(), view.highest(), len(list(view.records()))) == (1, 5, 1)
        assert view.with_outcome(Outcome.FAILED) == Sids([(7, 7)])
        assert view.of_kind("not-tried") == Sids()
    with store.snapshot() as view:
        assert (view.story_count(), view.highest()) == (3, 7)
        assert view.of_kind("not-tried") == Sids([(8, 9)])


def test_a_query_that_fails_is_an_error_of_the_store(store: Store) -> None:
    with store.reading() as connection:
        connection.execute(text("ALTER TABLE stories RENAME TO gone"))
        connection.commit()
    with pytest.raises(StoreError, match="stories"), store.snapshot() as view:
        view.story_count()
    with pytest.raises(StoreError, match="stories"):
        Status.of(store)


def test_an_error_of_the_reader_stays_its_own(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), store.snapshot():
        (tmp_path / "none").read_bytes()


def test_states_are_those_of_a_range_and_of_some_outcomes(store: Store) -> None:
    run(store, stored(1), heard(2, Outcome.MISSING), heard(3, Outcome.UNPARSED), heard(4, Outcome.FAILED))
    with store.snapshot() as view:
        states = view.states((Outcome.MISSING, Outcome.UNPARSED, Outcome.FAILED), Range(1, 3))
        assert sorted(state.sid for state in states) == [2, 3]
        assert view.with_outcome(Outcome.FAILED, Range(1, 3)) == Sids()


def test_looks_are_those_at_stories_that_are_young_enough(store: Store) -> None:
    run(store, stored(1), stored(2000), stored(2001), heard(2002, Outcome.FAILED))
    run(store, heard(2001, Outcome.MISSING))
    with store.snapshot() as view:
        (look,) = view.published_since(STORIES[2000].published)
        assert look.sid == 2000
        assert look.published_at == STORIES[2000].published.isoformat(timespec="seconds")
        assert look.asked_at == NOW.isoformat(timespec="seconds")
        assert view.published_since(STORIES[2000].published + timedelta(seconds=1)) == []
