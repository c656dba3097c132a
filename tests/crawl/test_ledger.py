"""The ledger, and the exit status that follows from it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidot_spider.base.outcome import HOME_FOR_ALL, Outcome
from solidot_spider.crawl.exit_status import Facts, exit_status
from solidot_spider.crawl.ledger import Ledger, LedgerError
from solidot_spider.crawl.verdict import Question

REASONED = st.tuples(st.sampled_from(list(Outcome)), st.sampled_from(["", "time-out", "other-story"]))


def ledger(**counts: int) -> Ledger:
    made, sid = Ledger(), 0
    for name, count in counts.items():
        for _ in range(count):
            sid += 1
            made.ask(sid)
            made.settle(sid, Outcome(name.replace("_", " ")), "why")
    return made


@given(st.dictionaries(st.integers(1, 300), REASONED))
def test_counts_add_up_and_what_did_not_settle_is_named_once(ends: dict[int, tuple[Outcome, str]]) -> None:
    made = Ledger()
    for sid, (outcome, reason) in ends.items():
        made.ask(sid)
        made.settle(sid, outcome, reason)
    named = [sid for _, _, ranges in made.unsettled() for first, last in ranges for sid in range(first, last + 1)]
    assert made.total == made.asked + made.left == len(ends)
    assert sorted(named) == sorted(
        sid for sid, (outcome, _) in ends.items() if outcome not in (Outcome.STORED, Outcome.MISSING)
    )


def test_only_an_id_in_flight_has_notes() -> None:
    made = Ledger()
    made.ask(1)
    made.note(1, ["title-differs"])
    made.note(2, ["title-differs"])
    assert [(sid, flight.notes) for sid, flight in made.in_flight.items()] == [(1, ["title-differs"])]


def test_an_id_ends_once() -> None:
    made = ledger(stored=1)
    with pytest.raises(LedgerError, match="story 1"):
        made.settle(1, Outcome.MISSING)


def test_what_is_open_at_the_end_was_not_tried() -> None:
    made = Ledger()
    made.ask(7)
    made.settle_rest([(8, 100_000)], Outcome.NOT_TRIED, "interrupted")
    made.close("interrupted")
    assert made.counts == {Outcome.NOT_TRIED: 99_994}
    assert [str(each) for _, _, ranges in made.unsettled() for each in ranges] == ["7-100000"]


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({}, 0),
        ({"stored": 3, "missing": 2}, 0),
        ({"stored": 3, "not_tried": 5}, 0),
        ({"stored": 100, "failed": 1}, 1),
        ({"stored": 100, "refused": 1}, 1),
        ({"stored": 9, "unparsed": 1}, 1),
        ({"stored": 8, "unparsed": 2}, 3),
        ({"unparsed": 1}, 3),
        ({"unparsed": 1, "failed": 5}, 3),
        ({"stored": 49, "unparsed": 1}, 1),
        ({"stored": 48, "unparsed": 2}, 3),
        ({"stored": 98, "unparsed": 2}, 1),
        ({"stored": 97, "unparsed": 3}, 3),
        ({"missing": 98, "unparsed": 2}, 1),
    ],
)
def test_exit_status(counts: dict[str, int], status: int) -> None:
    assert exit_status(ledger(**counts), Facts()) == status


def test_an_interrupted_run_is_not_well() -> None:
    assert exit_status(ledger(stored=3), Facts(is_disturbed=True)) == 1


def test_a_feed_that_cannot_be_written_comes_first() -> None:
    assert exit_status(ledger(unparsed=5), Facts(cannot_write=True)) == 4


def test_a_site_that_is_not_well_is_told_however_few_ids_it_doubts() -> None:
    made = ledger(stored=500)
    made.ask(9999)
    made.settle(9999, Outcome.UNPARSED, HOME_FOR_ALL)
    assert exit_status(made, Facts()) == 3


def test_what_ended_without_being_asked_is_told_apart() -> None:
    made = ledger(stored=1, failed=2)
    made.ask(4)
    made.settle(4, Outcome.NOT_TRIED, "interrupted")
    made.settle_rest([(5, 9), (20, 30)], Outcome.NOT_TRIED, "interrupted")
    made.settle_rest([(40, 50)], Outcome.FAILED, "robots.txt: time-out")
    made.ask(60)
    made.close("interrupted")
    assert [(outcome, reason, list(map(str, ranges))) for outcome, reason, ranges in made.unasked()] == [
        (Outcome.NOT_TRIED, "interrupted", ["4-9", "20-30", "60"]),
        (Outcome.FAILED, "robots.txt: time-out", ["40-50"]),
    ]
    assert (made.asked, made.left, made.total) == (3, 18, 3 + 18 + 11)


def test_where_all_were_asked_nothing_is_told_apart() -> None:
    assert list(ledger(stored=2, failed=2, missing=1, refused=1, unparsed=1).unasked()) == []


@given(st.dictionaries(st.integers(1, 300), REASONED))
def test_the_ids_of_an_outcome_are_found_whatever_their_reasons(ends: dict[int, tuple[Outcome, str]]) -> None:
    made = Ledger()
    for sid, (outcome, reason) in ends.items():
        made.ask(sid)
        made.settle(sid, outcome, reason)
    for wanted in (each for each in Outcome if each is not Outcome.STORED):
        found = [sid for first, last in made.ranges_of(wanted) for sid in range(first, last + 1)]
        assert sorted(found) == sorted(sid for sid, (outcome, _) in ends.items() if outcome is wanted)


@pytest.mark.parametrize(("known", "new", "status"), [(9, 0, 1), (9, 1, 1), (9, 2, 3)])
def test_what_could_not_be_read_before_does_not_make_a_site_changed(known: int, new: int, status: int) -> None:
    made = ledger(stored=10)
    for sid in range(100, 100 + known + new):
        made.ask(sid)
        made.settle(sid, Outcome.UNPARSED, "no-title", was_known_unparsed=sid < 100 + known)
    assert exit_status(made, Facts()) == status


def test_only_an_unparsed_page_can_be_one_that_could_not_be_read_before() -> None:
    made = ledger(unparsed=1)
    made.ask(9)
    made.settle(9, Outcome.FAILED, "time-out", was_known_unparsed=True)
    assert exit_status(made, Facts()) == 3


def test_a_failed_question_is_a_changed_site() -> None:
    failed = [Question("title", ""), Question("topics", "filled in 3 of 100, expected 95%")]
    assert exit_status(ledger(stored=100), Facts(questions=failed)) == 3
    assert exit_status(ledger(stored=100), Facts(questions=failed[:1])) == 0
    assert exit_status(ledger(stored=100, failed=9), Facts(questions=failed, is_disturbed=True)) == 3
    assert exit_status(ledger(stored=100), Facts(questions=failed, cannot_write=True)) == 4


def test_a_stored_id_that_is_taken_back_counts_as_unparsed() -> None:
    made, told = Ledger(), Counter[Outcome]()
    made.counted = lambda outcome, count: told.update({outcome: count})
    for sid in (1, 2, 3):
        made.ask(sid)
        made.settle(sid, Outcome.STORED)
    made.take_back(2, "site-changed")
    assert made.counts == told == {Outcome.STORED: 2, Outcome.UNPARSED: 1}
    assert made.asked == 3
    assert list(made.unsettled()) == [(Outcome.UNPARSED, "site-changed", [(2, 2)])]
    for sid in (1, 3):
        made.take_back(sid, "site-changed")
    with pytest.raises(LedgerError, match="no story is stored"):
        made.take_back(4, "site-changed")
