"""Each id from its asking to its outcome: kept by the store where there is one, and only then counted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from scrapy.http import Response

from solidot_spider.base import clock
from solidot_spider.base.outcome import NOT_WRITTEN, Ledger, Outcome
from solidot_spider.crawl.control import Control, Fetch, Health
from solidot_spider.crawl.store_writer import Writer
from solidot_spider.crawl.verdict import Tally
from solidot_spider.parsing.identity import SEVERAL
from solidot_spider.store import raw_pages
from solidot_spider.store.changes import Change
from solidot_spider.store.commit import Written
from solidot_spider.store.database import StoreError
from solidot_spider.store.raw_pages import RawPage
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit

_KEPT = frozenset({Outcome.STORED, Outcome.UNPARSED, Outcome.MISSING})
"""Outcomes whose page is kept; that of a ``missing`` until a control has spoken for the site."""


_Came = tuple[str, int | None, RawPage | None]
"""When an answer came, its status, and the page."""


class Answers:
    """What came for the ids that are being asked.

    Args:
        ledger: where outcomes are counted.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.control = Control()
        self.tally = Tally()
        self.changes: dict[str, int] = {}
        """How many stored stories were new, changed, unchanged or older than what the store has."""
        self.last_change: tuple[int, Change] | None = None
        self.writer: Writer | None = None
        self._came: dict[int, _Came] = {}
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self._ended = asyncio.Event()

    def keep_in(self, store: Store, run_id: int) -> None:
        """Write what becomes of each id into a store."""
        self.writer = Writer(store, run_id, self._written)

    def ask(self, sid: int) -> None:
        """An id is being asked."""
        self.ledger.ask(sid)

    def came(self, sid: int, response: Response, now: datetime) -> None:
        """An answer came for an id; its outcome is still to be told."""
        if sid not in self.ledger.open:
            return
        is_page = self.writer is not None and 200 <= response.status < 300
        self._came[sid] = (clock.iso(now), response.status, _packed(response, clock.iso(now)) if is_page else None)

    def settle(self, sid: int, outcome: Outcome, reason: str = "", record: dict[str, Any] | None = None) -> None:
        """What became of an id; it counts when the store has it, and a ``missing`` when a control has answered."""
        if sid not in self.ledger.open:
            return  # in `parse` and `shell` nothing is asked by a run
        at, status, page = self._came.pop(sid) if sid in self._came else (clock.iso(clock.now()), None, None)
        visit = Visit(sid, at, outcome, reason, status, page if outcome in _KEPT else None, record)
        if outcome is Outcome.MISSING or reason == SEVERAL:
            self.control.doubted[sid] = visit
            self._ended.set()
        elif self.writer is None or outcome is Outcome.NOT_TRIED:  # which is no visit: the run's row has them as ranges
            self._count(visit, None)
        else:
            self.writer.put(visit)

    async def store(self, record: dict[str, Any]) -> bool:
        """Put a record into the store; whether it is there."""
        waiting = self._waiting[record["sid"]] = asyncio.get_running_loop().create_future()
        self.settle(record["sid"], Outcome.STORED, record=record)
        is_there: bool = await waiting
        return is_there

    async def all_came(self) -> None:
        """Wait until every id asked has its outcome, or is doubted."""
        while self.ledger.open - self.control.doubted.keys():
            self._ended.clear()
            await self._ended.wait()

    async def confirm(self, fetch: Fetch) -> Health:
        """Ask a control, and settle all that waits for it; what comes meanwhile waits for the next."""
        doubted = list(self.control.doubted)
        if not doubted:
            return Health.WELL
        health = await self.control.health(fetch, self._newest)
        self._settle_all(self.control.settled(doubted, health))
        return health

    def close(self) -> None:
        """The run is over: write what waits for its commit, and what no control has confirmed."""
        self._settle_all(self.control.settled(list(self.control.doubted), Health.SILENT))

    def _settle_all(self, visits: Sequence[Visit]) -> None:
        if self.writer is not None:
            self.writer.put_all(visits)
        else:
            for visit in visits:
                self._count(visit, None)

    def _newest(self, limit: int) -> list[int]:
        if self.writer is None:
            return self.control.newest(limit)
        self.writer.flush()
        try:
            with self.writer.store.snapshot() as view:
                return view.newest(limit)
        except StoreError as error:
            self.writer.error = self.writer.error or str(error)
            return []

    def _written(self, visit: Visit, written: Written | None) -> None:
        """The store has a visit, or could not be written."""
        if written is None:
            self.ledger.settle(visit.sid, Outcome.FAILED, NOT_WRITTEN)
        else:
            self._count(visit, written)
        waiting = self._waiting.pop(visit.sid, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(written is not None)
        self._ended.set()

    def _count(self, visit: Visit, written: Written | None) -> None:
        known = written is not None and written.was_known_unparsed
        self.ledger.settle(visit.sid, visit.outcome, visit.reason, was_known_unparsed=known)
        if visit.record is not None:
            self.control.saw_story(visit.sid)
            self.tally.add(visit.record)
        if written is not None and written.change is not None:
            kind = written.change.kind
            self.changes[kind] = self.changes.get(kind, 0) + 1
            self.last_change = visit.sid, written.change
        self._ended.set()


def _packed(response: Response, fetched_at: str) -> RawPage:
    assert response.request is not None
    asked = response.request.meta.get("redirect_urls", [response.url])[0]
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
    return raw_pages.pack(response.body, asked, response.url, response.status, headers=headers, fetched_at=fetched_at)
