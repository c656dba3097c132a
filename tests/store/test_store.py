"""The store: what is written together, what replaces what, what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from solidot_spider import items, kept_record
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import HOME_FOR_ALL, Outcome
from solidot_spider.crawl import revisit
from solidot_spider.store import commit, schema
from solidot_spider.store.changes import Change
from solidot_spider.store.errors import StoreError
from solidot_spider.store.rows import PageRow
from solidot_spider.store.state import Newest
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests import stores
from tests.stores import NOW, heard, run, stored

LATER = NOW + timedelta(hours=1)
HOURS_24 = NOW + timedelta(hours=24)


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True, reparse=kept_record.reparse) as opened:
        yield opened


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    table = schema.metadata.tables[name]
    with store.reading() as connection:
        return [dict(row._asdict()) for row in connection.execute(select(table).order_by(*table.primary_key))]


def test_a_story_is_there_with_its_page_and_its_visit(store: Store) -> None:
    run(store, stored(5))
    (story,), (page,), (visit,) = rows(store, "stories"), rows(store, "pages"), rows(store, "visits")
    assert json.loads(story["record"]) == stores.fields(5)
    assert story["record"].encode() == items.line(stores.fields(5))
    assert story["first_seen"] == story["last_seen"] == story["last_changed"] == clock.iso(NOW)
    with store.snapshot() as view:
        assert view.pages.data(PageRow(**page).page) == stores.page(5)
    assert (page["content_hash"], page["status"]) == (story["content_hash"], 200)
    assert json.loads(page["headers"]) == [["Content-Type", "text/html"]]
    assert (visit["outcome"], visit["status"], visit["run_id"]) == ("stored", 200, 1)


def test_only_an_edit_makes_a_revision(store: Store) -> None:
    run(store, stored(5))
    written = store.write([stored(5, LATER, views=777)], run(store))
    assert written[5].change == Change("unchanged", [], [("views", 100, 777)])
    assert rows(store, "revisions") == []
    (story,) = rows(store, "stories")
    assert json.loads(story["record"])["views"] == 777
    assert (story["last_seen"], story["last_changed"]) == (clock.iso(LATER), clock.iso(NOW))
    edited = store.write([stored(5, HOURS_24, title="另一个标题")], run(store))
    old = stores.STORIES[5].title
    assert edited[5].change is not None
    assert edited[5].change.fields == [("title", old, "另一个标题")]
    (revision,), (story,) = rows(store, "revisions"), rows(store, "stories")
    assert json.loads(revision["old"]) == {"title": old}
    assert (story["first_seen"], story["last_changed"]) == (clock.iso(NOW), clock.iso(HOURS_24))
    assert len(rows(store, "pages")) == 2  # one of each content, the latest of equal ones
    assert {page["fetched_at"] for page in rows(store, "pages")} == {clock.iso(LATER), clock.iso(HOURS_24)}


def test_an_older_page_replaces_nothing(store: Store) -> None:
    run(store, stored(5, LATER))
    before = rows(store, "stories"), rows(store, "pages")
    written = store.write([stored(5, NOW, title="旧标题")], run(store))
    assert written[5].change == Change("older")
    assert (rows(store, "stories"), rows(store, "pages")) == before
    assert rows(store, "revisions") == []


def test_a_page_that_cannot_be_read_is_kept_until_its_story_is(store: Store) -> None:
    run(store, heard(5, Outcome.UNPARSED, "no-title"))
    run(store, heard(5, Outcome.UNPARSED, "no-title", LATER))
    (page,) = rows(store, "pages")
    assert (page["content_hash"], page["fetched_at"]) == ("", clock.iso(LATER))
    run(store, stored(5, HOURS_24))
    (page,) = rows(store, "pages")
    assert page["content_hash"] == stores.fields(5)["content_hash"]


def test_a_failure_leaves_the_story_as_it_is(store: Store) -> None:
    run(store, stored(5))
    before = rows(store, "stories")
    run(store, heard(5, Outcome.FAILED, "time-out", LATER))
    run(store, heard(5, Outcome.UNPARSED, "no-title", LATER))
    assert rows(store, "stories") == before
    assert len(rows(store, "pages")) == 2


def test_a_story_is_withdrawn_when_a_run_a_day_later_hears_the_same(store: Store) -> None:
    run(store, stored(5))
    gone = NOW + timedelta(days=3)
    run(store, heard(5, Outcome.MISSING, "home-page", gone))
    run(store, heard(5, Outcome.MISSING, "home-page", gone + timedelta(hours=23)))
    assert rows(store, "stories")[0]["withdrawn_at"] is None
    run(store, heard(5, Outcome.FAILED, "time-out", gone + timedelta(hours=23)))
    run(store, heard(5, Outcome.MISSING, "home-page", gone + timedelta(hours=24)))
    (story,) = rows(store, "stories")
    assert story["withdrawn_at"] == json.loads(story["record"])["withdrawn_at"] == clock.iso(gone)
    assert json.loads(story["record"]) | {"withdrawn_at": None} == stores.fields(5)
    items.read_line(story["record"])
    run(store, stored(5, gone + timedelta(days=9)))
    (story,) = rows(store, "stories")
    assert story["withdrawn_at"] is json.loads(story["record"])["withdrawn_at"] is None
    run(store, heard(5, Outcome.MISSING, "home-page", gone + timedelta(days=10)))
    assert rows(store, "stories")[0]["withdrawn_at"] is None  # it is counted anew


def test_an_id_that_never_was_a_story_is_only_missing(store: Store) -> None:
    run(store, heard(5, Outcome.MISSING))
    run(store, heard(5, Outcome.MISSING, at=NOW + timedelta(days=2)))
    assert rows(store, "stories") == rows(store, "pages") == []
    assert rows(store, "sids")[0]["missing_since"] == clock.iso(NOW)


def test_what_could_not_be_read_before_is_told(store: Store) -> None:
    first = store.write([heard(5, Outcome.UNPARSED, "no-title")], run(store))
    ill = store.write([heard(5, Outcome.UNPARSED, HOME_FOR_ALL), heard(6, Outcome.UNPARSED, HOME_FOR_ALL)], run(store))
    again = store.write([heard(sid, Outcome.UNPARSED, "no-title") for sid in (5, 6)], run(store))
    assert [first[5].was_known_unparsed, ill[5].was_known_unparsed] == [False, True]
    assert [again[sid].was_known_unparsed for sid in (5, 6)] == [True, False]


class OldParser:
    """Stores a story as a parser of an earlier version made it: here, with another title."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, page: bytes | None = None) -> None:
        visit = stored(5)
        assert visit.record
        made = {**visit.record, "title": "读错的标题"}
        made["content_hash"] = items.content_hash(made)
        kept = stores.raw(5, NOW, page)
        with monkeypatch.context() as older:
            older.setattr(commit, "PARSER_VERSION", items.PARSER_VERSION - 1)
            run(store, Visit(5, visit.at, Outcome.STORED, status=200, page=kept, record=made))
        self.hash = made["content_hash"]


def test_a_better_parser_makes_no_revision(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = OldParser(store, monkeypatch)
    written = store.write([stored(5, LATER)], run(store))
    assert written[5].change == Change("unchanged")
    assert rows(store, "revisions") == []
    (story,), (page,) = rows(store, "stories"), rows(store, "pages")
    assert json.loads(story["record"])["title"] == stores.STORIES[5].title
    assert (story["last_changed"], story["parser_version"]) == (clock.iso(NOW), items.PARSER_VERSION)
    assert page["content_hash"] != old.hash


def test_an_edit_is_seen_across_parser_versions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    OldParser(store, monkeypatch)
    store.write([stored(5, LATER, title="改过的标题")], run(store))
    (revision,) = rows(store, "revisions")
    assert json.loads(revision["old"]) == {"title": stores.STORIES[5].title}
    hashes = {stores.fields(5)["content_hash"], stores.fields(5, title="改过的标题")["content_hash"]}
    assert {page["content_hash"] for page in rows(store, "pages")} == hashes
    assert rows(store, "stories")[0]["last_changed"] == clock.iso(LATER)


def test_a_kept_page_that_cannot_be_read_any_more_makes_no_revision(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    OldParser(store, monkeypatch, page=b"<p>?</p>")
    store.write([stored(5, LATER)], run(store))
    assert rows(store, "revisions") == []
    assert json.loads(rows(store, "stories")[0]["record"])["title"] == stores.STORIES[5].title


def test_without_a_parser_another_versions_record_is_replaced_without_a_revision(
    chosen: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.opened(chosen, create=True) as store:
        old = OldParser(store, monkeypatch)
        written = store.write([stored(5, LATER, title="改过的标题")], run(store))
        assert written[5].change == Change("unchanged")
        assert rows(store, "revisions") == []
        assert json.loads(rows(store, "stories")[0]["record"])["title"] == "改过的标题"
        assert old.hash in {page["content_hash"] for page in rows(store, "pages")}


def test_a_commit_is_written_whole_or_not_at_all(store: Store) -> None:
    run_id = run(store, stored(5))
    before = {name: rows(store, name) for name in ("sids", "stories", "pages")}
    with pytest.raises(StoreError):
        store.write([stored(6), stored(5, LATER, title="新标题")], run_id)  # an id has one visit in a run
    assert {name: rows(store, name) for name in before} == before


def test_only_the_storys_own_rows_change(store: Store) -> None:
    run(store, *(stored(sid) for sid in range(1, 200)))
    before = {name: rows(store, name) for name in schema.metadata.tables}
    run(store, stored(77, LATER, title="改过的标题"))
    for name, old in before.items():
        new = rows(store, name)
        changed = [row for row in new if row not in old] + [row for row in old if row not in new]
        assert {row.get("sid", 77) for row in changed} <= {77}, name


def newest(store: Store, limit: int) -> list[int]:
    with store.snapshot() as view:
        return view.newest(limit)


def newest_story(store: Store) -> Newest | None:
    with store.snapshot() as view:
        return view.newest_story(revisit.OPEN_FOR)


def test_controls_are_the_newest_that_are_believed_to_be_there(store: Store) -> None:
    assert newest(store, 3) == []
    run(store, *(stored(sid) for sid in range(1, 7)))
    run(store, heard(6, Outcome.MISSING), heard(5, Outcome.FAILED))
    assert newest(store, 3) == [5, 4, 3]


def test_the_newest_story_knows_what_may_be_of_the_62_days_before_it(store: Store) -> None:
    run(store, stored(50_000), stored(50_001))
    assert newest_story(store) == Newest(50_001, 1)
    run(store, *(stored(sid) for sid in (2000, 90_000, 90_001)))
    assert stores.STORIES[90_001].published - stores.STORIES[90_000].published < revisit.OPEN_FOR
    assert newest_story(store) == Newest(90_001, 50_002)
