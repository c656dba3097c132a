"""The most memory that a crawl needs, by the number of its ids: ``python -m tests.benchmarks.memory``.

The server answers after 50 ms, so that ids could pile up. A hundred thousand ids take some ten minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks import by_turns
from tests.crawling import measured
from tests.server.client import running

SPEED = ("-s", "CONCURRENT_REQUESTS=32", "-s", "DOWNLOAD_DELAY=0")


def peak(url: str, data: Path, last: int) -> float:
    """The most memory that a crawl of the ids 1 to ``last`` had, in MiB."""
    run, most = measured(url, data, "crawl", "story", "-a", f"sids=1-{last}", *SPEED, patience=3600)
    if run.status:
        raise RuntimeError(run.err)
    return most / 1024


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.memory", description=__doc__)
    words.add_argument("--ids", type=int, nargs="+", default=[10_000, 100_000], help="(default 10000 100000)")
    words.add_argument("--latency", type=float, default=0.05, help="seconds before an answer (default 0.05)")
    given = words.parse_args()
    with (
        running("--stories", f"generated:{max(given.ids)}", "--latency", str(given.latency)) as server,
        tempfile.TemporaryDirectory() as scratch,
    ):
        peaks = {ids: peak(server.url, Path(scratch, str(ids)), ids) for ids in given.ids}
    least = min(peaks.values())
    rows = [(f"{ids:,}", f"{most:.0f}", f"{most / least:.2f}") for ids, most in peaks.items()]
    print(by_turns.table(("ids", "peak MiB", "ratio"), list(rows)))


if __name__ == "__main__":
    main()
