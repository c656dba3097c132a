"""What became of each id: the ledger of a run, and the exit status that follows from it.

Every id asked for ends in exactly one outcome, and the counts add up to the ids asked. Summary, retry file and exit
status are views of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from solidot_spider.base.sids import Range, merged


class Outcome(StrEnum):
    """What can become of an id; ``stored`` and ``missing`` settle it."""

    STORED = "stored"
    MISSING = "missing"
    REFUSED = "refused"
    FAILED = "failed"
    UNPARSED = "unparsed"
    NOT_TRIED = "not tried"


SETTLED = frozenset({Outcome.STORED, Outcome.MISSING})
NOT_TRIED, GAPS = "not-tried", "gaps"
KINDS = ("failed", "refused", "unparsed", "missing", NOT_TRIED, GAPS)
"""What ids can be chosen by; a gap lies between the lowest and the highest story and is not settled."""

HOME_FOR_ALL = "home-page-for-all"
NOT_CONFIRMED = "not confirmed"
NOT_WRITTEN = "not written"

OK, TROUBLE, USAGE, SITE_CHANGED, CANNOT_WRITE, HELD = 0, 1, 2, 3, 4, 75


class LedgerError(RuntimeError):
    """An id was given two outcomes: a fault of the program, never of the site."""


class Ledger:
    """Counts outcomes, and keeps what did not settle as ranges with their reasons.

    Memory does not grow with the ids that are stored, nor with a hundred thousand neighbours that fail alike.
    """

    def __init__(self) -> None:
        self.counts: Counter[Outcome] = Counter()
        self.known_unparsed = 0
        """How many of the ``unparsed`` this parser version could not read before, either."""
        self.open: set[int] = set()
        """Ids asked and not answered yet, a ``missing`` without its confirmation among them."""
        self._ranges: dict[tuple[Outcome, str], list[list[int]]] = {}
        self._unasked: dict[tuple[Outcome, str], list[tuple[int, int]]] = {}

    def ask(self, sid: int) -> None:
        """An id is being asked."""
        self.open.add(sid)

    def settle(self, sid: int, outcome: Outcome, reason: str = "", *, was_known_unparsed: bool = False) -> None:
        """An id that was asked has its outcome.

        Args:
            sid: the story id.
            outcome: what became of it.
            reason: why.
            was_known_unparsed: whether this parser version could not read its page before.

        Raises:
            LedgerError: it was not asked, or has one already.
        """
        if sid not in self.open:
            raise LedgerError(f"story {sid} is given the outcome {outcome!r}, but it is not being asked")
        self.open.discard(sid)
        self._count(sid, sid, outcome, reason)
        if outcome is Outcome.NOT_TRIED:
            self._unasked.setdefault((outcome, reason), []).append((sid, sid))
        self.known_unparsed += was_known_unparsed and outcome is Outcome.UNPARSED

    def settle_rest(self, ranges: Iterable[tuple[int, int]], outcome: Outcome, reason: str) -> None:
        """Ids that were never asked have their outcome, all alike."""
        for first, last in ranges:
            self._count(first, last, outcome, reason)
            self._unasked.setdefault((outcome, reason), []).append((first, last))

    def close(self, reason: str) -> None:
        """The run is over: what is still open was asked in vain."""
        left = sorted(self.open)
        self.open.clear()
        self.settle_rest(((sid, sid) for sid in left), Outcome.NOT_TRIED, reason)

    def _count(self, first: int, last: int, outcome: Outcome, reason: str) -> None:
        self.counts[outcome] += last - first + 1
        if outcome is Outcome.STORED:
            return
        ranges = self._ranges.setdefault((outcome, "" if outcome is Outcome.MISSING else reason), [])
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
        for outcome, reason in sorted(self._ranges, key=lambda key: (order.index(key[0]), key[1])):
            if outcome not in SETTLED:
                yield outcome, reason, merged((first, last) for first, last in self._ranges[outcome, reason])

    def unasked(self) -> Iterator[tuple[Outcome, str, list[Range]]]:
        """What has an outcome without an answer of its own: outcome, reason, ids."""
        for (outcome, reason), ranges in self._unasked.items():
            yield outcome, reason, merged(ranges)

    def ranges_of(self, outcome: Outcome) -> Iterator[tuple[int, int]]:
        """The ids of an outcome other than ``stored``, in no order."""
        for (each, _), ranges in self._ranges.items():
            if each is outcome:
                yield from ((first, last) for first, last in ranges)

    def count_of(self, outcome: Outcome, reason: str) -> int:
        """How many ids ended so, for this reason."""
        return sum(last - first + 1 for first, last in self._ranges.get((outcome, reason), ()))


def exit_status(  # noqa: PLR0913 - all that it hangs on
    ledger: Ledger,
    *,
    interrupted: bool = False,
    breaker_opened: bool = False,
    cannot_write: bool = False,
    failed_question: bool = False,
    lists: int = OK,
) -> int:
    """The exit status of a run, as README's table has it; the first that matches wins.

    Args:
        ledger: the run's outcomes.
        interrupted: whether a signal ended the run.
        breaker_opened: whether the site did not answer for a while.
        cannot_write: whether the feed or the store could not be opened or written.
        failed_question: whether a question of the verdict failed.
        lists: what the list pages alone would make the status.
    """
    if cannot_write:
        return CANNOT_WRITE
    if failed_question or lists == SITE_CHANGED or site_seems_changed(ledger):
        return SITE_CHANGED
    troubles = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNPARSED)
    is_trouble = interrupted or breaker_opened or lists == TROUBLE
    return TROUBLE if is_trouble or any(ledger.counts[each] for each in troubles) else OK


def site_seems_changed(ledger: Ledger) -> bool:
    """More than 2 % of the answers unparsed; of less than 50: two, or one of one; or a control that failed.

    What this parser version could not read before, either, does not count.
    """
    unparsed = ledger.counts[Outcome.UNPARSED] - ledger.known_unparsed
    answers = unparsed + ledger.counts[Outcome.STORED] + ledger.counts[Outcome.MISSING]
    if ledger.count_of(Outcome.UNPARSED, HOME_FOR_ALL):
        return True
    if answers < 50:
        return unparsed >= 2 or (unparsed == 1 and answers == 1)
    return unparsed * 50 > answers
