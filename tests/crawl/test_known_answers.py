"""Known answers: what proves that the parser fits, what disproves it, and when stories are asked for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from solidot_spider.crawl import known_answers, stated_answers
from solidot_spider.crawl.known_answers import EVERY, Comparison, Difference, Evidence, Progress, Proof
from solidot_spider.items import HASHED, Editor
from solidot_spider.store import changes
from tests.stores import fields


def read(sid: int, *differing: str, had_comments: bool = False) -> Comparison:
    return Comparison(sid, tuple(Difference(name, "old", "new") for name in differing), had_comments=had_comments)


def evidence(*comparisons: Comparison) -> Evidence:
    made = Evidence()
    for each in comparisons:
        made.add(each)
    return made


SAME = tuple(read(sid) for sid in range(100, 110))
TITLES = tuple(read(sid, "title") for sid in range(10))


@pytest.mark.parametrize(
    ("comparisons", "proof"),
    [
        ((), Proof.OPEN),
        (SAME[:1], Proof.OPEN),
        (SAME[:2], Proof.PROVEN),
        (TITLES[:1], Proof.OPEN),  # an edit
        (TITLES[:2], Proof.OPEN),
        (TITLES[:3], Proof.DISPROVEN),
        ((*TITLES[:1], *SAME[:2]), Proof.PROVEN),
        ((*TITLES[:2], *SAME[:1]), Proof.OPEN),
        ((*TITLES[:3], *SAME[:2]), Proof.DISPROVEN),  # three of five
        ((*TITLES[:3], *SAME[:3]), Proof.PROVEN),  # three of six are not more than half
        ((*TITLES[:4], *SAME[:3]), Proof.DISPROVEN),
        ((*TITLES[:2], read(50, "department")), Proof.OPEN),
        ((*TITLES[:2], read(50, "department", "title")), Proof.DISPROVEN),
    ],
)
def test_stories_read_again_prove_or_disprove(comparisons: tuple[Comparison, ...], proof: Proof) -> None:
    assert evidence(*comparisons).proof is proof
    assert evidence(*reversed(comparisons)).proof is proof


def test_a_story_that_is_read_twice_counts_once() -> None:
    assert evidence(SAME[0], SAME[0]).proof is Proof.OPEN
    assert evidence(TITLES[0], TITLES[0], TITLES[0]).proof is Proof.OPEN
    assert evidence(*TITLES[:3], read(0)).proof is Proof.OPEN


def test_comments_are_looked_for_where_there_were_some() -> None:
    without = [read(sid) for sid in range(100, 120)]
    gone = [read(sid, "comments", had_comments=True) for sid in range(3)]
    assert evidence(*without, *gone).field == "comments"
    there = [read(sid, had_comments=True) for sid in range(10, 13)]
    assert evidence(*without, *gone, *there).proof is Proof.PROVEN


def test_the_field_that_most_stories_differ_in_is_told_with_a_story() -> None:
    found = evidence(read(7, "department"), *(read(sid, "department", "title") for sid in (8, 9, 11)))
    assert found.sentence == "department differs in 4 of 4 stories read again, such as story 7: 'old' → 'new'"
    assert evidence(*SAME).sentence == ""


@pytest.mark.parametrize("field", HASHED)
def test_each_hashed_field_is_compared(field: str) -> None:
    old = fields(5)
    new = {**old, field: "another"}
    found = known_answers.compared(5, changes.between(old, new), new)
    assert found.differences == (Difference(field, old[field], "another"),)


@pytest.mark.parametrize(
    ("before", "now", "differs"),
    [(0, 0, False), (0, 4, False), (4, 4, False), (4, 1, False), (4, 0, True), (1, 0, True)],
)
def test_a_story_never_loses_all_its_comments(before: int, now: int, differs: bool) -> None:
    old = {**fields(5), "comment_count": before}
    new = {**fields(5), "comment_count": now, "views": 1}
    found = known_answers.compared(5, changes.between(old, new), new)
    assert found == Comparison(5, (Difference("comments", before, now),) if differs else (), had_comments=before > 0)


def test_the_records_that_show_most_are_asked_first() -> None:
    whole, bare = fields(5), {**fields(6), "department": None, "source_links": []}
    talked = {**fields(7), "comments": [{"id": 1}]}
    assert [each.sid for each in known_answers.of_records([bare, whole, talked])] == [7, 5, 6]


@pytest.mark.parametrize(
    ("progress", "is_due"),
    [
        (Progress(), False),
        (Progress(is_new=True), True),
        (Progress(is_new=True, own=2), True),
        (Progress(is_new=True, own=3), False),
        (Progress(is_new=True, has_begun=True), False),
        (Progress(is_new=True, own=3, has_begun=True, age=EVERY - 1), False),
        (Progress(is_new=True, own=3, has_begun=True, age=EVERY), True),
        (Progress(own=300, has_begun=True, age=EVERY), False),
    ],
)
def test_when_known_answers_are_asked(progress: Progress, is_due: bool) -> None:
    assert progress.is_due is is_due


NOTHING: dict[str, Any] = dict.fromkeys(("title_sha256", "published_at", "editor", "department", "topics", "sources"))


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"title_sha256": "0" * 64}, "title"),
        ({"published_at": "2023-01-02T10:41"}, "published_at"),
        ({"editor": Editor("Wilson", 1)}, "editor"),
        ({"department": "别处"}, "department"),
        ({"topics": []}, "topics"),
        ({"sources": 7}, "source_links"),
    ],
)
def test_what_a_file_states_is_compared(stated: dict[str, Any], field: str) -> None:
    answer = stated_answers.of_statement(SimpleNamespace(sid=5, **{**NOTHING, **stated}))
    assert [each.field for each in answer.compare(fields(5)).differences] == [field]


def test_what_a_file_states_rightly_is_the_same() -> None:
    record = fields(5)
    right = {
        "published_at": record["published_at"][:16],
        "editor": Editor(**record["editor"]),
        "department": record["department"],
        "topics": [each["tid"] for each in record["topics"]],
        "sources": len(record["source_links"]),
    }
    answer = stated_answers.of_statement(SimpleNamespace(sid=5, **{**NOTHING, **right}))
    assert answer.compare(record) == Comparison(5, ())
