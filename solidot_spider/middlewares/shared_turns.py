"""The turns that all runs on a store share, on whichever machine: its row of the site is asked before each request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from solidot_spider.base import site
from solidot_spider.store import politeness
from solidot_spider.store.errors import BusyError, StoreError
from solidot_spider.store.politeness import News, Turn
from solidot_spider.store.store import Store

AGAIN = 0.5
"""Seconds until a store that another program's transaction holds is asked again."""

LOOK = 1.0
"""Seconds between two looks of a run without gaps: it shares no pace, but a ``Retry-After`` and an open breaker."""


class Turns:
    """The turns of a run that shares none."""

    async def take(self, gap: float) -> Turn:  # noqa: ARG002
        """Take the turn of the next request; the waits, if it is not to go now.

        Args:
            gap: the seconds since the last request of any run; 0 for no pace.
        """
        return Turn()

    def tell(self, news: News) -> None:
        """Let all runs know what the site has said."""

    def close(self) -> None:
        """The run is over."""


class WatchedTurns(Turns):
    """Keeps to the turns of the runs on a store, and writes nothing there.

    Args:
        store: the store.
        base: the base of the site that is asked.
    """

    def __init__(self, store: Store, base: str) -> None:
        self._store = store
        self._site = site.identity(base)

    async def take(self, gap: float) -> Turn:
        """Look what the next turn would be."""
        with self._store.reading() as connection:
            return politeness.look(connection, self._site, gap)


class SharedTurns(Turns):
    """Takes turns from a store, and tells it what the site has said: at once, or with the next turn if it is busy.

    Args:
        store: the store.
        base: the base of the site that is asked.
        failed: called with the error if the store cannot be used.
        skips_trial: do not wait for the trial of a breaker that another run has opened, but be it.
    """

    def __init__(
        self, store: Store, base: str, failed: Callable[[StoreError], object], *, skips_trial: bool = False
    ) -> None:
        self._store = store
        self._site = site.identity(base)
        self._failed = failed
        self._skips_trial = skips_trial
        self._news = politeness.NOTHING
        self._next_look = 0.0
        self._has_asked_since = False
        """Whether requests went since the last look, of which the store knows nothing."""
        self._busy_since = 0.0

    async def take(self, gap: float) -> Turn:
        """Take a turn; a store that cannot be used is told, and the turn waits."""
        now = monotonic()
        if not gap and now < self._next_look and self._news is politeness.NOTHING:
            self._has_asked_since = True
            return Turn()
        self._next_look = now + LOOK
        try:
            # A store on another machine may be slow: the run must hear signals and answers meanwhile.
            turn = await asyncio.to_thread(self._take, gap)
        except BusyError as error:
            self._busy_since = self._busy_since or now
            if now - self._busy_since > self._store.patience:
                self._failed(error)
            return Turn(wait=AGAIN)
        except StoreError as error:
            self._failed(error)
            return Turn(wait=AGAIN)
        self._busy_since = 0.0
        return turn

    def tell(self, news: News) -> None:
        """Let all runs know."""
        self._news = self._news.joined(news)
        self._flush()

    def close(self) -> None:
        """The run is over: write what is not written yet, if the store is not busy."""
        if self._has_asked_since:
            self._news = self._news.joined(News(is_asked=True))
        self._flush()

    def _flush(self) -> None:
        if self._news is politeness.NOTHING:
            return
        try:
            with self._store.writing(waits=False) as connection:
                politeness.tell(connection, self._site, self._news)
        except StoreError:  # the next turn tells it, or says why it cannot
            return
        self._news = politeness.NOTHING

    def _take(self, gap: float) -> Turn:
        told, self._has_asked_since = self._news, False
        with self._store.writing(waits=False) as connection:
            turn = politeness.take(connection, self._site, gap, told, skips_trial=self._skips_trial)
        if self._news is told:
            self._news = politeness.NOTHING
        return turn
