"""Records each id's way from the request to its outcome: the store keeps it first, if there is one, then it counts."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from scrapy.http import Response

from solidot_spider.base import clock
from solidot_spider.base.outcome import NOT_WRITTEN, Outcome
from solidot_spider.crawl import received
from solidot_spider.crawl.commit_queue import CommitQueue
from solidot_spider.crawl.control import EVERY, Control, Fetch, Health, judged
from solidot_spider.crawl.expectation import Expectation
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.withdrawals import Withdrawals
from solidot_spider.parsing.identity import SEVERAL_STORIES
from solidot_spider.store.changes import Change
from solidot_spider.store.commit import Written
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit

logger = logging.getLogger(__name__)

KEEPS_PAGE = frozenset({Outcome.STORED, Outcome.UNPARSED, Outcome.MISSING})
"""Outcomes whose page is kept; that of a ``missing`` until a control has answered."""


class Recorder:
    """Follows the ids that are asked.

    Args:
        ledger: where outcomes are counted.
        store: where visits are kept; None without a store.
        run_id: the run's number in the store.
    """

    def __init__(self, ledger: Ledger, store: Store | None = None, run_id: int = 0) -> None:
        self.ledger = ledger
        self.commits = CommitQueue(store, run_id, self._committed) if store is not None else None
        self.withdrawals = Withdrawals(self.commits, ledger) if self.commits is not None else None
        self.control = Control()
        self.tally = Expectation()
        self.changes: Counter[str] = Counter()
        """How many stored stories were new, changed, unchanged or older than what the store has."""
        self.last_change: tuple[int, Change] | None = None
        self.stored: Callable[[dict[str, Any], Written], object] | None = None
        """Called with each record that the store has, and what it changed there."""
        self.undelivered: set[int] = set()
        """The stories of this run that the store has, and that a fault kept from a file."""
        self.is_waiting = False
        """Whether the run asks nothing more, and waits for what is in flight."""
        self._settled = asyncio.Event()

    @property
    def store_error(self) -> str:
        """Why the store could not be used; '' while it can."""
        return self.commits.error if self.commits else ""

    def fail(self, error: StoreError) -> None:
        """The store could not be used: the run ends with that."""
        assert self.commits is not None
        self.commits.fail(error)

    def ask(self, sid: int) -> None:
        """An id is asked."""
        self.ledger.ask(sid)

    def is_asked(self, sid: object) -> bool:
        """Whether an id is in flight, and has no outcome yet."""
        flight = self.ledger.in_flight.get(sid) if isinstance(sid, int) else None
        return flight is not None and flight.visit is None

    def received(self, sid: int, response: Response, now: datetime) -> None:
        """An answer came for an id; its outcome is not known yet."""
        flight = self.ledger.in_flight.get(sid)
        if flight is None:  # in `parse` and `shell` no run has asked it
            return
        flight.answered_at, flight.status = clock.iso(now), received.status_of(response)
        if self.commits is not None and 200 <= response.status < 300:
            flight.page = received.page_of(response, flight.answered_at, self.commits.store.packer)

    def record(self, sid: int, outcome: Outcome, reason: str = "", record: dict[str, Any] | None = None) -> None:
        """An id's outcome is known; it counts when the store has it, and a ``missing`` when a control has answered."""
        flight = self.ledger.in_flight.get(sid)
        if flight is None or flight.visit is not None:
            return
        if reason and outcome is not Outcome.MISSING:
            logger.info("Story %d %s: %s", sid, outcome, reason)
        at, page = flight.answered_at or clock.iso(clock.last()), flight.page if outcome in KEEPS_PAGE else None
        flight.visit = visit = Visit(sid, at, outcome, reason, flight.status, page, record)
        if outcome is Outcome.MISSING or reason == SEVERAL_STORIES:
            flight.is_doubted = True
            self._settled.set()
        elif self.commits is None or outcome is Outcome.NOT_TRIED:  # which is no visit: the run's row keeps ranges
            self._count(visit, None)
        else:
            self.commits.put(visit)

    async def store(self, record: dict[str, Any]) -> bool:
        """Put a record into the store, if there is one; False if it could not be written."""
        if self.commits is None:
            return True
        stored = self.ledger.in_flight[record["sid"]].stored = asyncio.get_running_loop().create_future()
        self.record(record["sid"], Outcome.STORED, record=record)
        is_stored: bool = await stored
        return is_stored

    async def all_received(self) -> None:
        """Wait until every id in flight has its outcome, or waits for a control."""
        self.is_waiting = True
        try:
            while any(not (flight.is_doubted or flight.is_held) for flight in self.ledger.in_flight.values()):
                self._settled.clear()
                await self._settled.wait()
        finally:
            self.is_waiting = False

    def open_sids(self) -> list[int]:
        """The ids in flight that have no outcome yet, not even one that waits for the store."""
        return [sid for sid, flight in self.ledger.in_flight.items() if flight.visit is None]

    @property
    def is_control_due(self) -> bool:
        """Whether so many visits wait that a control is asked before the run goes on."""
        return len(self.ledger.doubted()) >= EVERY

    async def confirm(self, fetch: Fetch) -> Health:
        """Ask controls, and settle all that waits for them; what comes meanwhile waits for the next ones."""
        if not (doubted := self.ledger.doubted()):
            return Health.WELL
        health = await self.control.health(fetch, self._newest, self.ledger.looks_missing)
        self._judge(doubted, health)
        return health

    def close(self) -> None:
        """The run is over: commit what waits, and settle what no control has confirmed."""
        if self.commits is not None:
            self.commits.is_last = True
        self._judge(self.ledger.doubted(), Health.SILENT)
        self.judge_withdrawals()

    def judge_withdrawals(self) -> None:
        """Every id has its answer: settle the stored stories that turned missing."""
        if self.withdrawals is not None:
            self.withdrawals.settle(self.changes)

    def _judge(self, doubted: dict[int, Visit], health: Health) -> None:
        for sid in doubted:
            self.ledger.in_flight[sid].is_doubted = False
        visits = [judged(doubted[sid], health) for sid in sorted(doubted)]
        if self.withdrawals is not None:
            self.withdrawals.put(visits)
        for visit in visits if self.withdrawals is None else ():
            self._count(visit, None)

    def _newest(self, limit: int) -> list[int]:
        """The newest stories that are believed to be there, newest first."""
        if self.commits is None:
            return self.control.newest(limit)
        self.commits.flush()
        try:
            with self.commits.store.snapshot() as view:
                return view.newest(limit)
        except StoreError as error:
            self.fail(error)
            return []

    def _committed(self, visit: Visit, written: Written | None) -> None:
        """The store has a visit, or could not be written."""
        stored = self.ledger.in_flight[visit.sid].stored
        try:
            if written is None:
                self.ledger.settle(visit.sid, Outcome.FAILED, NOT_WRITTEN)
            else:
                self._count(visit, written)
        finally:
            self._settled.set()
            if stored is not None and not stored.done():
                stored.set_result(written is not None and visit.outcome is Outcome.STORED)

    def _count(self, visit: Visit, written: Written | None) -> None:
        known = written is not None and written.was_known_unparsed
        notes = self.ledger.in_flight[visit.sid].notes
        self.ledger.settle(visit.sid, visit.outcome, visit.reason, was_known_unparsed=known)
        if visit.record is not None:
            self.control.saw_story(visit.sid)
            self.tally.add(visit.record, notes)
        if written is not None and written.change is not None:
            self.changes[written.change.kind] += 1
            self.last_change = visit.sid, written.change
        if written is not None and visit.record is not None and self.stored is not None:
            self.stored(visit.record, written)
        self._settled.set()
