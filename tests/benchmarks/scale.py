"""How much the benchmarks measure."""

from __future__ import annotations

from typing import NamedTuple


class Scale(NamedTuple):
    """Sizes.

    Attributes:
        rounds: turns of each side.
        pages: pages of a crawl.
        stories: stories of a large store.
        ids: ids of the smaller and of the larger crawl whose memory is measured.
        kept: kept pages that are parsed again.
    """

    rounds: int
    pages: int
    stories: int
    ids: tuple[int, int]
    kept: int


FULL = Scale(rounds=5, pages=3000, stories=90_000, ids=(5_000, 50_000), kept=10_000)
QUICK = Scale(rounds=1, pages=50, stories=300, ids=(50, 200), kept=200)
"""Shows that everything runs; its figures say nothing."""
