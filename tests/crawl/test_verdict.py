"""The questions of the verdict: each by its name, at its threshold and just under it."""

from __future__ import annotations

from typing import Any

import pytest

from solidot_spider.base import sids
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.verdict import Tally
from tests import stores

FULL = stores.fields(1)
ALWAYS = {"title", "time", "editor", "body"}
NOTES = {"title-differs", "time-differs", "title-from-jsonld", "time-from-jsonld", "weekday-differs"}
MOSTLY = {"department", "topics", "editor.uid", "views", "sources", "missing"}
EMPTY: dict[str, dict[str, Any]] = {
    "title": {"title": ""},
    "time": {"published_at": ""},
    "editor": {"editor": {"name": "", "uid": 1}},
    "body": {"body": ""},
    "department": {"department": None},
    "topics": {"topics": []},
    "editor.uid": {"editor": {"name": "Wilson", "uid": None}},
    "views": {"views": None},
    "sources": {"source_links": [], "source_labels": []},
}


def answers(*records: dict[str, Any], missing: Sids | None = None, asked: Sids | None = None) -> dict[str, str]:
    """By question why it failed, '' where it is passed.

    A record without another sid has its number; its ``notes`` are those of its page.
    """
    ledger, tally = Ledger(), Tally()
    for number, each in enumerate(records, 1):
        tally.add({**FULL, "sid": number, **each}, each.get("notes", ()))
    for sid in missing or ():
        ledger.ask(sid)
        ledger.settle(sid, Outcome.MISSING, "home-page")
    everything = Sids([(1, len(records))]) if asked is None else asked
    return {question.name: question.why for question in tally.questions(ledger, everything)}


def failed(*records: dict[str, Any], **rest: Sids) -> set[str]:
    return {name for name, why in answers(*records, **rest).items() if why}


def some(name: str, empty: int, number: int) -> list[dict[str, Any]]:
    """Records, some of them without a part."""
    return [EMPTY[name] if at < empty else {} for at in range(number)]


def test_a_full_run_passes_every_question() -> None:
    assert answers(*[{}] * 50) == dict.fromkeys(ALWAYS | NOTES | MOSTLY, "")


def test_an_empty_run_fails_no_question() -> None:
    assert answers() == dict.fromkeys(ALWAYS | NOTES, "")


@pytest.mark.parametrize("name", sorted(ALWAYS))
@pytest.mark.parametrize("number", [1, 49, 50, 1000])
def test_one_record_without_it_fails_the_run(name: str, number: int) -> None:
    assert failed(*some(name, 1, number)) == {name}


@pytest.mark.parametrize(
    ("name", "empty", "number"),
    [
        ("department", 5, 100),
        ("topics", 5, 100),
        ("editor.uid", 5, 100),
        ("views", 5, 100),
        ("sources", 40, 100),
        ("department", 2, 50),
        ("topics", 2, 50),
        ("views", 2, 50),
        ("sources", 20, 50),
        ("department", 3, 60),
        ("sources", 22, 55),
    ],
)
def test_a_share_is_enough_to_the_record(name: str, empty: int, number: int) -> None:
    assert failed(*some(name, empty, number)) == set()
    assert failed(*some(name, empty + 1, number)) == {name}


@pytest.mark.parametrize("name", sorted(EMPTY.keys() - ALWAYS))
def test_of_few_records_no_share_is_asked(name: str) -> None:
    assert answers(*some(name, 49, 49)).keys() == ALWAYS | NOTES
    assert failed(*some(name, 50, 50)) == {name}


@pytest.mark.parametrize(
    "filled",
    [
        {"views": 1},
        {"editor": {"name": "Wilson", "uid": 0}},
        {"source_links": [], "source_labels": ["新华社"]},
        {"source_links": FULL["source_links"], "source_labels": []},
    ],
)
def test_filled_means_not_empty(filled: dict[str, Any]) -> None:
    assert FULL["source_links"]
    assert failed(*[filled] * 50) == set()


def test_views_that_are_0_are_no_views() -> None:
    assert failed(*[{"views": 0}] * 50) == {"views"}


def noted(note: str, on: int, number: int) -> list[dict[str, Any]]:
    """Records, some of them of pages with a note."""
    return [{"notes": [note] if at < on else []} for at in range(number)]


@pytest.mark.parametrize("note", [*sorted(NOTES), "department-differs", "views-from-jsonld"])
@pytest.mark.parametrize(
    ("on", "number", "passes"),
    [
        (1, 1, True),
        (2, 2, True),
        (3, 3, False),
        (2, 10, True),
        (3, 10, False),
        (2, 49, True),
        (3, 49, False),
        (1, 50, True),
        (2, 50, False),
        (7, 350, True),
        (7, 349, False),
        (60, 60, False),
    ],
)
def test_witnesses_may_disagree_on_few_pages(note: str, on: int, number: int, passes: bool) -> None:
    assert failed(*noted(note, on, number)) == (set() if passes else {note})


def test_each_note_is_a_question_of_its_own() -> None:
    records = [*noted("title-differs", 2, 2), *noted("time-differs", 2, 2), *noted("weekday-differs", 2, 2)]
    assert failed(*records) == set()
    assert failed(*noted("title-differs", 3, 9), *noted("time-differs", 3, 9)) == {"title-differs", "time-differs"}


def test_a_note_counts_once_for_a_page() -> None:
    assert failed({"notes": ["title-differs"] * 9}, {}, {}) == set()


def test_a_note_that_is_no_witnesses_is_no_question() -> None:
    assert answers(*noted("undecodable", 60, 60)) == dict.fromkeys(ALWAYS | NOTES | MOSTLY, "")


def test_an_answer_says_how_many_pages_have_a_note() -> None:
    assert answers(*noted("title-differs", 9, 60))["title-differs"] == "in 9 of 60, expected at most 2%"
    assert answers(*noted("title-differs", 9, 20))["title-differs"] == "in 9 of 20, expected at most 2"


@pytest.mark.parametrize(
    ("stored", "missing", "asked", "passes"),
    [
        ("1-69,100", "70-99", "1-100", True),
        ("1-68,100", "69-99", "1-100", False),
        ("101-150", "1-100,151-900", "1-900", True),
        ("1-50,2000", "1000-1020", "1-50,1000-1020,2000", True),
        ("1-50,2000", "1000-1021", "1-50,1000-1021,2000", False),
        ("1-48,1000", "49-999", "1-1000", True),
        ("1-49,1000", "50-999", "1-1000", False),
    ],
)
def test_three_in_ten_of_the_ids_asked_between_the_lowest_and_the_highest_story_may_be_missing(
    stored: str, missing: str, asked: str, passes: bool
) -> None:
    records = [{"sid": sid} for sid in sids.parse(stored)]
    expected = set() if passes else {"missing"}
    assert failed(*records, missing=sids.parse(missing), asked=sids.parse(asked)) == expected


def test_the_order_in_which_stories_come_is_nothing_to_the_verdict() -> None:
    records = [{"sid": sid} for sid in (100, *range(68, 0, -1))]
    assert failed(*records, missing=Sids([(69, 99)]), asked=Sids([(1, 100)])) == {"missing"}


def test_an_answer_says_how_many_and_how_many_were_expected() -> None:
    told = answers(*some("department", 6, 100))["department"]
    assert all(number in told for number in ("94", "100", "95%"))
