"""Which of the ids given a run asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from solidot_spider.base import sids
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import KINDS, Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.plan import Plan, choose
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from tests.stores import NOW, heard, run, stored

WEEK = timedelta(days=7)
ALL = Sids([(1, 99_999_999)])
FAILED, MISSING, REFUSED, UNPARSED = Outcome.FAILED, Outcome.MISSING, Outcome.REFUSED, Outcome.UNPARSED


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def unasked(ids: str, outcome: Outcome = Outcome.NOT_TRIED, reason: str = "interrupted") -> str:
    """What a run's row says of ids that ended without being asked."""
    return msgspec.json.encode([(outcome, reason, ids.split(","))]).decode()


def asks(store: Store, ids: str | Sids, **given: Any) -> Plan:
    asks_all = given.pop("asks_all", False)
    wanted = sids.parse(ids) if isinstance(ids, str) else ids
    return choose(Arguments(wanted, **given), store, NOW, asks_all=asks_all)


def lowest_crawled(store: Store) -> int | None:
    with store.snapshot() as view:
        return view.lowest_crawled()


def of_kind(store: Store, kind: str, within: str | None = None) -> str:
    given = sids.parse(within) if within else None
    return str(choose(Arguments(given, only=kind), store, NOW, asks_all=False).sids)


def fill(store: Store) -> None:
    """A store with an id of each outcome, twice where it can be."""
    run(store, stored(10), stored(20), heard(12, MISSING), heard(90, MISSING), heard(13, FAILED, "time-out"))
    run(store, heard(14, REFUSED, "403"), heard(15, UNPARSED, "no-title"), heard(5, FAILED), unasked=unasked("16-17"))


def test_a_new_store_leaves_nothing_out(store: Store) -> None:
    assert asks(store, "1-5,9") == Plan(sids.parse("1-5,9"))


def test_what_is_settled_is_left_out_and_counted(store: Store) -> None:
    run(store, stored(1), heard(2, MISSING), stored(3), heard(4, FAILED), heard(5, REFUSED), heard(6, UNPARSED))
    assert asks(store, "1-8") == Plan(sids.parse("4-8"), settled_before=3)


def test_only_what_was_given_is_counted(store: Store) -> None:
    run(store, *(stored(sid) for sid in range(1, 10)))
    assert asks(store, "3,5-6,20") == Plan(sids.parse("20"), settled_before=3)
    assert asks(store, "3") == Plan(Sids(), settled_before=1)


def test_a_page_that_three_runs_could_not_read_waits_and_is_counted_apart(store: Store) -> None:
    for _ in range(3):
        assert asks(store, "5").sids == Sids([(5, 5)])
        run(store, heard(5, UNPARSED, "no-title"))
    assert asks(store, "4-6") == Plan(sids.parse("4,6"), not_due=1)


def test_what_is_due_is_asked_again(store: Store) -> None:
    run(store, stored(97), stored(100))
    for _ in range(3):
        run(store, heard(99, UNPARSED, at=NOW - WEEK), heard(98, MISSING, at=NOW - WEEK), heard(101, MISSING))
    assert asks(store, "98-101") == Plan(sids.parse("98-99,101"), settled_before=1)


def test_a_story_whose_last_answer_was_no_story_is_asked_again(store: Store) -> None:
    run(store, stored(1), stored(2))
    run(store, heard(1, FAILED, "time-out"))
    assert asks(store, "1-2") == Plan(Sids([(1, 1)]), settled_before=1)


@pytest.mark.parametrize("given", ["refresh", "is_single", "asks_all"])
def test_who_wants_all_gets_all(store: Store, given: str) -> None:
    run(store, stored(1), heard(2, MISSING), stored(3))
    assert asks(store, "1-3", **{given: True}) == Plan(sids.parse("1-3"))


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("failed", "5,13"),
        ("refused", "14"),
        ("unparsed", "15"),
        ("missing", "12,90"),
        ("not-tried", "16-17"),
        ("gaps", "11,13-19"),
    ],
)
def test_ids_of_a_kind(store: Store, kind: str, ids: str) -> None:
    fill(store)
    assert of_kind(store, kind) == ids
    within = sids.parse("12-16")
    assert of_kind(store, kind, "12-16") == str(sids.parse(ids).within(within))
    assert of_kind(store, kind, "200-300") == ""


def test_crawling_by_sid_begins_with_the_lowest_story_that_no_run_asked_alone(store: Store) -> None:
    assert lowest_crawled(store) is None
    alone = store.begin(RunStart("story-x", "story", "{}", "http://127.0.0.1:9", "2025-11-08T04:00:00+00:00", 1))
    store.write([stored(5)], alone)
    assert lowest_crawled(store) is None
    run(store, heard(7, MISSING), heard(8, FAILED), stored(20), stored(30))
    assert lowest_crawled(store) == 20
    run(store, stored(5))
    assert lowest_crawled(store) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_store_has_no_ids_of_any_kind(store: Store, kind: str) -> None:
    assert of_kind(store, kind) == ""


def test_a_kind_is_what_was_heard_last(store: Store) -> None:
    fill(store)
    run(store, stored(13), heard(14, FAILED, "time-out"), heard(16, MISSING))
    assert (of_kind(store, "failed"), of_kind(store, "refused"), of_kind(store, "not-tried")) == ("5,14", "", "17")
    assert of_kind(store, "gaps") == "11,14-15,17-19"


def test_a_kind_is_asked_whether_or_not_it_is_due(store: Store) -> None:
    run(store, stored(3), heard(2, MISSING))
    for _ in range(3):
        run(store, heard(1, UNPARSED))
    assert (of_kind(store, "missing"), of_kind(store, "unparsed")) == ("2", "1")


def test_a_story_that_is_missing_now_is_of_that_kind_and_no_gap(store: Store) -> None:
    run(store, stored(1), stored(2), stored(3))
    run(store, heard(2, MISSING))
    assert (of_kind(store, "missing"), of_kind(store, "gaps")) == ("2", "")


def test_a_story_that_failed_since_is_no_gap(store: Store) -> None:
    run(store, stored(1), stored(2), stored(3))
    run(store, heard(2, FAILED))
    assert of_kind(store, "gaps") == ""


def test_what_runs_did_not_try_is_kept_until_a_later_one_does(store: Store) -> None:
    run(store, heard(100, FAILED), heard(130, FAILED), unasked=unasked("101-129,131-200"))
    run(store, heard(150, FAILED), stored(101), unasked=unasked("160-220"))
    run(store, heard(210, MISSING))
    assert of_kind(store, "not-tried") == "102-129,131-149,151-209,211-220"
    assert of_kind(store, "not-tried", "1-110,215-999") == "102-110,215-220"


def test_runs_that_leave_off_each_night_leave_less_each_time(store: Store) -> None:
    for first in range(1, 100, 10):
        run(store, *(heard(sid, MISSING) for sid in range(first, first + 10)), unasked=unasked(f"{first + 10}-120"))
        assert of_kind(store, "not-tried") == f"{first + 10}-120"
    run(store, *(heard(sid, MISSING) for sid in range(102, 120, 2)))
    assert of_kind(store, "not-tried") == ",".join(map(str, [*range(101, 119, 2), "119-120"]))


def test_what_a_run_visited_it_may_leave_untried_later(store: Store) -> None:
    run(store, stored(1), stored(2))
    run(store, unasked=unasked("2-3"))
    assert of_kind(store, "not-tried") == "2-3"
    assert asks(store, "1-3") == Plan(Sids([(3, 3)]), settled_before=2)


def test_ids_that_a_run_gave_up_all_at_once_are_of_that_kind(store: Store) -> None:
    run(store, heard(5, FAILED), unasked=unasked("100-199", FAILED, "robots.txt: time-out"))
    run(store, stored(150))
    assert of_kind(store, "failed") == "5,100-149,151-199"
    assert of_kind(store, "not-tried") == ""


def test_all_ids_there_can_be_are_chosen_at_once(store: Store) -> None:
    run(store, stored(7), stored(9), heard(8, FAILED), unasked=unasked("1-99999999"))
    chosen = asks(store, ALL)
    assert (str(chosen.sids), chosen.settled_before) == ("1-6,8,10-99999999", 2)
    run(store, stored(1_000), stored(90_000))
    assert of_kind(store, "gaps") == "8,10-999,1001-89999"
    assert of_kind(store, "not-tried") == "1-999,1001-89999,90001-99999999"
    assert len(asks(store, ALL, refresh=True).sids) == 99_999_999


def test_a_store_larger_than_what_is_read_at_once_is_chosen_from_whole(store: Store) -> None:
    run(store, *(heard(sid, FAILED) for sid in range(1, 12_001, 2)))
    assert asks(store, "1-12000").sids == Sids([(1, 12_000)])
    with store.snapshot() as view:
        assert list(view.of_kind("failed")) == list(range(1, 12_001, 2))
