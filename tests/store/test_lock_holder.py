"""Who holds a store's lock is seen without taking it, and without being in the way of who does."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from solidot_spider.base.options import Options
from solidot_spider.store.lock import holder as lock_holder
from solidot_spider.store.lock.errors import LockedError
from solidot_spider.store.store import Store


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def holder(store: Store) -> str | None:
    with store.reading() as connection:
        return lock_holder.holder(connection, store.where)


def test_the_holder_is_named_while_it_holds(store: Store) -> None:
    assert holder(store) is None
    with store.hold("story-x"):
        told = holder(store)
        assert told is not None
        assert told.startswith("story-x since 20")
        assert holder(store) == told
    assert holder(store) is None


def test_looking_does_not_let_go_of_the_lock(store: Store, chosen: Options) -> None:
    with store.hold("story-x"), Store.opened(chosen) as other:
        holder(other)
        with pytest.raises(LockedError, match="held by story-x since"), other.hold("story-y"):
            pass


def test_who_only_looks_keeps_nobody_from_the_store(store: Store, chosen: Options) -> None:
    seen, stop = [], threading.Event()

    def look() -> None:
        with Store.opened(chosen) as other:
            while not stop.is_set():
                seen.append(holder(other))

    thread = threading.Thread(target=look)
    thread.start()
    for number in range(20):
        with store.hold(f"story-{number}"):
            pass
    stop.set()
    thread.join()
    assert seen
