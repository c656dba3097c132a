"""What the store's stories and a run's own ones let it expect of each record: no equal texts, and no part less."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from math import comb
from typing import Any

from solidot_spider.base.sids import Sids
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.revisit import OPEN_FOR
from solidot_spider.crawl.verdict import ENOUGH, MOSTLY, Question, Tally
from solidot_spider.store import known_answers
from solidot_spider.store.store import Store

SHARED_BY = 3
"""So many stories that have the same text are a question; two may be one that the site has twice."""

REMEMBERED = 1000
"""Texts that are compared with the next one: a long run takes no more memory than a short one."""

FEWEST = 10
"""So many stories of the store tell what most of them have."""

UNLIKELY = 0.001
"""A chance so small is a question."""

TEXTS = ("body", "title")


class Texts:
    """One text of each story, the latest ``REMEMBERED`` different ones, and by which stories it is shared.

    Args:
        name: the field of the record.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._most: tuple[int, ...] = ()
        self._records = 0
        self._sids: OrderedDict[int, tuple[int, ...]] = OrderedDict()

    def remember(self, record: Mapping[str, Any]) -> tuple[int, ...]:
        """The stories that have a record's text, itself too; three of them at most."""
        key, sid = hash(record[self.name]), record["sid"]
        sids = self._sids.pop(key, ())
        if sid not in sids and len(sids) < SHARED_BY:
            sids = (*sids, sid)
        self._sids[key] = sids
        if len(self._sids) > REMEMBERED:
            self._sids.popitem(last=False)
        return sids

    def add(self, record: Mapping[str, Any]) -> None:
        """A record was stored."""
        self._records += 1
        self._most = max(self._most, self.remember(record), key=len)

    @property
    def question(self) -> Question:
        """Whether too many of the run's stories share a text, with each other or with stories of the store."""
        is_all = 1 < self._records == len(self._most)
        is_shared = is_all or len(self._most) >= SHARED_BY
        shown = ", ".join(map(str, sorted(self._most)))
        return Question(f"same-{self.name}", f"in stories {shown}" if is_shared else "")


class Expectation(Tally):
    """Compares the records of a run with each other, too, and with what the store had before it."""

    def __init__(self) -> None:
        super().__init__()
        self._has_learned = False
        self._before = 0
        self._usual = dict.fromkeys(MOSTLY, 0)
        self._texts = [Texts(name) for name in TEXTS]

    def learn(self, store: Store) -> None:
        """Read what the store has, if that was not done before.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._has_learned:
            return
        self._has_learned = True
        recent = known_answers.latest_records(store, ENOUGH)
        settled = known_answers.latest_records(store, ENOUGH, OPEN_FOR)  # a site that changed lately fills the others
        known = settled if len(settled) >= FEWEST else recent
        self._before = len(known)
        self._usual = {name: sum(test(record) for record in known) for name, (test, _) in MOSTLY.items()}
        for record in recent:
            for text in self._texts:
                text.remember(record)

    def add(self, record: Mapping[str, Any], notes: Collection[str] = ()) -> None:
        """A record was stored."""
        super().add(record, notes)
        for text in self._texts:
            text.add(record)

    def questions(self, ledger: Ledger, asked: Sids) -> list[Question]:
        """The questions that apply to so many records, with their answers."""
        questions = super().questions(ledger, asked)
        if self._before >= FEWEST and 0 < self.records < ENOUGH:  # a larger run has shares to keep
            questions += [self._part(name) for name in MOSTLY]
        return [*questions, *(text.question for text in self._texts)]

    def _part(self, name: str) -> Question:
        filled, usual = self.filled[name], self._usual[name]
        chance = at_most(filled, self.records, (usual + 1) / (self._before + 2))
        told = f"filled in {filled} of {self.records}, but in {usual} of {self._before} stories of the store"
        return Question(name, told if chance < UNLIKELY else "")


def at_most(number: int, of: int, share: float) -> float:
    """The chance that a part which so large a share of the stories have is in no more than a number of some of them."""
    return sum(comb(of, each) * share**each * (1 - share) ** (of - each) for each in range(number + 1))
