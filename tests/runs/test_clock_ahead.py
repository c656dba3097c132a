"""A clock that was ahead once: what it wrote is not believed, and said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.crawling import solidot
from tests.moving_site import Moving, moving

pytestmark = pytest.mark.long

NOW = datetime.fromisoformat("2023-02-10T12:00:00+08:00")
AHEAD = NOW + timedelta(days=12 * 365)
DAY = timedelta(days=1)
SAID = "the store had times after now of {} ids, not believed: a clock was ahead"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Moving]:
    with moving(tmp_path, NOW, "--stories", "generated:119", "--per-day", "3", "--still") as moves:
        yield moves


def remarks(site: Moving) -> list[str]:
    return [remark for remark in site.reports[-1].remarks if "clock" in remark]


def sql(data: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(data / "solidot.db")) as database:
        return database.execute(statement).fetchall()


def test_stories_do_not_freeze(site: Moving, data: Path) -> None:
    given = ("-a", "sids=101-110", "-a", "refresh=true")
    site.at(AHEAD)
    assert site.crawl(data, "story", *given).status == 0
    site.at(NOW, {"action": "rewrite", "path": "/story", "pairs": [["公布", "发布"]], "sids": [105]})
    run = site.crawl(data, "story", *given)
    assert run.status == 0
    assert site.reports[-1].changes == {"unchanged": 9, "changed": 1}
    assert remarks(site) == [SAID.format(10)]
    assert SAID.format(10) in run.err
    times = sql(data, "SELECT DISTINCT first_seen, last_seen, last_changed FROM stories")
    assert times == [("2023-02-10T04:00:00+00:00",) * 3]
    assert site.crawl(data, "story", *given).status == 0
    assert remarks(site) == []
    file = data.with_name("all.jsonl")
    solidot("http://127.0.0.1:9", data, "export", str(file))
    assert {json.loads(line)["fetched_at"][:4] for line in file.read_text(encoding="utf-8").splitlines()} == {"2023"}


def test_latest_looks_again_at_what_was_asked_in_the_future(site: Moving, data: Path) -> None:
    site.at(NOW - DAY)
    assert site.crawl(data, "latest").status == 0
    gone = {"action": "home", "path": "/story", "sids": [115]}
    site.at(AHEAD, gone)
    refresh = ("-a", "sids=110-116", "-a", "refresh=true")
    assert site.crawl(data, "story", *refresh).status == 0
    site.at(NOW, gone)
    assert site.crawl(data, "latest").status == 0
    assert set(range(110, 117)) <= set(site.asked)
    assert remarks(site) == [SAID.format(7)]
    assert sql(data, "SELECT missing_since FROM sids WHERE sid = 115") == [("2023-02-10T04:00:00+00:00",)]
    assert sql(data, "SELECT withdrawn_at FROM stories WHERE sid = 115") == [(None,)]
    site.at(NOW + 8 * DAY, gone)
    assert site.crawl(data, "latest").status == 0
    assert sql(data, "SELECT withdrawn_at FROM stories WHERE sid = 115") == [("2023-02-10T04:00:00+00:00",)]


def test_a_page_that_is_younger_still_stays(site: Moving, data: Path) -> None:
    site.at(NOW)
    assert site.crawl(data, "story", "-a", "sid=101").status == 0
    site.at(NOW - timedelta(minutes=2))  # the clock of another machine
    run = site.crawl(data, "story", "-a", "sid=101")
    assert "story 101: the store has a younger page, which stays" in run.err
    assert remarks(site) == []
