"""Chooses which of the given ids a run asks: those that the policy in ``revisit`` calls due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Range, Sids
from solidot_spider.crawl import revisit
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.revisit import Age
from solidot_spider.store.store import Store


@dataclass(frozen=True, slots=True)
class Plan:
    """The ids that a run asks, and how many of the given ids it leaves out.

    Attributes:
        sids: the ids to ask.
        settled_before: ids that are ``stored`` or ``missing`` and not due again.
        not_due: ids whose page could not be parsed and that are asked again later.
    """

    sids: Sids
    settled_before: int = 0
    not_due: int = 0

    def joined(self, other: Plan) -> Plan:
        """Both plans as one."""
        sids = Sids([*self.sids.ranges, *other.sids.ranges])
        return Plan(sids, self.settled_before + other.settled_before, self.not_due + other.not_due)


def choose(given: Arguments, store: Store, now: datetime, *, asks_all: bool) -> Plan:
    """The plan of a run.

    Args:
        given: the run's arguments.
        store: the run's store.
        now: the time.
        asks_all: whether settled ids are asked as well, as for a file that must hold a whole answer.

    Raises:
        StoreError: the store cannot be read.
    """
    if given.only:
        with store.snapshot() as view:
            found = view.of_kind(given.only)
        return Plan(found if given.sids is None else found.within(given.sids))
    sids = given.sids or Sids()
    return Plan(sids) if asks_all or given.refresh or given.is_single else due(store, sids, now)


def due(store: Store, given: Sids, now: datetime) -> Plan:
    """The plan that asks those of the given ids that are due.

    Raises:
        StoreError: the store cannot be read.
    """
    if not given.ranges:
        return Plan(given)
    span = Range(given.ranges[0].first, given.ranges[-1].last)
    with store.snapshot() as view:
        newest = view.newest_story(revisit.OPEN_FOR)
        stored = view.with_outcome(Outcome.STORED, span)
        states = view.states((Outcome.MISSING, Outcome.UNPARSED), span)
    waiting = [state for state in states if not revisit.is_due(state, newest, now)]
    missing = Sids.of(state.sid for state in waiting if state.outcome == Outcome.MISSING)
    unparsed = Sids.of(state.sid for state in waiting if state.outcome == Outcome.UNPARSED)
    settled = Sids([*stored.ranges, *missing.ranges])
    return Plan(given.without(settled).without(unparsed), len(given.within(settled)), len(given.within(unparsed)))


def changing(store: Store, now: datetime, policy: Sequence[Age]) -> Sids:
    """The stored stories that may have changed, and that the policy asks again.

    Raises:
        StoreError: the store cannot be read.
    """
    with store.snapshot() as view:
        looks = view.published_since(now - max(age.below for age in policy))
    return Sids.of(
        look.sid for look in looks if revisit.may_have_changed(look.published_at, look.asked_at, now, policy)
    )
