"""Reads the kept pages of some ids again, in this process or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import wait
from typing import NamedTuple

from solidot_spider import kept_record
from solidot_spider.base.options import Options
from solidot_spider.reparse.tally import Tally
from solidot_spider.store.errors import StoreError
from solidot_spider.store.pages import kept, rereading
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.rereading import Rewrite
from solidot_spider.store.store import Store

AHEAD = 3
"""For each process so many chunks wait to be read, or to be written."""

Chunk = Sequence[int]
"""Ids that are read, and written, together."""


class Found(NamedTuple):
    """What came of a chunk: how many ids it had, what changes, and how it counts."""

    ids: int
    rewrites: list[Rewrite]
    tally: Tally


Chunks = Callable[[Iterable[Chunk]], Iterator[Found]]
"""Reads chunks; what comes of them, in their order."""


def read(store: Store, chunk: Chunk) -> Found:
    """Read the pages of a chunk.

    Raises:
        StoreError: the store cannot be read.
    """
    tally, rewrites = Tally(), []
    with store.reading() as connection:
        pages = PageReader(connection)
        for each in kept.kept(connection, chunk):
            found = rereading.reread(each, kept_record.reread, pages)
            tally.add(found)
            if found.rewrite.is_needed:
                rewrites.append(found.rewrite)
    return Found(len(chunk), rewrites, tally)


@contextmanager
def processes(chosen: Options, count: int) -> Iterator[Chunks]:
    """Read in so many processes inside a ``with`` block, each with a connection of its own; 1: in this one.

    To enter before this process opens the store: what is forked must not share its connections.

    Args:
        chosen: the program's options, which name the store.
        count: how many processes.

    Raises:
        StoreError: the store cannot be opened.
    """
    if count == 1:
        with Store.opened(chosen) as store:
            yield lambda chunks: (read(store, chunk) for chunk in chunks)
        return
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    executor = ProcessPoolExecutor(count, context, _begin, (chosen,))
    try:
        executor.submit(os.getpid).result()  # forks all, before there are threads and connections here
        yield lambda chunks: _in_order(executor, chunks, count * AHEAD)
    except BrokenProcessPool as error:
        raise StoreError("a process that read pages was killed; run it again: it goes on") from error
    finally:
        executor.shutdown(cancel_futures=True)


def _in_order(executor: ProcessPoolExecutor, chunks: Iterable[Chunk], ahead: int) -> Iterator[Found]:
    waiting = deque[Future[Found]]()
    for chunk in chunks:
        waiting.append(executor.submit(_read, chunk))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_opened = ExitStack()
_stores: list[Store] = []


def _begin(chosen: Options) -> None:
    """Begin a process that reads: it ends with its parent, however that ends, and leaves signals to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _stores.append(_opened.enter_context(Store.opened(chosen)))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _read(chunk: Chunk) -> Found:
    return read(_stores[0], chunk)
