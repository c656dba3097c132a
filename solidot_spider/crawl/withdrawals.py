"""Holds what would withdraw stories until a run's end: many that are missing at once are a question, no withdrawal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from solidot_spider.base.outcome import MANY_MISSING, Outcome
from solidot_spider.crawl.commit_queue import CommitQueue
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.verdict import Question
from solidot_spider.store.errors import StoreError
from solidot_spider.store.visit import Visit

MOST = 3
"""So many stored stories may turn missing in one run, whatever their share."""

ONE_IN = 10
"""So may one in so many of the stored stories that were asked and answered."""


class Withdrawals:
    """The stories that the store has, and that turned ``missing`` in this run.

    Args:
        commits: where visits go.
        ledger: where the run's ids are in flight.
    """

    def __init__(self, commits: CommitQueue, ledger: Ledger) -> None:
        self.is_believed = False
        """Whether the user says that the site did withdraw them (``-a believe=missing``)."""
        self.questions: list[Question] = []
        """The verdict's question, if any stored story turned missing."""
        self._held: dict[int, Visit] = {}
        self._commits, self._ledger = commits, ledger

    def put(self, visits: Sequence[Visit]) -> None:
        """Commit visits that a control has judged, but hold those that would withdraw a story."""
        missing = [visit.sid for visit in visits if visit.outcome is Outcome.MISSING]
        there = self._believed(missing) if missing else set()
        for visit in visits:
            if visit.sid in there and visit.outcome is Outcome.MISSING:
                self._held[visit.sid] = visit
                self._ledger.hold(visit)
        self._commits.put_all([visit for visit in visits if visit.sid not in self._held])

    def _believed(self, sids: Sequence[int]) -> set[int]:
        try:
            with self._commits.store.snapshot() as view:
                return view.believed(sids)
        except StoreError as error:
            self._commits.error = self._commits.error or str(error)
            return set()

    def settle(self, changes: Counter[str]) -> None:
        """Every id has its answer: commit the visits that were held, with the outcome that their number gives them.

        Args:
            changes: how many stories that came were new to the store, and how many were not, by kind.
        """
        if not self._held:
            return
        self._commits.flush()
        turned = len(self._held)
        asked = turned + changes.total() - changes["new"]
        are_many = turned > MOST and turned * ONE_IN > asked and not self.is_believed
        told = f"{turned} of {asked} stored stories that answered are missing at once, and none is taken as withdrawn"
        self.questions = [Question(MANY_MISSING, f"{told}; if that is right: -a believe=missing" if are_many else "")]
        visits, self._held = [self._held[sid] for sid in sorted(self._held)], {}
        if are_many:
            visits = [replace(visit, outcome=Outcome.UNPARSED, reason=MANY_MISSING) for visit in visits]
        self._commits.put_all(visits)
