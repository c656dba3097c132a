"""What became of each id: the ledger of a run, and the exit status that follows from it.

Every id asked for ends in exactly one outcome, and the counts add up to the ids asked. Summary, retry file and exit
status are views of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from solidot_spider.sids import Range, merged


class Outcome(StrEnum):
    """What can become of an id; ``stored`` and ``missing`` settle it."""

    STORED = "stored"
    MISSING = "missing"
    REFUSED = "refused"
    FAILED = "failed"
    UNPARSED = "unparsed"
    NOT_TRIED = "not tried"


SETTLED = frozenset({Outcome.STORED, Outcome.MISSING})
HOME_FOR_ALL = "home-page-for-all"
NOT_CONFIRMED = "not confirmed"

OK, TROUBLE, USAGE, SITE_CHANGED, CANNOT_WRITE = 0, 1, 2, 3, 4


class LedgerError(RuntimeError):
    """An id was given two outcomes: a fault of the program, never of the site."""


class Ledger:
    """Counts outcomes, and keeps what did not settle as ranges with their reasons.

    Memory does not grow with the ids that settle, nor with a hundred thousand neighbours that fail alike.
    """

    def __init__(self) -> None:
        self.counts: Counter[Outcome] = Counter()
        self.open: set[int] = set()
        """Ids asked and not answered yet, a ``missing`` without its confirmation among them."""
        self._unsettled: dict[tuple[Outcome, str], list[list[int]]] = {}

    def ask(self, sid: int) -> None:
        """An id is being asked."""
        self.open.add(sid)

    def settle(self, sid: int, outcome: Outcome, reason: str = "") -> None:
        """An id that was asked has its outcome.

        Raises:
            LedgerError: it was not asked, or has one already.
        """
        if sid not in self.open:
            raise LedgerError(f"story {sid} is given the outcome {outcome!r}, but it is not being asked")
        self.open.discard(sid)
        self._count(sid, sid, outcome, reason)

    def settle_rest(self, ranges: Iterable[tuple[int, int]], outcome: Outcome, reason: str) -> None:
        """Ids that were never asked have their outcome, all alike."""
        for first, last in ranges:
            self._count(first, last, outcome, reason)

    def close(self, reason: str) -> None:
        """The run is over: what is still open was asked in vain."""
        for sid in sorted(self.open):
            self.settle(sid, Outcome.NOT_TRIED, reason)

    def _count(self, first: int, last: int, outcome: Outcome, reason: str) -> None:
        self.counts[outcome] += last - first + 1
        if outcome in SETTLED:
            return
        ranges = self._unsettled.setdefault((outcome, reason), [])
        if ranges and ranges[-1][1] + 1 == first:
            ranges[-1][1] = last
        else:
            ranges.append([first, last])

    @property
    def asked(self) -> int:
        """How many ids have an outcome."""
        return self.counts.total()

    def unsettled(self) -> Iterator[tuple[Outcome, str, list[Range]]]:
        """What did not settle: outcome, reason, ids; the gravest first, then by reason."""
        order = list(Outcome)
        for outcome, reason in sorted(self._unsettled, key=lambda key: (order.index(key[0]), key[1])):
            yield outcome, reason, merged((first, last) for first, last in self._unsettled[outcome, reason])

    def count_of(self, outcome: Outcome, reason: str) -> int:
        """How many ids ended so, for this reason."""
        return sum(last - first + 1 for first, last in self._unsettled.get((outcome, reason), ()))


def exit_status(
    ledger: Ledger, *, interrupted: bool = False, breaker_opened: bool = False, cannot_write: bool = False
) -> int:
    """The exit status of a run, as README's table has it; the first that matches wins.

    Args:
        ledger: the run's outcomes.
        interrupted: whether a signal ended the run.
        breaker_opened: whether the site did not answer for a while.
        cannot_write: whether the feed could not be opened or written.
    """
    if cannot_write:
        return CANNOT_WRITE
    if _site_seems_changed(ledger):
        return SITE_CHANGED
    troubles = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNPARSED)
    return TROUBLE if interrupted or breaker_opened or any(ledger.counts[each] for each in troubles) else OK


def _site_seems_changed(ledger: Ledger) -> bool:
    """More than 2 % of the answers unparsed; of less than 50: two, or one of one; or a control that failed."""
    unparsed = ledger.counts[Outcome.UNPARSED]
    answers = unparsed + ledger.counts[Outcome.STORED] + ledger.counts[Outcome.MISSING]
    if ledger.count_of(Outcome.UNPARSED, HOME_FOR_ALL):
        return True
    if answers < 50:
        return unparsed >= 2 or (unparsed == 1 and answers == 1)
    return unparsed * 50 > answers
