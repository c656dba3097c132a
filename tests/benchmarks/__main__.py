"""All benchmarks in one command, each figure a ratio in one run: ``python -m tests.benchmarks [NAME…]``.

The machine should have nothing else to do. With ``--json`` the tables are written to a file, and ``--pages`` writes
those of a file into the pages that show them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import crawl, export, extraction, machine, memory, pages, record, start_up, store, urls
from tests.benchmarks.scale import FULL, QUICK, Scale
from tests.benchmarks.tables import Results, Table

BENCHMARKS: dict[str, Callable[[Scale], list[Table]]] = {
    "extraction": extraction.tables,
    "urls": urls.tables,
    "record": record.tables,
    "crawl": crawl.tables,
    "store": store.tables,
    "start-up": start_up.tables,
    "export": export.tables,
    "memory": memory.tables,
}


def main() -> None:
    """Measure, print, and write."""
    words = _parser()
    given = words.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        words.error(f"no benchmark {min(unknown)!r}; there are {', '.join(BENCHMARKS)}")
    if given.pages:
        pages.write(Results.read(given.pages))
        return
    scale = QUICK if given.quick else FULL
    results = Results(machine.program(), datetime.now(UTC).date().isoformat(), machine.told(), [])
    print(results.sentence())
    for name in given.names or BENCHMARKS:
        print(f"\n{name} …", end="", file=sys.stderr, flush=True)
        for table in BENCHMARKS[name](scale):
            results.tables.append(table)
            print(f"\n{table.markdown()}", flush=True)
    if given.json:
        results.written(given.json)


def _parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    words.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)} (default: all)")
    words.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    words.add_argument("--json", type=Path, metavar="FILE", help="write the tables there, too")
    words.add_argument("--pages", type=Path, metavar="FILE", help="write the tables of a file into the pages; no run")
    return words


if __name__ == "__main__":
    main()
