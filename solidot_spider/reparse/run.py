"""Reads kept pages again and writes what that changes, chunk by chunk: a kill leaves whole ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

import msgspec
from tqdm import tqdm

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import OK, SITE_CHANGED, TROUBLE
from solidot_spider.base.sids import Sids
from solidot_spider.reparse import reader
from solidot_spider.reparse.reader import Chunk, Chunks
from solidot_spider.reparse.tally import Tally
from solidot_spider.store import sites
from solidot_spider.store.history import REPARSE
from solidot_spider.store.pages import kept, rewriting
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store

AT_ONCE = 100
"""Ids of a chunk."""


class Order(NamedTuple):
    """What is to be read.

    Attributes:
        sids: only the pages of these; None for all.
        is_older: only those that another parser version has read.
        is_dry: whether nothing is written.
        processes: how many read.
    """

    sids: Sids | None = None
    is_older: bool = False
    is_dry: bool = False
    processes: int = 1

    @property
    def arguments(self) -> str:
        """As the run's row has it."""
        given = {"older-than-parser": self.is_older or None, "sids": self.sids and ",".join(map(str, self.sids.ranges))}
        return msgspec.json.encode({name: value for name, value in given.items() if value}).decode()


class Ended(NamedTuple):
    """How a reparse ended.

    Attributes:
        tally: what came of the pages.
        without_page: how many stories have no page to read.
        is_interrupted: whether it ended early.
    """

    tally: Tally
    without_page: int
    is_interrupted: bool

    @property
    def exit_status(self) -> int:
        """The exit status (README, *Exit status*)."""
        return TROUBLE if self.is_interrupted else SITE_CHANGED if self.tally.lost else OK


def reparse(chosen: Options, order: Order) -> Ended:
    """Read kept pages again.

    Args:
        chosen: the program's options, which name the store.
        order: which pages, and how.

    Raises:
        LockedError: another run holds the store.
        StoreError: the store cannot be read or written.
    """
    name = f"{REPARSE}-{clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}"
    with (
        reader.processes(chosen, order.processes) as chunks,
        Store.opened(chosen) as store,
        nullcontext() if order.is_dry else store.hold(name),
    ):
        with store.reading() as connection:
            sids = kept.sids_with_pages(connection, order.sids, is_older=order.is_older)
            without_page = kept.stories_without_page(connection)
        work = _Work(store, chunks, order, name)
        is_interrupted = work.run(sids)
        return Ended(work.tally, without_page, is_interrupted)


class _Work:
    """One reparse: its counts, and its row in the store once it has something to write."""

    def __init__(self, store: Store, chunks: Chunks, order: Order, name: str) -> None:
        self.tally = Tally()
        self._store = store
        self._chunks = chunks
        self._order = order
        self._name = name
        self._run_id = 0

    def run(self, sids: Sequence[int]) -> bool:
        """Read and write all; whether it was interrupted."""
        is_interrupted = False
        if not self._order.is_dry:
            rewriting.close_killed(self._store, clock.iso(clock.now()))
        try:
            while sids:
                sids = self._pass(sids)
        except KeyboardInterrupt:
            is_interrupted = True
        if self._run_id:
            self._end(is_interrupted=is_interrupted)
        return is_interrupted

    def _pass(self, sids: Sequence[int]) -> list[int]:
        """Read and write these; the ids that others have written meanwhile, which are read again."""
        left: list[int] = []
        pieces: list[Chunk] = [sids[first : first + AT_ONCE] for first in range(0, len(sids), AT_ONCE)]
        is_quiet = not sys.stderr.isatty()
        with tqdm(
            total=len(sids), desc="reparse", unit=" ids", leave=False, dynamic_ncols=True, disable=is_quiet
        ) as bar:
            for found in self._chunks(pieces):
                if found.rewrites and not self._order.is_dry:
                    self._begin()
                    left += rewriting.write(self._store, found.rewrites)
                self.tally.join(found.tally)
                bar.update(found.ids)
        return left

    def _begin(self) -> None:
        """Write the run's row before the first change, and none where nothing changes: deltas ask for it."""
        if self._run_id:
            return
        with self._store.reading() as connection:
            site = sites.owner(connection) or ""
        at = clock.iso(clock.now())
        self._run_id = self._store.begin(RunStart(self._name, REPARSE, self._order.arguments, site, at, is_single=1))

    def _end(self, *, is_interrupted: bool) -> None:
        changed = self.tally.changed
        verdict = f"{changed:,} records changed" + (", interrupted" if is_interrupted else "")
        status = Ended(self.tally, 0, is_interrupted).exit_status
        self._store.end(
            self._run_id,
            ended_at=clock.iso(clock.now()),
            asked=0,
            settled_before=0,
            counts="{}",
            questions="{}",
            exit_status=status,
            verdict=verdict,
        )
