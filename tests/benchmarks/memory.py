"""The most memory that a crawl needs, by the number of its ids."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table
from tests.crawling import measured
from tests.server.client import running

SPEED = ("-s", "CONCURRENT_REQUESTS=32", "-s", "DOWNLOAD_DELAY=0")
LATENCY = 0.05
"""Seconds before an answer, so that ids could pile up."""


def peak(url: str, data: Path, last: int) -> float:
    """The most memory that a crawl of the ids 1 to ``last`` had, in MiB."""
    run, most = measured(url, data, "crawl", "story", "-a", f"sids=1-{last}", *SPEED, patience=3600)
    if run.status:
        raise RuntimeError(run.err)
    return most / 1024


def tables(scale: Scale) -> list[Table]:
    """The most memory of a small crawl and of a large one."""
    with (
        running("--stories", f"generated:{max(scale.ids)}", "--latency", str(LATENCY)) as server,
        tempfile.TemporaryDirectory() as scratch,
    ):
        peaks = {ids: peak(server.url, Path(scratch, str(ids)), ids) for ids in scale.ids}
    least = min(peaks.values())
    rows = [(f"{ids:,}", f"{most:.0f}", f"{most / least:.2f}") for ids, most in peaks.items()]
    title = f"The most memory of a crawl, against a server that answers after {LATENCY * 1000:.0f} ms."
    return [Table("memory", title, ("ids", "MiB", "ratio"), rows)]
