"""An export reads its stories as it writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.store import filled
from tests.crawling import measured

FEW, MANY = 5_000, 15_000
"""Of fewer stories no buffer is full yet."""
SHARE = 1.2


def peak(data: Path, name: str, count: int) -> int:
    """The most memory that an export of the first stories had, in KiB."""
    words = ("export", str(data / f"{count}-{name}"), "--sids", f"1-{count}")
    run, most = measured("http://127.0.0.1:9", data, *words, patience=600)
    assert run.status == 0, run.err
    return most


@pytest.mark.long
def test_an_export_takes_no_more_memory_for_many_stories(data: Path) -> None:
    filled(data, MANY)
    for name in ("stories.jsonl", "stories.csv", "stories.db", "stories.md", "stories.parquet"):
        assert peak(data, name, MANY) < peak(data, name, FEW) * SHARE, name
