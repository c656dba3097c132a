"""What a crawl counts in Scrapy's stats, under names that are paths."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.crawling import NOW, crawl
from tests.server.client import running


def test_scrapys_own_stats_have_outcomes_and_waits(tmp_path: Path) -> None:
    plan, log = tmp_path / "faults.json", tmp_path / "crawl.log"
    plan.write_text(
        json.dumps(
            [
                {"action": "status", "status": 500, "sids": [3], "path": "/story"},
                {"action": "status", "status": 403, "sids": [4], "path": "/story"},
                {"action": "empty", "sids": [5], "path": "/story"},
            ]
        )
    )
    words = ("-a", "sids=1-20,200", "-a", "limit=12", "-s", "STATS_DUMP=True", "-L", "INFO", "--logfile", str(log))
    with running("--stories", "generated:100", "--clock", NOW, "--faults", str(plan)) as server:
        run = crawl(server.url, tmp_path / "data", *words, "-s", "SOLIDOT_BACKOFF=0.01", "-s", "DOWNLOAD_DELAY=0.01")
    assert run.status == 1
    dumped = re.search(r"Dumping Scrapy stats: ?\|? ?(\{.*\})", log.read_text(encoding="utf-8"))
    assert dumped
    stats = dict(re.findall(r"'(solidot/[\w/]+)': ([\d.]+)", dumped[1]))
    outcomes = {name.removeprefix("solidot/outcome/"): int(value) for name, value in stats.items() if "outcome" in name}
    assert outcomes == {"stored": 9, "failed": 1, "refused": 1, "unparsed": 1, "not_tried": 9}
    for name in ("retry/waited_seconds", "rate_limit/waited_seconds", "robots/seconds"):
        assert float(stats[f"solidot/{name}"]) > 0
    assert int(stats["solidot/circuit_breaker/opened"]) == 0
