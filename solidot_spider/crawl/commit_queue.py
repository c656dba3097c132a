"""The queue of visits on their way to the store: several share a commit if they come fast, else each has its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import monotonic

from solidot_spider.base.outcome import Outcome
from solidot_spider.store.commit import Written
from solidot_spider.store.database import BUSY
from solidot_spider.store.errors import BusyError, StoreError, UnfitError
from solidot_spider.store.lock.errors import LostLockError
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit

logger = logging.getLogger(__name__)

CANNOT_HOLD = "the store cannot hold it"
"""What the reason of a ``failed`` begins with: a value of the story fits no column, and the store is well."""

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
        self.has_lost_lock = False
        """Whether that is because another run may hold it."""
        self.keeps_aside = False
        """Whether what is stored is kept aside until the next proof."""
        self.ahead = 0
        """How many ids had a time in the store that is after now."""
        self.is_last = False
        """Whether the run is over: what waits is committed now, or never."""
        self._done = done
        self._busy_until = 0.0
        """Until when another program's commit is waited for; 0 while there is none."""
        self._patience = BUSY
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
        try:
            committed = self._committed(visits)
        except BusyError as error:
            if self._may_wait():
                self._waiting = [*visits, *self._waiting]
                self._timer = asyncio.get_running_loop().call_later(AGAIN, self.flush)
                return
            self.fail(error)
            committed = [(visit, None) for visit in visits]
        self._next = monotonic() + INTERVAL
        for visit, written in committed:
            try:
                self._done(visit, written)
            except Exception:  # a fault of whoever listens must not cost the others their outcome
                logger.exception("Story %d: fault when it was committed", visit.sid)

    def _committed(self, visits: Sequence[Visit]) -> list[tuple[Visit, Written | None]]:
        """Each visit with what the store made of it; story by story if one of them does not fit.

        Raises:
            BusyError: another program's commit stands in the way of all of them.
        """
        if self.error:
            return [(visit, None) for visit in visits]
        try:
            return self._written(visits, waits=self.is_last)
        except BusyError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, each id gets its outcome
            if isinstance(error, StoreError) and not isinstance(error, UnfitError):
                self.fail(error)
                return [(visit, None) for visit in visits]
            return [each for visit in visits for each in self._alone(visit)]

    def _alone(self, visit: Visit) -> list[tuple[Visit, Written | None]]:
        """What becomes of a visit that is committed by itself."""
        if self.error:
            return [(visit, None)]
        try:
            return self._written([visit], waits=True)
        except Exception as error:  # noqa: BLE001
            if isinstance(error, StoreError) and not isinstance(error, UnfitError):
                self.fail(error)
                return [(visit, None)]
            return self._unfit(visit, error)

    def _written(self, visits: Sequence[Visit], *, waits: bool) -> list[tuple[Visit, Written | None]]:
        written = self.store.write(visits, self.run_id, keeps_aside=self.keeps_aside, waits=waits)
        self._busy_until = 0.0
        self.ahead += sum(each.was_ahead for each in written.values())
        return [(visit, written[visit.sid]) for visit in visits]

    def _unfit(self, visit: Visit, error: Exception) -> list[tuple[Visit, Written | None]]:
        """What becomes of a visit that the store cannot hold: its id is ``failed``."""
        if visit.reason.startswith(CANNOT_HOLD):  # it cannot hold even that
            self.error = str(error)
            return [(visit, None)]
        logger.debug("Story %d: the store cannot hold it", visit.sid, exc_info=error)
        kind = "" if isinstance(error, StoreError) else f"{type(error).__name__}: "
        reason = f"{CANNOT_HOLD}: {kind}{error}"
        return self._alone(Visit(visit.sid, visit.at, Outcome.FAILED, reason))
