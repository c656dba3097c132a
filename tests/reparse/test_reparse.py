"""A reparse: the store ends as a crawl of the same answers would leave it, without revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CHANGED_SITE, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.export import dataset
from solidot_spider.export.errors import ExportError
from solidot_spider.items import PARSER_VERSION
from solidot_spider.reparse import reader
from solidot_spider.reparse.run import Ended, Order, reparse
from solidot_spider.store import known_answers, schema
from solidot_spider.store.pages import page_packer, rewriting
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests import stores
from tests.reparse.conftest import OLDER, read_by_an_older_parser, rows
from tests.stores import NOW, heard, raw, run, stored

LATER, LAST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
RECORDS = ("stories", "pages", "sids", "visits")


def unreadable(sid: int, reason: str = "no-dateline", **page: Any) -> Visit:
    """A visit whose page the parser could not read then, and reads now."""
    at = page.get("at", NOW)
    return Visit(sid, clock.iso(at), Outcome.UNPARSED, reason, status=200, page=raw(sid, **page))


def of_older_versions(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(update(schema.sids).values(parser_version=OLDER))


def told(ended: Ended, *, is_dry: bool = False) -> str:
    return "\n".join(ended.tally.lines(is_dry=is_dry))


def edits(store: Store) -> list[Any]:
    return rows(store, "revisions")["revisions"]


def test_after_a_crawl_nothing_changes(store: Store, chosen: Options) -> None:
    run(store, *(stored(sid) for sid in range(1, 30)), heard(30, Outcome.UNPARSED, "no-block"))
    run(store, stored(5, LATER, title="改了的标题"), stored(6, LATER, views=7), heard(7, Outcome.MISSING))
    run(store, heard(7, Outcome.MISSING, at=NOW + timedelta(days=2)), heard(8, Outcome.UNPARSED, "no-block", LATER))
    before = rows(store)
    before["sids"] = [row | {"unparsed_runs": row["unparsed_runs"]} for row in before["sids"]]
    ended = reparse(chosen, Order())
    assert (ended.tally.changed, ended.tally.others, ended.exit_status) == (0, 0, 0), told(ended)
    assert rows(store) == before
    assert ended.tally.pages == 32


@pytest.mark.parametrize("processes", [1, 2])
def test_records_of_an_older_parser_come_out_as_todays(store: Store, chosen: Options, processes: int) -> None:
    run(store, *(stored(sid) for sid in range(1, 12)))
    run(store, stored(5, LATER, title="改了的标题"))
    right = rows(store, *RECORDS)
    revisions = edits(store)
    read_by_an_older_parser(store, 3, title="别的", department="别处")
    read_by_an_older_parser(store, 4, title="又是别的")
    read_by_an_older_parser(store, 5, submitter="谁")
    read_by_an_older_parser(store, 6)
    older = rows(store)
    ended = reparse(chosen, Order(is_dry=True, processes=processes))
    assert rows(store) == older
    assert "title: 2 would be changed" in told(ended, is_dry=True)
    assert f"3: '别的' → {stores.STORIES[3].title!r}" in told(ended, is_dry=True)
    done = reparse(chosen, Order(processes=processes))
    assert rows(store, *RECORDS) == right
    assert edits(store) == revisions
    assert done.tally == ended.tally
    assert (done.tally.changed, done.tally.others, done.exit_status) == (3, 1, 0)
    row = rows(store, "runs")["runs"][-1]
    assert (row["spider"], row["exit_status"], row["verdict"]) == ("reparse", 0, "3 records changed")
    assert row["ended_at"]
    after = rows(store)
    assert reparse(chosen, Order(processes=processes)).tally.changed == 0
    assert rows(store) == after


@pytest.mark.parametrize(
    ("order", "left"),
    [
        (Order(sids=Sids([(1, 3)])), [4, 5]),
        (Order(is_older=True), []),
        (Order(Sids([(3, 4)]), is_older=True), [1, 2, 5]),
    ],
)
def test_some_can_be_chosen(store: Store, chosen: Options, order: Order, left: Sequence[int]) -> None:
    run(store, *(stored(sid) for sid in range(1, 10)))
    for sid in range(1, 6):
        read_by_an_older_parser(store, sid, title="别的")
    reparse(chosen, order)
    versions = {row["sid"]: row["parser_version"] for row in rows(store, "stories")["stories"]}
    assert [sid for sid, version in versions.items() if version != PARSER_VERSION] == left
    assert reparse(chosen, Order(is_older=True, is_dry=True)).tally.pages == len(left)


def test_a_new_parser_earns_its_known_answers(store: Store, chosen: Options) -> None:
    run(store, stored(1), stored(2), stored(90_000))
    for sid in (1, 2):
        read_by_an_older_parser(store, sid, title="别的")
    store.reparse = None  # no page is read again for them
    assert known_answers.settled_records(store, timedelta(days=62), 9) == []
    reparse(chosen, Order())
    assert [each["sid"] for each in known_answers.settled_records(store, timedelta(days=62), 9)] == [2, 1]


def test_a_record_whose_page_cannot_be_read_stays_and_is_told(store: Store, chosen: Options) -> None:
    run(store, *(stored(sid) for sid in range(1, 5)))
    read_by_an_older_parser(store, 2, title="别的")
    packer = page_packer.PagePacker()
    body = packer.packed(raw(2), b"<p>?</p>").body
    with store.writing() as connection:
        connection.execute(update(schema.pages).where(schema.pages.c.sid == 2).values(body=body))
    before = rows(store)
    ended = reparse(chosen, Order())
    assert rows(store) == before
    assert ended.exit_status == 3
    assert "kept as they were, since this parser cannot read them: no-block: 1: 2" in told(ended)


def test_pages_that_could_not_be_read_become_stories(store: Store, other: Store, chosen: Options) -> None:
    run(store, unreadable(5), unreadable(6), heard(7, Outcome.UNPARSED, "no-body"))
    of_older_versions(store)
    run(other, stored(5), stored(6), heard(7, Outcome.UNPARSED, "no-block"))
    run(store, heard(6, Outcome.FAILED, "no answer", LATER))
    run(other, heard(6, Outcome.FAILED, "no answer", LATER))
    ended = reparse(chosen, Order())
    assert rows(store, *RECORDS) == rows(other, *RECORDS)
    assert "2 stored, unparsed before: 5, 6" in told(ended)
    assert "unparsed: no-block: 1: 7" in told(ended)
    assert ended.exit_status == 0


def test_a_newer_page_that_could_not_be_read_replaces_the_record(store: Store, other: Store, chosen: Options) -> None:
    run(store, stored(5), stored(6))
    run(other, stored(5), stored(6))
    run(store, unreadable(5, at=LATER, title="改了的标题"), unreadable(6, at=LATER, views=7))
    run(other, stored(5, LATER, title="改了的标题"), stored(6, LATER, views=7))
    reparse(chosen, Order())
    assert rows(store, *RECORDS) == rows(other, *RECORDS)
    assert edits(store) == []
    assert len(edits(other)) == 1


def test_a_withdrawn_story_stays_withdrawn(store: Store, other: Store, chosen: Options) -> None:
    days = [NOW + timedelta(days=day) for day in range(1, 4)]
    for each, visits in ((store, [stored(5), unreadable(6)]), (other, [stored(5), stored(6)])):
        run(each, *visits)
        for at in days:
            run(each, heard(5, Outcome.MISSING, at=at), heard(6, Outcome.MISSING, at=at))
    read_by_an_older_parser(store, 5, title="别的")
    reparse(chosen, Order())
    found, wanted = rows(store, "stories")["stories"], rows(other, "stories")["stories"]
    assert found == wanted
    assert [row["withdrawn_at"] for row in found] == [clock.iso(days[0])] * 2


def test_what_was_taken_back_is_not_believed_again(store: Store, chosen: Options) -> None:
    run(store, stored(1))
    run_id = run(store)
    store.write([stored(2, LATER), stored(1, LATER, title="错的标题")], run_id, keeps_aside=True)
    known_answers.take_back(store)
    before = rows(store)
    ended = reparse(chosen, Order())
    assert rows(store) == before
    assert f"unparsed: {CHANGED_SITE}: 2: 1, 2" in told(ended)


@pytest.mark.parametrize("change", [{"title": "改了的标题"}, {"views": 7}])
def test_what_is_kept_aside_can_still_be_taken_back(
    store: Store, other: Store, chosen: Options, tmp_path: Path, change: dict[str, Any]
) -> None:
    for each in (store, other):
        run(each, stored(1), stored(2), stored(9))
        read_by_an_older_parser(each, 1, title="别的")
        read_by_an_older_parser(each, 2, department="别处")
        each.reparse = None  # a run of the older parser
        each.write([stored(1, LATER, **change), stored(3, LATER)], run(each), keeps_aside=True)
        read_by_an_older_parser(each, 1, title="更别的")
    known_answers.take_back(other)
    reparse(Options(data_dir=tmp_path / "other"), Order())
    reparse(chosen, Order())
    known_answers.take_back(store)
    found, wanted = rows(store, "stories")["stories"], rows(other, "stories")["stories"]
    assert [row["sid"] for row in found] == [1, 2, 9]
    if "title" in change:  # else the page of the older record is gone, and with it what today's parser makes of it
        assert found == wanted
    keys = {(row["sid"], row["content_hash"]) for row in rows(store, "pages")["pages"]}
    assert keys == {(1, UNPARSED), (3, UNPARSED)} | {(row["sid"], row["content_hash"]) for row in found}
    states = {row["sid"]: row["reason"] for row in rows(store, "sids")["sids"]}
    assert states == {1: CHANGED_SITE, 2: "", 3: CHANGED_SITE, 9: ""}


def test_what_somebody_else_writes_meanwhile_stays(store: Store) -> None:
    run(store, stored(5), stored(6))
    for sid in (5, 6):
        read_by_an_older_parser(store, sid, title="别的")
    found = reader.read(store, [5, 6])
    run(store, stored(5, LATER, title="改了的标题"))
    assert rewriting.write(store, found.rewrites) == [5]
    records = {row["sid"]: row["record"] for row in rows(store, "stories")["stories"]}
    assert "改了的标题" in records[5]
    assert "别的" not in records[6]


def test_pages_of_the_same_content_become_one(store: Store, chosen: Options) -> None:
    run(store, stored(5), stored(6))
    read_by_an_older_parser(store, 5, title="别的")  # which saw an edit where today's parser sees none
    store.reparse = None
    run(store, stored(5, LATER))
    assert len(rows(store, "pages")["pages"]) == 3
    ended = reparse(chosen, Order())
    assert [(row["sid"], row["fetched_at"]) for row in rows(store, "pages")["pages"]] == [
        (5, clock.iso(LATER)),
        (6, clock.iso(NOW)),
    ]
    assert "1 pages dropped: later ones have the same content" in told(ended)


def test_deltas_over_a_reparse_are_refused(store: Store, chosen: Options, tmp_path: Path) -> None:
    run(store, stored(5), stored(6), exit_status=0)
    out = tmp_path / "delta.jsonl"
    reparse(chosen, Order())  # which changes nothing
    dataset.export_delta(chosen, out, "story-x")
    read_by_an_older_parser(store, 5, title="别的")
    reparse(chosen, Order())
    with pytest.raises(ExportError, match=r"reparse-.* has parsed the kept pages again"):
        dataset.export_delta(chosen, out, "story-x")
    name = rows(store, "runs")["runs"][-1]["name"]
    assert dataset.export_delta(chosen, out, name).told.startswith("nothing has changed; ")


def test_deltas_over_a_killed_reparse_are_refused(store: Store, chosen: Options, tmp_path: Path) -> None:
    run(store, stored(5), stored(6))
    read_by_an_older_parser(store, 5, title="别的")
    reparse(chosen, Order())
    with store.writing() as connection:
        connection.execute(update(schema.runs).where(schema.runs.c.spider == "reparse").values(ended_at=None))
    between = clock.iso(clock.now())
    with pytest.raises(ExportError, match="has parsed the kept pages again"):
        dataset.export_delta(chosen, tmp_path / "delta.jsonl", between)
    read_by_an_older_parser(store, 6, title="别的")
    reparse(chosen, Order())
    killed, _ = [row for row in rows(store, "runs")["runs"] if row["spider"] == "reparse"]
    assert killed["verdict"] == "killed"
    assert killed["ended_at"]


def test_stories_without_a_page_are_counted(store: Store, chosen: Options) -> None:
    run(store, stored(5), replace(stored(6), page=None))
    ended = reparse(chosen, Order())
    assert (ended.tally.stories, ended.without_page) == (1, 1)
