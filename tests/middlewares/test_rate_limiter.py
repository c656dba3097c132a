"""The limiter's clockwork, in this process."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from solidot_spider.middlewares import circuit_breaker
from solidot_spider.middlewares.rate_limiter import RateLimiter
from solidot_spider.middlewares.wire import NotTriedError

PATIENCE = 600.0


async def passed(limiter: RateLimiter, late: float = 0.0) -> float:
    """When a request is on the wire that passed the limiter; the program is busy before it sends it."""
    await limiter.turn()
    time.sleep(late)  # noqa: ASYNC251 - a busy program is what is meant
    await limiter.send()
    return time.monotonic()


def test_a_gap_counts_from_the_wire_when_the_program_was_late() -> None:
    async def times() -> list[float]:
        limiter = RateLimiter(0.1, 0.0, PATIENCE)
        return [await passed(limiter, late) for late in (0.0, 0.08, 0.0, 0.05, 0.0)]

    found = [later - earlier for earlier, later in pairwise(asyncio.run(times()))]
    assert min(found) >= 0.1 - 0.005


def test_many_waiters_pass_one_by_one_in_their_order() -> None:
    async def order() -> list[int]:
        limiter, out = RateLimiter(0.01, 0.5, PATIENCE), list[int]()

        async def one(number: int) -> None:
            await passed(limiter)
            out.append(number)

        await asyncio.gather(*(one(number) for number in range(20)))
        return out

    assert asyncio.run(order()) == list(range(20))


def test_the_end_wakes_all_that_wait() -> None:
    async def woken() -> list[object]:
        limiter = RateLimiter(0.0, 0.0, PATIENCE)
        limiter.hold(300)
        waiting = [asyncio.ensure_future(limiter.turn()) for _ in range(3)]
        pausing = asyncio.ensure_future(limiter.pause(300))
        await asyncio.sleep(0.01)
        limiter.end("for a test")
        return await asyncio.gather(*waiting, pausing, return_exceptions=True)

    *turns, pause = asyncio.run(woken())
    assert [type(each) for each in turns] == [NotTriedError] * 3
    assert {str(each) for each in turns} == {"for a test"}
    assert pause is False


@pytest.mark.parametrize(
    ("delay", "floor", "least", "most"), [(1.5, 0.5, 1.0, 2.0), (1.5, 1.5, 1.5, 2.0), (1.5, 6, 6, 8)]
)
def test_a_floor_is_only_ever_raised(delay: float, floor: float, least: float, most: float) -> None:
    limiter = RateLimiter(delay, 1 / 3, PATIENCE)
    limiter.pace.set_floor(floor)
    assert limiter.pace.low == pytest.approx(least)
    assert limiter.pace.high == pytest.approx(most)


def test_an_open_breaker_lets_one_trial_through() -> None:
    async def trial() -> tuple[bool, bool]:
        limiter = RateLimiter(0.0, 0.0, PATIENCE)
        for _ in range(10):
            limiter.failed()
        limiter.breaker.next_trial = time.monotonic()
        await limiter.turn()
        second = asyncio.ensure_future(limiter.turn())
        await asyncio.sleep(0.02)
        before = second.done()
        limiter.answered()
        await second
        return before, limiter.breaker.is_open

    assert asyncio.run(trial()) == (False, False)


def test_a_trial_that_is_never_heard_of_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit_breaker, "LONGEST_TRIAL", 0.02)

    async def waiting() -> str:
        limiter = RateLimiter(0.0, 0.0, 90.0)
        for _ in range(10):
            limiter.failed()
        limiter.breaker.next_trial = time.monotonic()
        await limiter.turn()
        with pytest.raises(NotTriedError):  # the next trial would be two minutes later
            await limiter.turn()
        return limiter.ended

    assert "does not answer" in asyncio.run(waiting())
