"""Writes what became of each id into the store: a few at once when they come fast, each at once when they do not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from solidot_spider.store.commit import Written
from solidot_spider.store.database import StoreError
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit

EVERY = 0.2
"""Seconds between two commits at least; what a kill can cost is what came in less."""

Done = Callable[[Visit, Written | None], None]
"""Told of each visit when it is committed; None where it could not be."""


class Writer:
    """Commits the visits of one run.

    Args:
        store: where to.
        run_id: the run's number.
        done: told of each visit's end.
    """

    def __init__(self, store: Store, run_id: int, done: Done) -> None:
        self.store = store
        self.run_id = run_id
        self.error = ""
        """Why the store could not be written; '' while it can."""
        self._done = done
        self._waiting: list[Visit] = []
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def put(self, visit: Visit) -> None:
        """A visit to write, now or with the next commit."""
        self._waiting.append(visit)
        if self._timer is None:
            wait = self._next - monotonic()
            if wait <= 0:
                self.flush()
            else:
                self._timer = asyncio.get_running_loop().call_later(wait, self.flush)

    def put_all(self, visits: Sequence[Visit]) -> None:
        """Visits to write at once, with all that waits."""
        self._waiting.extend(visits)
        self.flush()

    def flush(self) -> None:
        """Commit all that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        visits, self._waiting = self._waiting, []
        if not visits:
            return
        written: dict[int, Written] = {}
        if not self.error:
            try:
                written = self.store.write(visits, self.run_id)
            except StoreError as error:
                self.error = str(error)
        self._next = monotonic() + EVERY
        for visit in visits:
            self._done(visit, written.get(visit.sid))
