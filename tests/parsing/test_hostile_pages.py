"""Pages made to hurt: whatever is repeated, and wherever, a page takes little time and memory and gives no exception."""

from __future__ import annotations

import json
import os

import pytest

from tests import forked
from tests.parsing import hostile_pages
from tests.parsing.hostile_pages import LISTED, PLACES, Cost

LARGE = 4 * 1024 * 1024 - 64 * 1024
"""The largest answer that is downloaded, but for what else is on the page."""
MOST_SECONDS = 2
MOST_MEGABYTES = 200
SAMPLE = 30_000


def check(found: list[Cost]) -> None:
    assert [cost for cost in found if cost.seconds > MOST_SECONDS or cost.surplus > 0] == []


@pytest.mark.long
@pytest.mark.parametrize("place", [*PLACES, *LISTED])
def test_what_is_repeated_costs_no_more_than_its_size(place: str) -> None:
    check(list(hostile_pages.costs(place, SAMPLE)))


@pytest.mark.long
@pytest.mark.parametrize("place", [*PLACES, *LISTED])
def test_the_largest_pages_take_two_seconds_and_200_mb(place: str) -> None:
    process = forked.start(
        "tests.parsing.hostile_pages", [place, str(LARGE)], env={**os.environ, **forked.STRICT}, cwd=forked.ROOT
    )
    out, err = process.communicate("", timeout=600)
    assert process.returncode == 0, err
    found = json.loads(out)
    check([Cost(*each) for each in found["costs"]])
    assert found["megabytes"] <= MOST_MEGABYTES
