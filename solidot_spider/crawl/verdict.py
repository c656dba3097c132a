"""The verdict on a run: named questions that its records must pass. Has the site changed?

The page on it (docs/outcomes.md, *The verdict*) lists them. Failed ids are no question here: they have an
exit status of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.ledger import Ledger

ENOUGH = 50
"""So many records make a share meaningful."""

MOST_MISSING = 0.3
"""The share of ids between the lowest and the highest record that may be missing."""

ONE_NOTED_IN = 50
"""One in so many records may be of a page with the same note of its witnesses."""

FEW_NOTED = 2
"""So many records may be so in a run with fewer than ``ENOUGH``."""

WITNESS_NOTES = ("title-differs", "time-differs", "title-from-jsonld", "time-from-jsonld", "weekday-differs")
"""Notes that are asked for in every run; others of their kind when a page has them."""

WITNESS_SUFFIXES = ("-differs", "-from-jsonld")
"""What a note ends in if two places of a page disagree, or if only the second one has a part."""

Filled = Callable[[Mapping[str, Any]], bool]

ALWAYS: dict[str, Filled] = {
    "title": lambda record: bool(record["title"]),
    "time": lambda record: bool(record["published_at"]),
    "editor": lambda record: bool(record["editor"]["name"]),
    "body": lambda record: bool(record["body"]),
}
"""Filled in every record."""

MOSTLY: dict[str, tuple[Filled, float]] = {
    "department": (lambda record: bool(record["department"]), 0.95),
    "topics": (lambda record: bool(record["topics"]), 0.95),
    "editor.uid": (lambda record: record["editor"]["uid"] is not None, 0.95),
    "views": (lambda record: (record["views"] or 0) > 0, 0.95),
    "sources": (lambda record: bool(record["source_links"] or record["source_labels"]), 0.6),
}
"""Filled in this share of the records of a run with ``ENOUGH`` of them."""


class Question(NamedTuple):
    """A question and its answer; ``why`` is '' if it is passed."""

    name: str
    why: str


class Tally:
    """Counts in how many records of a run each part is filled, and how many of their pages have which note."""

    def __init__(self) -> None:
        self.records = 0
        self.lowest = self.highest = 0
        self.filled: dict[str, int] = dict.fromkeys((*ALWAYS, *MOSTLY), 0)
        self._noted = Counter(dict.fromkeys(WITNESS_NOTES, 0))
        self._tests = {**ALWAYS, **{name: test for name, (test, _) in MOSTLY.items()}}

    def add(self, record: Mapping[str, Any], notes: Collection[str] = ()) -> None:
        """A record was stored.

        Args:
            record: the record, as plain values.
            notes: what was odd on its page (``StoryPage.notes``).
        """
        sid = record["sid"]
        self.lowest = min(self.lowest, sid) if self.records else sid
        self.highest = max(self.highest, sid)
        self.records += 1
        for name, test in self._tests.items():
            self.filled[name] += test(record)
        self._noted.update({note for note in notes if note.endswith(WITNESS_SUFFIXES)})

    def questions(self, ledger: Ledger, asked: Sids) -> list[Question]:
        """The questions that apply to so many records, with their answers.

        Args:
            ledger: the run's outcomes.
            asked: the ids that the run was to ask, in ascending order.
        """
        questions = [self._filled_in(name, 1.0) for name in ALWAYS]
        questions += [self._noted_in(note, number) for note, number in self._noted.items()]
        if self.records >= ENOUGH:
            questions += [self._filled_in(name, share) for name, (_, share) in MOSTLY.items()]
            questions.append(self._missing(ledger, asked))
        return questions

    def _filled_in(self, name: str, share: float) -> Question:
        filled = self.filled[name]
        is_passed = filled >= share * self.records
        return Question(name, "" if is_passed else f"filled in {filled} of {self.records}, expected {share:.0%}")

    def _noted_in(self, note: str, number: int) -> Question:
        if self.records < ENOUGH:
            is_passed, most = number <= FEW_NOTED, str(FEW_NOTED)
        else:
            is_passed, most = number * ONE_NOTED_IN <= self.records, f"{1 / ONE_NOTED_IN:.0%}"
        return Question(note, "" if is_passed else f"in {number} of {self.records}, expected at most {most}")

    def _missing(self, ledger: Ledger, asked: Sids) -> Question:
        between = Sids([(self.lowest, self.highest)])
        number = len(asked.within(between))
        missing = len(Sids(ledger.ranges_of(Outcome.MISSING)).within(between))
        is_passed = missing <= MOST_MISSING * number
        return Question("missing", "" if is_passed else f"{missing} of {number}, expected at most {MOST_MISSING:.0%}")
