"""States of an id, made of the visits that led to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from solidot_spider.base import clock
from solidot_spider.base.outcome import HOME_FOR_ALL, Outcome
from solidot_spider.store.state import SidState
from solidot_spider.store.visit import Visit
from tests.stores import NOW

SID = 50

HISTORY = st.lists(
    st.tuples(
        st.sampled_from([each for each in Outcome if each is not Outcome.NOT_TRIED]),
        st.sampled_from(["", HOME_FOR_ALL]),
        st.integers(0, 90 * 24),
    ),
    min_size=1,
    max_size=8,
)


def visit(outcome: Outcome, at: datetime = NOW, reason: str = "") -> Visit:
    return Visit(SID, clock.iso(at), outcome, reason)


def known(*visits: Visit) -> SidState:
    """The state after some runs."""
    states: list[SidState] = []
    for run_id, each in enumerate(visits, 1):
        states.append(SidState.after_visit(states[-1] if states else None, each, run_id))
    return states[-1]


def history(heard: list[tuple[Outcome, str, int]]) -> list[Visit]:
    """Visits, each some hours after the one before it."""
    hours = [sum(each[2] for each in heard[: at + 1]) for at in range(len(heard))]
    return [
        visit(outcome, NOW + timedelta(hours=at), reason if outcome is Outcome.UNPARSED else "")
        for (outcome, reason, _), at in zip(heard, hours, strict=True)
    ]
