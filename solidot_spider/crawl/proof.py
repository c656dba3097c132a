"""Proves that the parser fits the site: compares stories that are read again, and asks known ones where none are.

What a run stores is kept aside until the next proof, and taken back on a disproof. ``known_answers`` has the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from solidot_spider.base.outcome import CHANGED_SITE
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import known_answers
from solidot_spider.crawl.commit_queue import CommitQueue
from solidot_spider.crawl.control import Fetch
from solidot_spider.crawl.known_answers import (
    DIFFERING,
    EVERY,
    SAME,
    Comparison,
    Evidence,
    Progress,
    Proof,
)
from solidot_spider.crawl.known_stories import KnownStories
from solidot_spider.crawl.recorder import Recorder
from solidot_spider.crawl.stated_answers import Statement
from solidot_spider.crawl.verdict import Question
from solidot_spider.store import known_answers as stored_answers
from solidot_spider.store.commit import Written
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store

NOTHING_KNOWN = "no story of this site is known yet: whether the parser fits it, later runs will tell"


class ParserProof:
    """Follows the proof of one run.

    Args:
        store: the run's store.
        recorder: the run's recorder.
        statements: what is known of a few stories where the store knows none.
    """

    def __init__(self, store: Store, recorder: Recorder, statements: Sequence[Statement]) -> None:
        assert recorder.commits is not None
        self.evidence = Evidence()
        self.remarks: list[str] = []
        """What the summary says of it."""
        self._store = store
        self._commits: CommitQueue = recorder.commits
        self._recorder = recorder
        self._known = KnownStories(store, statements)
        self._progress = Progress()
        self._pages = self._stored = self._compared = 0
        self._has_asked = False
        recorder.stored = self._saw

    @property
    def is_disproven(self) -> bool:
        """Whether the site has changed."""
        return self.evidence.proof is Proof.DISPROVEN

    @property
    def questions(self) -> list[Question]:
        """The verdict's question on known answers, if any story was compared."""
        return [Question("known-answers", self.evidence.sentence)] if self._compared else []

    @cached_property
    def is_owed(self) -> bool:
        """Whether a killed run left stories without a proof, and there are known answers to prove them by."""
        with self._using_store():
            return stored_answers.is_anything_unproven(self._store) and len(self._known.all()) >= SAME
        return False

    def plan(self, asked: Sids) -> None:
        """The run asks these ids; what it stores from now on is kept aside if it has anything to compare with."""
        with self._using_store():
            _ = self.is_owed  # of earlier runs: before this one stores anything
            if asked.ranges:
                self._recorder.tally.learn(self._store)
            own = stored_answers.stories_within(self._store, asked)
            self._progress.own += len(own)
            self._progress.is_new = self._progress.is_new or len(own) < len(asked)
            if self._commits.keeps_aside or not asked.ranges:
                return
            answers = [] if len(own) >= DIFFERING else self._known.all()
            known = Sids([*own.ranges, *((each.sid, each.sid) for each in answers)])
            self._commits.keeps_aside = len(known) >= SAME
            if not known.ranges and not self.remarks and stored_answers.is_empty(self._store):
                self.remarks.append(NOTHING_KNOWN)

    async def before_next(self, fetch: Fetch) -> bool:
        """Whether the next story may be asked; known answers are asked first if they are due."""
        if not self._commits.keeps_aside:
            return True
        if self._progress.is_due and not self.is_disproven:
            await self._ask(fetch)
        elif self._pages >= EVERY and self.evidence.proof is Proof.PROVEN:  # by stories that the run asks anyhow
            self._settle()
        self._progress.has_begun = True
        self._progress.age += 1
        self._pages += 1
        if self.is_disproven:
            await self._recorder.all_received()
            await self._doubt(fetch)
        return not self.is_disproven

    async def after_last(self, fetch: Fetch) -> None:
        """Every story has its outcome: ask known answers if nothing else proves what was stored."""
        is_due = self._commits.keeps_aside and self._progress.is_new and self._stored > 0
        if (is_due or self.is_owed) and self.evidence.proof is Proof.OPEN:
            await self._ask(fetch)
        await self._doubt(fetch)

    async def _doubt(self, fetch: Fetch) -> None:
        """Three young stories may have been edited alike: ask some that do not change before the site is blamed."""
        if self.is_disproven and not self._has_asked:
            await self._ask(fetch)

    def close(self) -> None:
        """The run is over: take back what was stored since the last proof, or forget what it replaced."""
        if self.is_disproven:
            self._take_back()
        else:
            self._settle()

    def _saw(self, record: dict[str, Any], written: Written) -> None:
        """A record was stored, and compared if its story is known."""
        self._stored += 1
        if written.answer is not None:
            self._add(known_answers.compared(record["sid"], written.answer, record))

    def _add(self, comparison: Comparison) -> None:
        self._compared += 1
        self.evidence.add(comparison)
        if not comparison.differences and self.evidence.proof is Proof.PROVEN:
            self._progress.age = 0

    async def _ask(self, fetch: Fetch) -> None:
        """Ask up to three known answers, one after the other until they prove the parser."""
        self._has_asked = True
        if self.evidence.proof is Proof.PROVEN:  # too long ago
            self.evidence = Evidence()
        with self._using_store():
            for answer in self._known.next():
                comparison = await self._known.ask(answer, fetch)
                if comparison is not None:
                    self._add(comparison)
                if self.evidence.proof is Proof.PROVEN:
                    break
        self._progress.age = 0
        self._settle()

    def _settle(self) -> None:
        """If the parser is proven, nothing that was stored until now is taken back any more."""
        if self.evidence.proof is Proof.PROVEN:
            with self._using_store():
                stored_answers.forget(self._store)
            self.evidence = Evidence()
            self._pages = self._stored = 0
            self._has_asked = False

    def _take_back(self) -> None:
        taken: list[stored_answers.TakenBack] = []
        with self._using_store():
            taken = stored_answers.take_back(self._store)
        mine = [each for each in taken if each.run_id == self._commits.run_id]
        for each in mine:
            if each.sid not in self._recorder.undelivered:  # those are counted as ``failed``
                self._recorder.ledger.take_back(each.sid, CHANGED_SITE)
            self._recorder.changes[each.kind] -= 1
        self._recorder.changes += Counter()  # without those that none is left of
        if len(mine) < len(taken):
            self.remarks.append(f"{len(taken) - len(mine)} stories of earlier runs without a proof are taken back, too")

    @contextmanager
    def _using_store(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self._recorder.fail(error)
