"""The breaker's states, without any waiting."""

from __future__ import annotations

import pytest

from solidot_spider.middlewares.circuit_breaker import FAILURES_IN_A_ROW, FIRST_TRIAL, WINDOW, CircuitBreaker

PATIENCE = 600.0


def opened(at: float = 0.0) -> CircuitBreaker:
    breaker = CircuitBreaker(PATIENCE)
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(at)
    return breaker


def test_ten_failed_attempts_in_a_row_open_it() -> None:
    breaker = CircuitBreaker(PATIENCE)
    for number in range(FAILURES_IN_A_ROW):
        assert not breaker.is_open
        breaker.failed(float(number))
    assert breaker.is_open
    assert breaker.next_trial == FAILURES_IN_A_ROW - 1 + FIRST_TRIAL


def test_an_answer_ends_the_row() -> None:
    breaker = CircuitBreaker(PATIENCE)
    for number in range(FAILURES_IN_A_ROW * 3):
        breaker.answered() if number % (FAILURES_IN_A_ROW - 1) == 0 else breaker.failed(0.0)
        if number < WINDOW - 1:
            assert not breaker.is_open


def test_half_of_the_last_forty_open_it() -> None:
    breaker = CircuitBreaker(PATIENCE)
    for number in range(WINDOW):
        assert not breaker.is_open
        breaker.answered() if number % 2 else breaker.failed(0.0)
    breaker.failed(0.0)
    assert breaker.is_open


def test_less_than_half_of_them_do_not() -> None:
    breaker = CircuitBreaker(PATIENCE)
    for number in range(WINDOW * 5):
        breaker.failed(0.0) if number % 5 in (0, 1) else breaker.answered()
        assert not breaker.is_open


def test_trials_come_after_one_two_and_four_minutes() -> None:
    breaker = opened(at=0.0)
    trials = []
    while not breaker.has_given_up(now := breaker.next_trial):
        trials.append(now)
        breaker.start_trial(now)
        breaker.failed(now)
        if breaker.has_given_up(now):
            break
    assert trials == [60, 180, 420]


def test_a_good_trial_closes_it_and_begins_anew() -> None:
    breaker = opened(at=0.0)
    breaker.start_trial(0.0)
    breaker.answered()
    assert not breaker.is_open
    assert breaker.patience_left(1e6) == PATIENCE
    for _ in range(FAILURES_IN_A_ROW):
        breaker.failed(1000.0)
    assert breaker.next_trial == 1000.0 + FIRST_TRIAL
    assert breaker.openings == 2


def test_what_was_on_the_wire_does_not_put_the_trial_off() -> None:
    breaker = opened(at=0.0)
    for _ in range(30):
        breaker.failed(1.0)
    assert breaker.next_trial == FIRST_TRIAL
    assert breaker.openings == 1


def test_no_patience_gives_up_at_once() -> None:
    breaker = CircuitBreaker(0.0)
    for _ in range(FAILURES_IN_A_ROW):
        assert not breaker.has_given_up(0.0)
        breaker.failed(0.0)
    assert breaker.has_given_up(0.0)


@pytest.mark.parametrize("waited", [0, 100, 599])
def test_patience_is_counted_from_the_first_failed_attempt(waited: int) -> None:
    breaker = CircuitBreaker(PATIENCE)
    breaker.failed(50.0)
    breaker.failed(60.0)
    assert breaker.patience_left(50.0 + waited) == PATIENCE - waited
