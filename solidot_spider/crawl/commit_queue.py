"""The queue of visits on their way to the store: several share a commit if they come fast, else each has its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import monotonic

from solidot_spider.base.outcome import Outcome
from solidot_spider.store.commit import Written
from solidot_spider.store.database import StoreError, UnfitError
from solidot_spider.store.lock import LostLockError
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit

logger = logging.getLogger(__name__)

CANNOT_HOLD = "the store cannot hold it"
"""What the reason of a ``failed`` begins with: a value of the story fits no column, and the store is well."""

INTERVAL = 0.2
"""Seconds between two commits at least; a kill can cost what came in less."""

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
        self.has_lost_lock = False
        """Whether that is because another run may hold it."""
        self.keeps_aside = False
        """Whether what is stored is kept aside until the next proof."""
        self.ahead = 0
        """How many ids had a time in the store that is after now."""
        self._done = done
        self._waiting: list[Visit] = []
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def fail(self, error: StoreError) -> None:
        """The store could not be used: nothing more is written."""
        self.has_lost_lock = self.has_lost_lock or (not self.error and isinstance(error, LostLockError))
        self.error = self.error or str(error)

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

    def flush(self) -> None:
        """Commit all that waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        visits, self._waiting = self._waiting, []
        if not visits:
            return
        committed = self._committed(visits)
        self._next = monotonic() + INTERVAL
        for visit, written in committed:
            try:
                self._done(visit, written)
            except Exception:  # a fault of whoever listens must not cost the others their outcome
                logger.exception("Story %d: fault when it was committed", visit.sid)

    def _committed(self, visits: Sequence[Visit]) -> list[tuple[Visit, Written | None]]:
        """Each visit with what the store made of it; story by story if one of them does not fit."""
        if self.error:
            return [(visit, None) for visit in visits]
        try:
            written = self.store.write(visits, self.run_id, keeps_aside=self.keeps_aside)
            self.ahead += sum(each.was_ahead for each in written.values())
            return [(visit, written[visit.sid]) for visit in visits]
        except Exception as error:  # noqa: BLE001 - whatever it is, each id gets its outcome
            if isinstance(error, StoreError) and not isinstance(error, UnfitError):
                self.fail(error)
                return [(visit, None) for visit in visits]
            if len(visits) > 1:
                return [each for visit in visits for each in self._committed([visit])]
            return self._unfit(visits[0], error)

    def _unfit(self, visit: Visit, error: Exception) -> list[tuple[Visit, Written | None]]:
        """What becomes of a visit that the store cannot hold: its id is ``failed``."""
        if visit.reason.startswith(CANNOT_HOLD):  # it cannot hold even that
            self.error = str(error)
            return [(visit, None)]
        logger.debug("Story %d: the store cannot hold it", visit.sid, exc_info=error)
        kind = "" if isinstance(error, StoreError) else f"{type(error).__name__}: "
        reason = f"{CANNOT_HOLD}: {kind}{error}"
        return self._committed([Visit(visit.sid, visit.at, Outcome.FAILED, reason)])
