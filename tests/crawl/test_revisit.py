"""When an id is asked again: the policy, a day at a time and at each of its boundaries."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import HOME_FOR_ALL, SETTLED, Outcome
from solidot_spider.crawl import revisit
from solidot_spider.crawl.revisit import Age, is_due, may_have_changed
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import state as sid_state
from solidot_spider.store.state import Newest, SidState
from tests.sid_states import HISTORY, SID, history, known, visit
from tests.stores import NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
STORED, MISSING, UNPARSED, FAILED = Outcome.STORED, Outcome.MISSING, Outcome.UNPARSED, Outcome.FAILED
OLDER, RECENT, NEWER = Newest(100, 60), Newest(100, 40), Newest(49, 10)
"""The newest story, such that story 50 is older than the 62 days before it, within them, or newer than it."""

POLICY = [Age(timedelta(age), timedelta(every)) for age, every in Options().revisit]
"""As it is without a setting."""


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new parser version, for the policy and for what is counted."""
    for module in (revisit, sid_state):
        monkeypatch.setattr(module, "PARSER_VERSION", PARSER_VERSION + 1)


def asked_on(outcome: Outcome, newest: Newest | None, days: int, reason: str = "") -> list[int]:
    """The days on which a daily run asks an id that always ends the same."""
    state: SidState | None = None
    asked = []
    for day in range(days):
        if state is None or is_due(state, newest, NOW + day * DAY):
            state = SidState.after_visit(state, visit(outcome, NOW + day * DAY, reason), day)
            asked.append(day)
    return asked


@pytest.mark.parametrize(
    ("outcome", "reason", "newest", "days"),
    [
        (STORED, "", OLDER, [0]),
        (FAILED, "", OLDER, list(range(100))),
        (Outcome.REFUSED, "", OLDER, list(range(100))),
        (Outcome.NOT_TRIED, "", OLDER, list(range(100))),
        (UNPARSED, HOME_FOR_ALL, OLDER, list(range(100))),
        (UNPARSED, "no-dateline", OLDER, [0, 1, 2, *range(9, 100, 7)]),
        (MISSING, "", NEWER, list(range(100))),
        (MISSING, "", None, list(range(100))),
        (MISSING, "", RECENT, list(range(0, 100, 7))),
        (MISSING, "", OLDER, [0, 30]),
    ],
)
def test_a_daily_run_asks_an_id_on_these_days(
    outcome: Outcome, reason: str, newest: Newest | None, days: list[int]
) -> None:
    assert asked_on(outcome, newest, 100, reason) == days


@pytest.mark.parametrize(
    ("state", "newest", "wait"),
    [
        (known(visit(MISSING)), RECENT, timedelta(days=7)),
        (known(visit(MISSING)), Newest(SID, SID), timedelta(days=7)),
        (known(visit(MISSING)), Newest(100, SID), timedelta(days=7)),
        (known(visit(MISSING)), Newest(100, SID + 1), timedelta(days=30)),
        (known(visit(MISSING), visit(MISSING, NOW + 20 * DAY)), OLDER, timedelta(days=30)),
        (known(*(visit(UNPARSED) for _ in range(3))), OLDER, timedelta(days=7)),
    ],
)
def test_an_id_is_due_from_the_very_second_on(state: SidState, newest: Newest, wait: timedelta) -> None:
    assert not is_due(state, newest, NOW + wait - SECOND)
    assert is_due(state, newest, NOW + wait)


def test_an_older_missing_id_is_not_asked_again_after_its_last_look() -> None:
    looked = known(visit(MISSING), visit(MISSING, NOW + 30 * DAY))
    assert not is_due(looked, OLDER, NOW + 3650 * DAY)


def test_a_missing_id_that_failed_since_is_asked_by_every_run() -> None:
    assert is_due(known(visit(MISSING), visit(FAILED, NOW + 40 * DAY)), OLDER, NOW + 40 * DAY)


def test_runs_that_found_the_site_ill_are_not_counted() -> None:
    ill = [visit(UNPARSED, NOW, HOME_FOR_ALL) for _ in range(5)]
    read = [visit(UNPARSED, NOW, "no-title") for _ in range(2)]
    assert is_due(known(*ill, *read), OLDER, NOW)
    assert not is_due(known(*ill, *read, read[0]), OLDER, NOW)


def test_a_failure_between_does_not_begin_the_count_anew() -> None:
    unread = visit(UNPARSED)
    assert not is_due(known(unread, unread, visit(FAILED), unread), OLDER, NOW)


@pytest.mark.parametrize("settled", sorted(SETTLED))
def test_a_story_that_settled_begins_the_count_anew(settled: Outcome) -> None:
    unread = visit(UNPARSED)
    assert is_due(known(unread, unread, unread, visit(settled), unread), OLDER, NOW)


def test_a_new_parser_version_asks_again_what_an_older_one_could_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    unread = visit(UNPARSED)
    state = known(unread, unread, unread)
    upgrade(monkeypatch)
    assert not state.is_known_unparsed
    runs = [True]
    for run_id in range(4, 7):
        state = SidState.after_visit(state, unread, run_id)
        runs.append(is_due(state, OLDER, NOW))
    assert runs == [True, True, True, False]


@given(HISTORY, st.sampled_from([OLDER, RECENT, NEWER, None]), st.lists(st.integers(0, 400 * 24), min_size=2))
def test_an_id_that_is_due_stays_so_until_it_is_asked(
    heard: list[tuple[Outcome, str, int]], newest: Newest | None, hours: list[int]
) -> None:
    visits = history(heard)
    last = datetime.fromisoformat(visits[-1].at)
    due = [is_due(known(*visits), newest, last + timedelta(hours=each)) for each in sorted(hours)]
    assert all(late or not early for early, late in pairwise(due))


def looked_at(age: timedelta, ago: timedelta) -> bool:
    """Whether a story of this age is looked at again so long after the last look; its time is in Beijing."""
    published = (NOW - age).astimezone(clock.BEIJING).isoformat(timespec="seconds")
    return may_have_changed(published, clock.iso(NOW - ago), NOW, POLICY)


@pytest.mark.parametrize(
    ("age", "every"),
    [
        (timedelta(0), timedelta(0)),
        (DAY - SECOND, timedelta(0)),
        (DAY, DAY),
        (7 * DAY - SECOND, DAY),
        (7 * DAY, 7 * DAY),
        (62 * DAY - SECOND, 7 * DAY),
    ],
)
def test_a_story_is_looked_at_the_more_often_the_younger_it_is(age: timedelta, every: timedelta) -> None:
    early = min(every, timedelta(minutes=15))
    assert looked_at(age, every)
    assert looked_at(age, every - early)
    assert not every or not looked_at(age, every - early - SECOND)


@pytest.mark.parametrize("age", [62 * DAY, 63 * DAY, 4000 * DAY])
def test_a_story_whose_comments_are_closed_is_left_alone(age: timedelta) -> None:
    assert not looked_at(age, age)


def test_a_story_of_a_clock_that_goes_ahead_is_young() -> None:
    assert looked_at(-DAY, timedelta(0))


@pytest.mark.parametrize("outcome", [MISSING, UNPARSED])
@pytest.mark.parametrize("newest", [OLDER, RECENT, NEWER])
def test_an_id_that_was_asked_after_now_is_due(outcome: Outcome, newest: Newest) -> None:
    for count in (1, 5):
        state = known(*[visit(outcome, NOW + 4000 * DAY)] * count)
        assert is_due(state, newest, NOW)
        assert not is_due(state, newest, NOW + 4000 * DAY) or newest is NEWER or (outcome is UNPARSED and count == 1)


def test_a_story_that_was_looked_at_after_now_is_looked_at() -> None:
    assert looked_at(30 * DAY, -4000 * DAY)
    assert not looked_at(63 * DAY, -4000 * DAY)


def test_hourly_runs_look_at_a_story_so_often() -> None:
    published, hour = NOW.astimezone(clock.BEIJING).isoformat(), timedelta(hours=1)
    looks = [NOW]
    for at in range(1, 100 * 24):
        now = NOW + at * hour
        if may_have_changed(published, clock.iso(looks[-1]), now, POLICY):
            looks.append(now)
    ages = [(look - NOW) // DAY for look in looks]
    assert [ages.count(day) for day in range(7)] == [24, *[1] * 6]
    assert ages[30:] == list(range(7 + 6, 62, 7))
