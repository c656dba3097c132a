"""Memory does not grow with the number of ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawling import measured
from tests.server.client import running

FEW, MANY = 3_000, 30_000
SHARE = 1.2


def peak(url: str, data: Path, last: int) -> int:
    """The most memory that a crawl of the ids 1 to ``last`` had, in KiB."""
    words = ("crawl", "story", "-a", f"sids=1-{last}", "-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS=32")
    run, most = measured(url, data, *words, patience=600)
    assert run.status == 0
    return most


@pytest.mark.long
def test_memory_is_flat(tmp_path: Path) -> None:
    with running("--stories", f"generated:{MANY}", "--latency", "0.01") as server:
        few = peak(server.url, tmp_path / "few", FEW)
        many = peak(server.url, tmp_path / "many", MANY)
    assert many < few * SHARE
