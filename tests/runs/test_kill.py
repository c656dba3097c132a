"""Runs that are killed at any instant and repeated give the dataset of a run that was never disturbed."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise
from math import inf
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from solidot_spider.crawl.commit_queue import INTERVAL
from tests.crawling import FAST, NOW, PATIENCE, crawl, finish, solidot, start
from tests.server.client import Running, running

LAST, KILLS, SEED = 600, 24, 20251108
GONE = list(range(11, LAST, 11))
"""Ids that answer the home page."""
ON_THE_WIRE, LATENCY = 4, 0.05
IN_A_COMMIT = ON_THE_WIRE * INTERVAL / LATENCY
DOUBTED = 50
SPEED = (*FAST, "-s", f"CONCURRENT_REQUESTS={ON_THE_WIRE}")
FAULTS: list[dict[str, Any]] = [
    {"action": "home", "sids": GONE},
    {"action": "status", "status": 503, "path": "/story", "probability": 0.06, "seed": 1, "attempts": [1, 2]},
    {"action": "reset", "path": "/story", "probability": 0.04, "seed": 2, "attempts": [1, 1]},
    {"action": "cut", "path": "/story", "probability": 0.04, "seed": 3, "attempts": [1, 1]},
]


class Page(NamedTuple):
    """A request for a story."""

    moment: float
    sid: int
    came: bool


def pages_of(server: Running) -> list[Page]:
    entries = [each for each in server.requests() if each["sid"]]
    return [Page(each["time"], each["sid"], each["fault"] in (None, "home")) for each in entries]


def killed(server: Running, data: Path, env: dict[str, str], random: Random) -> float:
    """A run that is killed some requests after its start, or before the first; when."""
    process = start(server.url, data, "crawl", "story", *SPEED, "-a", f"sids=1-{LAST}", env=env)
    until, deadline = len(server.requests()) + random.randrange(40), time.monotonic() + PATIENCE
    while len(server.requests()) < until and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(random.uniform(0, INTERVAL))  # an instant of chance, not one that an event tells
    process.kill()
    moment = time.monotonic()
    finish(process, data)
    return moment


def exported(server: Running, data: Path, env: dict[str, str]) -> bytes:
    out = data / "all.jsonl"
    assert solidot(server.url, data, "export", str(out), env=env).status == 0
    return out.read_bytes()


@pytest.mark.long
def test_kills_cost_nothing_but_time(tmp_path: Path, database_url: str) -> None:
    random = Random(SEED)
    plan = tmp_path / "faults.json"
    plan.write_text(json.dumps(FAULTS))
    words = (
        "--stories",
        f"generated:{LAST}",
        "--still",
        "--latency",
        str(LATENCY),
        "--clock",
        NOW,
        "--faults",
        str(plan),
    )
    calm = {"SOLIDOT_CLOCK": NOW}
    env = {**calm, "SOLIDOT_DATABASE_URL": database_url}
    with running(*words) as server:
        assert crawl(server.url, tmp_path / "calm", "-a", f"sids=1-{LAST}", env=calm).status == 0
        wanted = exported(server, tmp_path / "calm", calm)
    data = tmp_path / "data"
    with running(*words) as server:
        kills = []
        for _ in range(KILLS):
            kills.append(killed(server, data, env, random))
            if not database_url and (data / "solidot.db").exists():
                with closing(sqlite3.connect(data / "solidot.db")) as database:
                    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert crawl(server.url, data, "-a", f"sids=1-{LAST}", env=env).status == 0
        pages = pages_of(server)
        last = crawl(server.url, data, "-a", f"sids=1-{LAST}", env=env)
        assert "nothing to ask" in last.err
        assert len(pages_of(server)) == len(pages)
        assert exported(server, data, env) == wanted
    assert len(wanted.splitlines()) == LAST - len(GONE)
    assert_little_is_asked_twice(pages, kills)


def assert_little_is_asked_twice(pages: list[Page], kills: list[float]) -> None:
    """Only what was on the wire, in the open commit, or missing without its control, when a run was killed."""
    came: dict[int, float] = {}
    lost: Counter[tuple[float, bool]] = Counter()
    for begin, end in pairwise([0.0, *kills, inf]):
        highest = 0
        for page in pages:
            if not begin <= page.moment < end:
                continue
            before = came.get(page.sid, end)
            if page.sid > highest and before < begin:  # else it is new, a retry, or a control
                kill = min(kill for kill in kills if kill >= before)
                lost[kill, page.sid in GONE] += 1
            highest = max(highest, page.sid)
            if page.came:
                came[page.sid] = page.moment
    for (_, is_gone), count in lost.items():
        assert count <= ON_THE_WIRE + (DOUBTED if is_gone else IN_A_COMMIT)
