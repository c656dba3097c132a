"""An export reads its stories as it writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.store import filled
from tests.crawling import measured

FEW, MANY = 1_000, 10_000
SHARE = 1.2


def peak(data: Path, name: str) -> int:
    """The most memory that an export of a store had, in KiB."""
    run, most = measured("http://127.0.0.1:9", data, "export", str(data / name), patience=600)
    assert run.status == 0, run.err
    return most


@pytest.mark.long
def test_an_export_takes_no_more_memory_for_many_stories(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    filled(few, FEW)
    filled(many, MANY)
    for name in ("stories.jsonl", "stories.csv", "stories.db", "stories.md", "stories.parquet"):
        assert peak(many, name) < peak(few, name) * SHARE, name
