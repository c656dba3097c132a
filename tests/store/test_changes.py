"""What a new record changes of the one before it, and how a person is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidot_spider import items
from solidot_spider.store import changes
from solidot_spider.store.changes import Change
from tests import stores

OLD = stores.fields(5)
OTHER = {name: value for name, value in stores.fields(6).items() if value != OLD[name]}
DIFFERENT: dict[str, Any] = {
    **OTHER,
    "submitter": "某人",
    "source_labels": ["新华社"],
    "related_sids": [4],
    "images": [{"url": "https://icon.solidot.org/a.png", "alt": None}],
    "views": 777,
    "comment_count": 3,
    "comments": [{"id": 1}],
    "fetched_at": "2026-01-01T00:00:00+00:00",
    "withdrawn_at": "2026-01-01T00:00:00+00:00",
    "origin": "warc",
}
MOVING = {"views", "comment_count"}
SAME = {"sid", "url", "content_hash", "schema_version"}


@pytest.mark.parametrize("name", [name for name in OLD if name not in SAME])
def test_a_story_is_changed_when_its_hash_is(name: str) -> None:
    new = {**OLD, name: DIFFERENT[name]}
    change = changes.between(OLD, new)
    is_edit = items.content_hash(new) != items.content_hash(OLD)
    assert change.kind == ("changed" if is_edit else "unchanged")
    assert change.fields == ([(name, OLD[name], new[name])] if is_edit else [])
    assert change.old == ({name: OLD[name]} if is_edit else {})
    assert change.moved == ([(name, OLD[name], new[name])] if name in MOVING else [])


def test_the_same_record_is_unchanged() -> None:
    assert changes.between(OLD, dict(OLD)) == Change("unchanged")


def test_all_that_an_edit_changed_is_told_with_what_moved() -> None:
    new = {**OLD, "title": "新标题", "department": None, "views": 101}
    change = changes.between(OLD, new)
    assert {name for name, _, _ in change.fields} == {"title", "department"}
    assert change.moved == [("views", OLD["views"], 101)]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (Change("new"), ["story 5: new"]),
        (Change("unchanged"), ["story 5: unchanged"]),
        (
            Change("unchanged", moved=[("views", 100, 777), ("comment_count", 0, 2)]),
            ["story 5: unchanged; views 100 → 777; comment_count 0 → 2"],
        ),
        (Change("changed", [("title", "旧", "新")]), ["story 5: changed", "  title: '旧' → '新'"]),
        (
            Change("changed", [("department", "灯塔", None), ("related_sids", [], [4])], [("views", 1, 2)]),
            ["story 5: changed; views 1 → 2", "  department: '灯塔' → nothing", "  related_sids: nothing → [4]"],
        ),
        (Change("older"), ["story 5: the store has a younger page, which stays"]),
    ],
)
def test_a_person_reads(change: Change, lines: list[str]) -> None:
    assert change.lines(5) == lines


@pytest.mark.parametrize("at", [0, 59, 60, 61, 3000, 4999])
def test_a_long_value_is_cut_at_the_difference(at: int) -> None:
    old = "文" * 5000
    (_, line) = Change("changed", [("body", old, f"{old[:at]}新{old[at + 1 :]}")]).lines(5)
    before, now = line.removeprefix("  body: ").split(" → ")
    assert "新" in now
    assert "新" not in before
    assert "…" in before
    assert len(line) < 150


@given(st.text(), st.text() | st.none())
def test_what_differs_is_seen_in_one_short_line(old: str, new: str | None) -> None:
    if old == new:
        return
    (_, there), (_, back) = (Change("changed", [("body", *pair)]).lines(5) for pair in ((old, new), (new, old)))
    assert there != back
    assert len(there) < 150
    assert "\n" not in there


@given(st.text(), st.text(min_size=1))
def test_what_was_added_at_the_end_is_seen(old: str, more: str) -> None:
    one, other = old * 20, old * 20 + more
    assert Change("changed", [("body", one, other)]).lines(5) != Change("changed", [("body", other, one)]).lines(5)
