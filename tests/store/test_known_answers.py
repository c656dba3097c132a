"""Known answers in the store: which stories can serve, what is kept aside, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from solidot_spider import kept_record
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CHANGED_SITE, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import known_answers, schema
from solidot_spider.store.known_answers import TakenBack
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests.stores import NOW, STORIES, heard, run, stored

LATER, LAST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
PER_DAY = round(timedelta(days=1) / (STORIES[2].published - STORIES[1].published))
OPEN_FOR = timedelta(days=62)


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True, reparse=kept_record.reparse) as opened:
        yield opened


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    table = schema.metadata.tables[name]
    with store.reading() as connection:
        return [dict(row._asdict()) for row in connection.execute(select(table).order_by(*table.primary_key))]


def aside(store: Store, *visits: Visit, at: datetime = LATER) -> int:
    """A run that keeps aside what it stores."""
    run_id = store.begin(RunStart("story-y", "story", "{}", "http://127.0.0.1:9", at.isoformat()))
    store.write(visits, run_id, keeps_aside=True)
    return run_id


def of_an_older_parser(store: Store, sid: int, content_hash: str) -> None:
    """As if an older parser had made another record of the same page."""
    with store.writing() as connection:
        values = {"parser_version": PARSER_VERSION - 1, "content_hash": content_hash}
        connection.execute(update(schema.stories).where(schema.stories.c.sid == sid).values(values))
        page = update(schema.pages).where(schema.pages.c.sid == sid)
        connection.execute(page.values(content_hash=content_hash))


def usable(store: Store, limit: int = 60) -> list[int]:
    return [each["sid"] for each in known_answers.settled_records(store, OPEN_FOR, limit)]


def test_stories_older_than_two_months_before_the_newest_can_serve(store: Store) -> None:
    newest = 1 + 70 * PER_DAY
    border = newest - 62 * PER_DAY
    run(store, *(stored(sid) for sid in (border - 2, border - 1, border, border + 1)))
    assert usable(store) == []
    run(store, stored(newest))
    assert usable(store) == [border - 1, border - 2]
    assert usable(store, 1) == [border - 1]


def test_what_is_gone_or_not_proven_cannot_serve(store: Store) -> None:
    run(store, *(stored(sid) for sid in (1, 2, 3, 4, 5, 1 + 70 * PER_DAY)))
    run(store, heard(2, Outcome.MISSING), heard(3, Outcome.UNPARSED), at=LATER)
    aside(store, stored(4, LATER))
    assert usable(store) == [5, 1]
    run(store, heard(2, Outcome.MISSING, at=NOW + timedelta(days=2)))
    run(store, heard(5, Outcome.FAILED))
    assert usable(store) == [1]
    known_answers.forget(store)
    assert usable(store) == [4, 1]


def test_a_story_of_another_parser_serves_as_todays_reads_its_page(store: Store) -> None:
    run(store, *(stored(sid) for sid in (1, 2, 1 + 70 * PER_DAY)))
    right = rows(store, "stories")[0]["content_hash"]
    of_an_older_parser(store, 1, "old")
    with store.writing() as connection:
        older = update(schema.stories).where(schema.stories.c.sid == 2)
        connection.execute(older.values(parser_version=PARSER_VERSION - 1, content_hash="none is kept"))
    found = known_answers.settled_records(store, OPEN_FOR, 60)
    assert [(each["sid"], each["content_hash"]) for each in found] == [(1, right)]


def test_stories_that_are_new_since_the_last_proof_are_not_known(store: Store) -> None:
    run(store, stored(1), stored(2), stored(9))
    aside(store, stored(2, LATER), stored(3, LATER))
    assert known_answers.stories_within(store, Sids([(1, 8)])) == Sids([(1, 2)])
    assert known_answers.stories_within(store, Sids()) == Sids()


def test_a_record_is_compared_with_what_was_known_at_the_last_proof(store: Store) -> None:
    run(store, stored(1))
    run_id = store.begin(RunStart("story-y", "story", "{}", "http://127.0.0.1:9", LATER.isoformat()))
    first = store.write([stored(1, LATER, title="别的"), stored(2, LATER)], run_id, keeps_aside=True)
    assert (first[1].answer, first[2].answer) == (first[1].change, None)
    run_id = store.begin(RunStart("story-z", "story", "{}", "http://127.0.0.1:9", LAST.isoformat()))
    second = store.write([stored(1, LAST), stored(2, LAST)], run_id, keeps_aside=True)
    assert [change and change.kind for change in second[1][::2]] == ["changed", "unchanged"]
    assert second[2].answer is None


def test_what_several_runs_stored_is_taken_back_to_the_last_proof(store: Store) -> None:
    run(store, stored(1), stored(2))
    before, pages = rows(store, "stories"), rows(store, "pages")
    aside(store, stored(1, LATER, title="别的"), stored(3, LATER))
    second = aside(store, stored(1, LAST, title="又是别的"), heard(2, Outcome.MISSING, at=LAST), at=LAST)
    assert known_answers.take_back(store) == [TakenBack(1, second, "changed"), TakenBack(3, second - 1, "new")]
    assert rows(store, "stories") == before
    assert rows(store, "revisions") == rows(store, "unproven") == []
    kept = [row for row in rows(store, "pages") if row not in pages]
    assert [(row["sid"], row["content_hash"], row["fetched_at"]) for row in kept] == [
        (1, schema.UNPARSED, LAST.isoformat()),
        (3, schema.UNPARSED, LATER.isoformat()),
    ]
    states = {row["sid"]: (row["outcome"], row["reason"], row["unparsed_runs"]) for row in rows(store, "sids")}
    assert states == {1: ("unparsed", CHANGED_SITE, 0), 2: ("missing", "", 0), 3: ("unparsed", CHANGED_SITE, 0)}
    outcomes = [(row["sid"], row["outcome"]) for row in rows(store, "visits") if row["run_id"] > 1]
    assert outcomes == [(1, "unparsed"), (1, "unparsed"), (2, "missing"), (3, "unparsed")]
    assert known_answers.take_back(store) == []


@pytest.mark.parametrize("title", ["", "别的"])
def test_a_story_of_another_parser_has_its_page_again(store: Store, title: str) -> None:
    run(store, stored(1))
    of_an_older_parser(store, 1, "old")
    before, pages = rows(store, "stories"), rows(store, "pages")
    aside(store, stored(1, LATER, title=title))
    assert rows(store, "stories") != before
    known_answers.take_back(store)
    assert rows(store, "stories") == before
    kept = rows(store, "pages")
    assert [(row["sid"], row["content_hash"]) for row in kept] == [(1, schema.UNPARSED), (1, "old")]
    assert kept_record.reparse is store.reparse
    assert usable(store) == []
    assert len(pages) == 1


def test_what_is_proven_stays(store: Store) -> None:
    run(store, stored(1))
    aside(store, stored(1, LATER, title="别的"), stored(2, LATER))
    after = rows(store, "stories")
    known_answers.forget(store)
    assert known_answers.take_back(store) == []
    assert rows(store, "stories") == after
    assert len(rows(store, "revisions")) == 1
