"""Copies that are stopped or killed at any instant."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from random import Random

import pytest

from solidot_spider.store.store import Store
from tests.crawling import finish, start, until
from tests.store.copy.places import (
    BOTH_WAYS,
    NOWHERE,
    Place,
    exported,
    fill,
    is_copied,
    killed_after,
    row_count,
    rows,
)
from tests.stores import run, small, stored

Places = Callable[[str, str], Place]
MANY = 4000


@pytest.mark.long
@BOTH_WAYS
def test_kills_cost_a_copy_nothing_but_time(place: Places, kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    with Store.opened(source.options, create=True) as store:
        run(store, *(small(store, sid) for sid in range(1, MANY + 1)))
        run(store, *(stored(sid, title="二") for sid in range(1, 50)))
    whole, random = row_count(source), Random(20251201)
    seen = []
    for instant in [0, *sorted(random.randrange(whole) for _ in range(8)), whole]:
        killed_after(source, target, instant)
        seen.append(row_count(target))
    assert seen == sorted(seen), "what is copied stays"
    assert len(set(seen)) > 5
    is_copied(source, target)
    assert exported(target) == exported(source)


@pytest.mark.long
@BOTH_WAYS
def test_kills_leave_an_earlier_copy_as_it_was(place: Places, kind: str, other: str) -> None:
    source, target = place(kind, "source"), place(other, "target")
    fill(source)
    is_copied(source, target)
    before = rows(target)
    with Store.opened(source.options) as store:
        run(store, *(stored(sid, title="三") for sid in range(2, 2000, 3)))
    after = rows(source)
    random = Random(20251202)
    for _ in range(10):
        process = start(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)
        time.sleep(random.uniform(0.2, 1.5))  # an instant of chance, not one that an event tells
        process.kill()
        finish(process, source.data)
        assert rows(target) in (before, after)
    is_copied(source, target)
    assert exported(target) == exported(source)


@pytest.mark.long
@BOTH_WAYS
def test_a_signal_ends_a_copy_in_a_sentence(place: Places, kind: str, other: str) -> None:
    number = signal.SIGTERM if kind == other else signal.SIGINT
    source, target = place(kind, "source"), place(other, "target")
    fill(source, 3000)
    process = start(NOWHERE, source.data, "copy", "--to", target.address, env=source.env)
    until(lambda: row_count(target) > 0 or process.poll() is not None)
    begun = time.monotonic()
    process.send_signal(number)
    told = finish(process, source.data)
    assert time.monotonic() - begun < 5
    assert (told.status, told.err.splitlines()[-1]) in (
        (1, "solidot: interrupted; run the same line again: it goes on"),
        (0, "read again: each table has the rows of the source"),  # it was faster
    )
    is_copied(source, target)
