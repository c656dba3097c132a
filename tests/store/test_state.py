"""What the store knows of an id after its visits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from solidot_spider.base import clock
from solidot_spider.base.outcome import HOME_FOR_ALL, Outcome
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import state
from solidot_spider.store.state import SidState
from solidot_spider.store.visit import Visit
from tests.sid_states import HISTORY, SID, history, known, visit
from tests.stores import NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
STORED, MISSING, UNPARSED, FAILED = Outcome.STORED, Outcome.MISSING, Outcome.UNPARSED, Outcome.FAILED


def test_what_a_failure_brought_under_a_new_version_is_not_known_to_be_unreadable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = known(visit(UNPARSED))
    monkeypatch.setattr(state, "PARSER_VERSION", PARSER_VERSION + 1)
    assert not SidState.after_visit(before, visit(FAILED), 2).is_known_unparsed


@pytest.mark.parametrize(
    ("visits", "is_known"),
    [
        ([visit(UNPARSED)], True),
        ([visit(UNPARSED), visit(FAILED)], True),
        ([visit(FAILED)], False),
        ([visit(UNPARSED, NOW, HOME_FOR_ALL)], False),
    ],
)
def test_an_id_is_known_to_be_unreadable_by_its_own_page_only(visits: list[Visit], is_known: bool) -> None:
    assert known(*visits).is_known_unparsed is is_known


def test_what_was_heard_last_is_kept_as_it_was() -> None:
    last = known(visit(MISSING), visit(FAILED, NOW + DAY, "time-out"))
    assert (last.sid, last.outcome, last.reason, last.at) == (SID, "failed", "time-out", clock.iso(NOW + DAY))
    assert (last.run_id, last.missing_since) == (2, clock.iso(NOW))


@pytest.mark.parametrize(
    ("visits", "withdrawn"),
    [
        ([visit(MISSING)], False),
        ([visit(MISSING), visit(MISSING, NOW + DAY - SECOND)], False),
        ([visit(MISSING), visit(MISSING, NOW + DAY)], True),
        ([visit(MISSING), visit(FAILED, NOW + DAY)], False),
        ([visit(MISSING), visit(FAILED, NOW + DAY), visit(MISSING, NOW + DAY)], True),
        ([visit(MISSING), visit(UNPARSED, NOW + DAY, HOME_FOR_ALL)], False),
        ([visit(MISSING), visit(STORED, NOW + DAY)], False),
        ([visit(MISSING), visit(STORED, NOW + DAY), visit(MISSING, NOW + 2 * DAY)], False),
    ],
)
def test_a_story_is_withdrawn_when_a_day_later_the_same_is_heard(visits: list[Visit], withdrawn: bool) -> None:
    assert known(visit(STORED, NOW - DAY), *visits).is_withdrawn is withdrawn


@given(HISTORY)
def test_an_id_is_missing_since_the_first_answer_after_its_last_story(heard: list[tuple[Outcome, str, int]]) -> None:
    visits = history(heard)
    told = [at for at, each in enumerate(visits) if each.outcome is STORED]
    missing = [each.at for each in visits[told[-1] if told else 0 :] if each.outcome is MISSING]
    assert known(*visits).missing_since == next(iter(missing), None)
