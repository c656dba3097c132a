"""Counts what became of the captures of an import, with a few examples of each reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct

from solidot_spider.base.console import plain
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures.capture import SKIPPED, Left

EXAMPLES = 5
"""A reason names so many of its captures at most."""

REASONS = 200
"""So many reasons are told apart; those that follow are counted by how they begin."""

_ORDER = ("", Outcome.REFUSED, Outcome.FAILED, Outcome.UNPARSED, Outcome.MISSING, SKIPPED)
_TROUBLES = frozenset({Outcome.REFUSED, Outcome.FAILED, Outcome.UNPARSED})


class Example(Struct):
    """A capture that was left out; ``sid`` is null if nobody knows its story."""

    where: str
    sid: int | None


class LeftOut(Struct):
    """Captures that were left out for the same reason, and the first of them."""

    outcome: str
    reason: str
    count: int
    examples: list[Example]

    def line(self) -> str:
        """The reason for a person, with its examples."""
        names = [str(each.sid) if each.sid else each.where for each in self.examples]
        more = ", …" if self.count > len(names) else ""
        shown = f": {', '.join(map(plain, names))}{more}" if names else ""
        return f"{self.outcome}: {plain(self.reason)}: {self.count:,}{shown}"


@dataclass(slots=True)
class Tally:
    """The counts of an import.

    Attributes:
        examples: a reason names so many of its captures at most.
        files: how many files were read.
        captures: how many pages of stories were found in them.
        changes: how many of them were ``new``, ``changed``, ``unchanged``, ``older``, ``lesser``, or the ``same``.
        origins: how many that were stored came from which origin.
        unknown: in how many that were stored a field could not be known.
    """

    examples: int = EXAMPLES
    files: int = 0
    captures: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    _left: dict[tuple[str, str], LeftOut] = field(default_factory=dict)

    @property
    def stored(self) -> int:
        """How many captures became records, or took the place of one."""
        return sum(self.changes[each] for each in ("new", "changed", "unchanged"))

    @property
    def is_trouble(self) -> bool:
        """Whether a page, or a part of a file, could not be read."""
        return any(outcome in _TROUBLES for outcome, _ in self._left)

    def store(self, change: str, origin: str, unknown: Iterable[str]) -> None:
        """A capture's record is in the store, or another one stays there."""
        self.changes[change] += 1
        if change in {"new", "changed", "unchanged"}:
            self.origins[origin] += 1
            self.unknown.update(unknown)

    def leave(self, left: Left) -> None:
        """Something was left out."""
        key = (str(left.fate), left.reason)
        if key not in self._left and len(self._left) >= REASONS:
            key = (str(left.fate), left.reason.partition(":")[0])
        found = self._left.setdefault(key, LeftOut(*key, 0, []))
        found.count += 1
        if len(found.examples) < self.examples:
            found.examples.append(Example(left.where, left.sid))

    def left(self) -> list[LeftOut]:
        """What was left out, the gravest first, then by reason."""
        return sorted(self._left.values(), key=lambda each: (_ORDER.index(each.outcome), each.reason))

    def outcomes(self) -> dict[str, int]:
        """How many captures ended how, by the outcomes of a crawl; what was skipped is none."""
        counts = Counter({str(Outcome.STORED): self.stored})
        for each in self._left.values():
            counts[each.outcome] += each.count
        return {str(each): counts[str(each)] for each in Outcome}
