"""One process that fetches for long: does its memory grow, does it lose descriptors, does it become slower?

``python -m tests.benchmarks.long_haul [--ids 200000] [--faults 0.05]``: a run at full speed with a store, over a site
where a share of the answers fails. Each tenth of the ids has its memory, its descriptors and its speed.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.benchmarks import by_turns
from tests.crawling import start
from tests.faulty_site import faulty

SPEED = ("-s", "CONCURRENT_REQUESTS=16", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0", "-s", "RETRY_TIMES=1")
ACTIONS: list[dict[str, Any]] = [
    {"action": "status", "status": 500},
    {"action": "reset"},
    {"action": "cut"},
    {"action": "empty"},
    {"action": "truncate", "share": 0.6},
]
PARTS = 10


def settled(database: Path) -> int:
    """How many ids a store knows."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM sids").fetchone()[0])


def memory(pid: int) -> float:
    """The resident memory of a process, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.long_haul", description=__doc__)
    words.add_argument("--ids", type=int, default=200_000, help="(default 200000)")
    words.add_argument("--faults", type=float, default=0.05, help="the share of answers that fail (default 0.05)")
    given = words.parse_args()
    share = given.faults / len(ACTIONS)
    rules = [{**each, "path": "/story", "probability": share, "seed": at} for at, each in enumerate(ACTIONS)]
    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch, "data")
        with faulty(Path(scratch), *rules, stories=f"generated:{given.ids}") as server:
            run = start(server.url, data, "crawl", "story", "-a", f"sids=1-{given.ids}", *SPEED, "--quiet")
            began, before = time.monotonic(), 0
            for part in range(1, PARTS + 1):
                until = given.ids * part // PARTS - (given.ids // 200 if part == PARTS else 0)
                while run.poll() is None and (done := count(data)) < until:
                    time.sleep(0.2)
                now = time.monotonic()
                if run.poll() is None:
                    open_files = len(list(Path(f"/proc/{run.pid}/fd").iterdir()))
                    rate = (done - before) / (now - began)
                    rows.append((part, f"{done:,}", f"{memory(run.pid):.1f}", open_files, f"{rate:.0f}"))
                began, before = now, done
            out, err = run.communicate("", timeout=600)
    print(by_turns.table(("tenth", "ids", "MiB", "descriptors", "ids a second"), rows))
    print(json.dumps({"status": run.returncode, "said": (out + err).splitlines()[-1:]}))


def count(data: Path) -> int:
    """How many ids the run has settled; 0 while there is no store yet."""
    try:
        return settled(data / "solidot.db")
    except sqlite3.OperationalError:
        return 0


if __name__ == "__main__":
    main()
