"""Known answers: stories whose records are known are read again, and tell whether the parser still fits the site.

Two that come out as they were are a proof. Three that differ in the same field, and are more than half of those read
again, are a disproof: the site has changed. One that differs is an edit. All here is pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

from solidot_spider.store import changes
from solidot_spider.store.changes import Change, shown

SAME = 2
"""So many stories that come out as they were are a proof."""

DIFFERING = 3
"""So many that differ in the same field are a disproof, if they are more than half of those read again."""

EVERY = 200
"""A proof that is so many pages old is renewed."""

COMMENTS = "comments"
"""The field of a story that had comments, and has none: the site never loses any."""

_RICH = ("department", "topics", "source_links", COMMENTS)
_MORE = ("submitter", "source_labels", "related_sids", "images")


class Proof(Enum):
    """What the stories read again say of the parser."""

    PROVEN = auto()
    DISPROVEN = auto()
    OPEN = auto()


class Difference(NamedTuple):
    """A field of a record, with its old and its new value."""

    field: str
    old: Any
    new: Any


class Comparison(NamedTuple):
    """How a story that was read again differs from what is known of it.

    Attributes:
        sid: its sid.
        differences: the fields that differ.
        had_comments: whether it had comments before; only such a story can lose them.
    """

    sid: int
    differences: tuple[Difference, ...]
    had_comments: bool = False


def compared(sid: int, change: Change, record: Mapping[str, Any]) -> Comparison:
    """The comparison of a story read again.

    Args:
        sid: its sid.
        change: how the new record differs from the known one.
        record: the new record.
    """
    now: int = record["comment_count"]
    before = next((old for name, old, _ in change.moved if name == "comment_count"), now)
    lost = (Difference(COMMENTS, before, now),) if before and not now else ()
    return Comparison(sid, (*(Difference(*each) for each in change.fields), *lost), had_comments=bool(before))


class Evidence:
    """What was read again since the last proof; a story that is read twice counts once, as it came last."""

    def __init__(self) -> None:
        self._read: dict[int, Comparison] = {}
        self._differing: Counter[str] = Counter()
        self._same = self._with_comments = 0

    def __len__(self) -> int:
        return len(self._read)

    def add(self, comparison: Comparison) -> None:
        """A story was read again."""
        before = self._read.pop(comparison.sid, None)
        if before is not None:
            self._count(before, -1)
        self._read[comparison.sid] = comparison
        self._count(comparison, 1)

    def _count(self, comparison: Comparison, sign: int) -> None:
        self._same += 0 if comparison.differences else sign
        self._with_comments += sign if comparison.had_comments else 0
        for difference in comparison.differences:
            self._differing[difference.field] += sign

    @property
    def proof(self) -> Proof:
        """What all of it says."""
        if self.field:
            return Proof.DISPROVEN
        return Proof.PROVEN if self._same >= SAME else Proof.OPEN

    @property
    def field(self) -> str:
        """The field in which the stories disprove the parser; '' if they do not."""
        disproven = (name for name, count in self._differing.items() if DIFFERING <= count > self._of(name) / 2)
        return max(disproven, key=lambda name: self._differing[name], default="")

    def _of(self, field: str) -> int:
        """How many of those read again could differ in a field."""
        return self._with_comments if field == COMMENTS else len(self._read)

    @property
    def sentence(self) -> str:
        """Why the parser is disproven, with one story's old and new value; '' if it is not."""
        field = self.field
        if not field:
            return ""
        found = (
            (comparison.sid, difference)
            for comparison in self._read.values()
            for difference in comparison.differences
            if difference.field == field
        )
        sid, difference = next(found)
        count = f"{field} differs in {self._differing[field]} of {self._of(field)} stories read again"
        return f"{count}, such as story {sid}: {shown(difference.old, difference.new)}"


@dataclass(slots=True)
class Progress:
    """How far a run is from its last proof.

    Attributes:
        is_new: whether the run asks any story that is not stored yet; else no known answers are asked.
        own: how many known stories the run asks anyhow.
        has_begun: whether a story was asked.
        age: how many were asked since the last proof.
    """

    is_new: bool = False
    own: int = 0
    has_begun: bool = False
    age: int = 0

    @property
    def is_due(self) -> bool:
        """Whether known answers are asked before the next story."""
        return self.is_new and (self.age >= EVERY or (not self.has_begun and self.own < DIFFERING))


def richness(record: Mapping[str, Any]) -> tuple[int, int]:
    """How much a change of the site can show in a record: by the parts that most stories have, then by the others."""
    return sum(bool(record[name]) for name in _RICH), sum(bool(record[name]) for name in _MORE)


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A story of which something is known, and how a new record is compared with that."""

    sid: int
    compare: Callable[[dict[str, Any]], Comparison]


def of_records(records: Iterable[dict[str, Any]]) -> list[KnownAnswer]:
    """Known answers of stored records, those first that show most of a change; of equals the order stays."""
    return [_of_record(each) for each in sorted(records, key=richness, reverse=True)]


def _of_record(old: dict[str, Any]) -> KnownAnswer:
    sid: int = old["sid"]
    return KnownAnswer(sid, lambda new: compared(sid, changes.between(old, new), new))
