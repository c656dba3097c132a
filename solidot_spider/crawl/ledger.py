"""The ledger of a crawl: the ids in flight, and how many ended in which outcome.

Every id that a run has to ask ends in exactly one outcome, and the counts add up to those ids. Summary, retry file,
report, stats and exit status are views of the ledger.
"""

from __future__ import annotations

from asyncio import Future
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from solidot_spider.base.outcome import SETTLED, Outcome
from solidot_spider.base.sids import Range, merged
from solidot_spider.store.pages.raw_pages import RawPage
from solidot_spider.store.visit import Visit


class LedgerError(RuntimeError):
    """An id was given two outcomes: a fault of the program, never of the site."""


@dataclass(slots=True)
class InFlight:
    """An id that was asked and has no outcome yet.

    Attributes:
        answered_at: when an answer came, UTC, ISO 8601; '' before.
        status: the answer's HTTP status.
        page: the answer's page, if it may be kept.
        notes: what was odd on the page, if it was parsed (``StoryPage.notes``).
        visit: the outcome that it gets when the store has it, or when a control confirms it.
        is_doubted: whether the visit waits for a control.
        is_held: whether a control has confirmed it, and it waits for the run's end (``Withdrawals``).
        stored: says to the pipeline that waits for it whether the store has the record.
    """

    answered_at: str = ""
    status: int | None = None
    page: RawPage | None = None
    notes: Sequence[str] = ()
    visit: Visit | None = None
    is_doubted: bool = False
    is_held: bool = False
    stored: Future[bool] | None = None


class Ledger:
    """Counts outcomes, and keeps what did not settle as ranges with their reasons.

    Memory does not grow with the ids that are stored, nor with a hundred thousand neighbours that fail alike.
    """

    def __init__(self) -> None:
        self.counts: Counter[Outcome] = Counter()
        self.known_unparsed = 0
        """How many of the ``unparsed`` this parser version could not read before."""
        self.in_flight: dict[int, InFlight] = {}
        self.counted: Callable[[Outcome, int], object] | None = None
        """Called with each outcome and how many ids got it."""
        self._ranges: dict[tuple[Outcome, str], list[list[int]]] = {}
        self._taken_back: set[int] = set()
        self._unasked: dict[tuple[Outcome, str], list[tuple[int, int]]] = {}

    def ask(self, sid: int) -> None:
        """An id is asked."""
        self.in_flight[sid] = InFlight()

    @property
    def has_asked(self) -> bool:
        """Whether any id was asked."""
        return bool(self.in_flight or self.counts)

    def note(self, sid: int, notes: Sequence[str]) -> None:
        """An id's page was parsed, and this was odd on it; it is one of the verdict's questions if the id is stored."""
        flight = self.in_flight.get(sid)
        if flight is not None:  # in `parse` and `shell` no run has asked it
            flight.notes = notes

    def doubted(self) -> dict[int, Visit]:
        """The visits that wait for a control, by sid: the home page may have answered them."""
        return {sid: flight.visit for sid, flight in self.in_flight.items() if flight.is_doubted and flight.visit}

    def looks_missing(self) -> set[int]:
        """The ids that wait for a control or for the run's end; none of them can serve as a control."""
        return {sid for sid, flight in self.in_flight.items() if flight.is_doubted or flight.is_held}

    def hold(self, visit: Visit) -> None:
        """A visit that a control has confirmed waits for the run's end, without its page."""
        flight = self.in_flight[visit.sid]
        flight.visit, flight.page, flight.is_held = visit, None, True

    def settle(self, sid: int, outcome: Outcome, reason: str = "", *, was_known_unparsed: bool = False) -> None:
        """An id in flight gets its outcome.

        Args:
            sid: the story id.
            outcome: its outcome.
            reason: why.
            was_known_unparsed: whether this parser version could not read its page before.

        Raises:
            LedgerError: it was not asked, or has an outcome already.
        """
        if self.in_flight.pop(sid, None) is None:
            raise LedgerError(f"story {sid} is given the outcome {outcome!r}, but it is not in flight")
        self._count(sid, sid, outcome, reason)
        if outcome is Outcome.NOT_TRIED:
            self._unasked.setdefault((outcome, reason), []).append((sid, sid))
        self.known_unparsed += was_known_unparsed and outcome is Outcome.UNPARSED

    def settle_rest(self, ranges: Iterable[tuple[int, int]], outcome: Outcome, reason: str) -> None:
        """Ids that were never asked get their outcome, all the same one."""
        for first, last in ranges:
            self._count(first, last, outcome, reason)
            self._unasked.setdefault((outcome, reason), []).append((first, last))

    def close(self, reason: str) -> None:
        """The run is over: what is still in flight was not tried."""
        left = sorted(self.in_flight)
        self.in_flight.clear()
        self.settle_rest(((sid, sid) for sid in left), Outcome.NOT_TRIED, reason)

    def take_back(self, sid: int, reason: str, outcome: Outcome = Outcome.UNPARSED) -> None:
        """An id that was stored gets another outcome, once: the store has it no more, or a feed never had it.

        Raises:
            LedgerError: no id is stored.
        """
        if sid in self._taken_back:
            return
        if not self.counts[Outcome.STORED]:
            raise LedgerError(f"story {sid} is taken back, but no story is stored")
        self.counts[Outcome.STORED] -= 1
        if self.counted is not None:
            self.counted(Outcome.STORED, -1)
        self._taken_back.add(sid)
        self._count(sid, sid, outcome, reason)

    def _count(self, first: int, last: int, outcome: Outcome, reason: str) -> None:
        self.counts[outcome] += last - first + 1
        if self.counted is not None:
            self.counted(outcome, last - first + 1)
        if outcome is Outcome.STORED:
            return
        ranges = self._ranges.setdefault((outcome, "" if outcome is Outcome.MISSING else reason), [])
        if ranges and ranges[-1][1] + 1 == first:
            ranges[-1][1] = last
        else:
            ranges.append([first, last])

    @property
    def total(self) -> int:
        """How many ids have an outcome."""
        return self.counts.total()

    @property
    def asked(self) -> int:
        """How many of them were really asked: not those that the run did not get to, or gave up all at once."""
        return self.total - sum(last - first + 1 for ranges in self._unasked.values() for first, last in ranges)

    @property
    def left(self) -> int:
        """How many ids the run did not get to."""
        return self.counts[Outcome.NOT_TRIED]

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
