"""The queue of visits on their way to the store: several share a commit if they come fast, else each has its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import monotonic

from solidot_spider.store.commit import Written
from solidot_spider.store.database import BUSY, BusyError, StoreError
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit

INTERVAL = 0.2
"""Seconds between two commits at least; a kill can cost what came in less."""

AGAIN = 0.5
"""Seconds until a commit that waits for another program's is tried again."""

HURRY = 2.0
"""Seconds that commits wait for another program's when the run is to end."""

logger = logging.getLogger(__name__)

Done = Callable[[Visit, Written | None], None]
"""Called with each visit when it is committed; with None if it could not be."""


class CommitQueue:
    """Commits the visits of one run.

    Args:
        store: where to.
        run_id: the run's number.
        done: called when a visit is committed, or cannot be.
    """

    def __init__(self, store: Store, run_id: int, done: Done) -> None:
        self.store = store
        self.run_id = run_id
        self.error = ""
        """Why the store could not be used; '' while it can."""
        self.keeps_aside = False
        """Whether what is stored is kept aside until the next proof."""
        self.is_last = False
        """Whether the run is over: what waits is committed now, or never."""
        self._done = done
        self._busy_until = 0.0
        """Until when another program's commit is waited for; 0 while there is none."""
        self._patience = BUSY
        self._waiting: list[Visit] = []
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def put(self, visit: Visit) -> None:
        """Commit a visit, now or with the next commit."""
        self._waiting.append(visit)
        if self._timer is None:
            wait = self._next - monotonic()
            if wait <= 0:
                self.flush()
            else:
                self._timer = asyncio.get_running_loop().call_later(wait, self.flush)

    def put_all(self, visits: Sequence[Visit]) -> None:
        """Commit visits at once, with all that waits."""
        self._waiting.extend(visits)
        self.flush()

    def hurry(self) -> None:
        """Wait for another program's commit a little only from now on: the run is to end."""
        self._patience = self.store.patience = HURRY
        self._busy_until = min(self._busy_until, monotonic() + HURRY)

    def _may_wait(self) -> bool:
        """Whether a commit that another program holds up is tried again, while the run goes on."""
        if self.is_last:
            return False
        if not self._busy_until:
            self._busy_until = monotonic() + self._patience
            logger.warning("Another program holds the store: waiting for it")
        return monotonic() < self._busy_until

    def flush(self) -> None:
        """Commit all that waits; later, if another program holds the store."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        visits, self._waiting = self._waiting, []
        if not visits:
            return
        written: dict[int, Written] = {}
        if not self.error:
            try:
                written = self.store.write(visits, self.run_id, keeps_aside=self.keeps_aside, waits=self.is_last)
                self._busy_until = 0.0
            except BusyError as error:
                if self._may_wait():
                    self._waiting = [*visits, *self._waiting]
                    self._timer = asyncio.get_running_loop().call_later(AGAIN, self.flush)
                    return
                self.error = str(error)
            except StoreError as error:
                self.error = str(error)
        self._next = monotonic() + INTERVAL
        for visit in visits:
            self._done(visit, written.get(visit.sid))
