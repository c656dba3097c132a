"""A copy has a chunk of rows in memory at once, whatever it does with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.benchmarks.store import filled
from tests.crawling import measured
from tests.store.copy.places import BOTH_WAYS, NOWHERE, Place, is_copied

FEW, MANY = 3_000, 15_000
SHARE = 1.2

Places = Callable[[str, str], Place]


def peak(source: Place, target: Place) -> int:
    """The most memory that a copy had, in KiB."""
    words = ("copy", "--to", target.address)
    told, most = measured(NOWHERE, source.data, *words, env=source.env, patience=600)
    assert told.status == 0, told.err
    return most


@pytest.mark.long
@BOTH_WAYS
def test_a_copy_takes_no_more_memory_for_many_rows(place: Places, kind: str, other: str) -> None:
    few, many = place("sqlite", "few"), place("sqlite", "many")
    filled(few.data, FEW)
    filled(many.data, MANY)
    small, source, target = place(kind, "small"), place(kind, "source"), place(other, "target")
    is_copied(few, small)
    is_copied(many, source)
    most = SHARE * peak(small, place(other, "other"))
    assert peak(source, target) < most, "all is new"
    assert peak(source, target) < most, "all is there"
    with source.engine.begin() as connection:
        connection.execute(text("DELETE FROM pages WHERE sid BETWEEN 100 AND 14000"))
    assert peak(source, target) < most, "most is gone from the middle"
    with source.engine.begin() as connection:
        connection.execute(text("DELETE FROM pages"))
    assert peak(source, target) < most, "all is gone"
