"""The store as one run uses it: opened, locked, asked what is left to do, and told when the run begins and ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from solidot_spider import record
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.sids import Sids
from solidot_spider.crawl import plan
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.plan import Plan
from solidot_spider.store.store import RunStart, Store


@dataclass(frozen=True, slots=True)
class Session:
    """What a run has of its store.

    Attributes:
        plan: the ids that are asked.
        store: where what becomes of them is kept; None where nothing is.
        run_id: the run's number in it.
        asks_all: whether ids are asked that the store has settled, too.
    """

    plan: Plan
    store: Store | None = None
    run_id: int = 0
    asks_all: bool = True

    def end(self, **values: Any) -> None:
        """The run has ended.

        Raises:
            StoreError: the store cannot be written.
        """
        if self.store is not None:
            self.store.end(self.run_id, ended_at=clock.iso(clock.now()), **values)


@contextmanager
def opened(chosen: Options, start: RunStart, arguments: Arguments, *, asks_all: bool) -> Iterator[Session]:
    """A session for a run, for the time of a ``with`` block.

    Args:
        chosen: the program's options.
        start: what the run begins with.
        arguments: its arguments, read.
        asks_all: whether ids are asked that the store has settled.

    Raises:
        LockedError: another run holds the store.
        StoreError: the store cannot be opened or written.
    """
    if not chosen.has_store:
        yield Session(Plan(arguments.sids or Sids()))
        return
    with ExitStack() as stack:
        store = stack.enter_context(Store.opened(chosen, create=True, reparse=record.reparse))
        if not arguments.is_single:
            stack.enter_context(store.hold(start.name))
        asked = plan.choose(arguments, store, clock.now(), asks_all=asks_all)
        yield Session(
            asked, store, store.begin(start._replace(is_single=int(arguments.is_single))), asks_all or arguments.refresh
        )
