"""Real crawls over a store: what a run leaves to the next one, and what it asks again."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from solidot_spider.crawl import report
from tests.conftest import needs_postgres
from tests.crawling import FAST, crawl, finish, solidot, start
from tests.server.client import Running, running

EDITED, EDIT = 82714, "2025-11-06T08:00:00+08:00"
BEFORE, AFTER = "2025-11-06T07:00:00+08:00", "2025-11-06T09:00:00+08:00"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextmanager
def site(
    tmp_path: Path, *faults: dict[str, Any], words: tuple[str, ...] = ("--stories", "generated:300")
) -> Iterator[Running]:
    plan = tmp_path / "faults.json"
    plan.write_text(json.dumps(faults))
    with running(*words, "--faults", str(plan)) as server:
        yield server


def heal(tmp_path: Path) -> None:
    aside = tmp_path / "healed.json"
    aside.write_text("[]\n")
    aside.replace(tmp_path / "faults.json")


def asked(server: Running) -> list[int]:
    return [each["sid"] for each in server.requests() if each["sid"]]


def status(data: Path, env: dict[str, str] | None = None) -> dict[str, Any]:
    told = solidot("http://127.0.0.1:9", data, "status", "--json", env=env or {})
    assert told.status == 0, told.err
    return dict(json.loads(told.out))


def test_a_second_run_asks_nothing_and_says_so(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path) as server:
        first = crawl(server.url, data, "-a", "sids=1-70", env=env)
        before = len(server.requests())
        second = crawl(server.url, data, "-a", "sids=1-70", "--report", str(tmp_path / "report.json"), env=env)
        after = len(server.requests())
    assert (first.status, second.status) == (0, 0)
    assert "70 new" in first.err
    assert "0 asked" in second.err
    assert "nothing to ask" in second.err
    assert "70 settled before" in second.err
    assert after == before  # not even robots.txt
    told = report.read((tmp_path / "report.json").read_bytes())
    assert (told.asked, told.settled_before, told.counts["stored"]) == (0, 70, 0)
    assert status(data, env)["stories"] == 70


def test_only_what_is_not_settled_is_asked_again(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(
        tmp_path, {"action": "status", "status": 500, "sids": [3, "7-9"]}, {"action": "empty", "sids": [5]}
    ) as server:
        crawl(server.url, data, "-a", "sids=1-80", env=env)
        heal(tmp_path)
        seen = len(asked(server))
        second = crawl(server.url, data, "-a", "sids=1-85", env=env)
        again = asked(server)[seen:]
    assert second.status == 0
    assert sorted(set(again)) == [3, 5, 7, 8, 9, 81, 82, 83, 84, 85]
    assert status(data, env)["stories"] == 85


def test_a_kind_of_ids_is_asked_alone(tmp_path: Path, data: Path) -> None:
    with site(
        tmp_path, {"action": "status", "status": 500, "sids": [3]}, {"action": "status", "status": 403, "sids": [4]}
    ) as server:
        crawl(server.url, data, "-a", "sids=1-20", "-a", "limit=12")
        heal(tmp_path)
        for kind, sids in (("failed", [3]), ("refused", [4]), ("not-tried", list(range(13, 21)))):
            seen = len(asked(server))
            assert crawl(server.url, data, "-a", f"only={kind}").status == 0
            assert sorted(asked(server)[seen:]) == sids
        assert crawl(server.url, data, "-a", "only=gaps").err.count("nothing to ask") == 1


def test_gaps_lie_between_the_lowest_and_the_highest_story(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        crawl(server.url, data, "-a", "sids=5-8,12,15")
        seen = len(asked(server))
        crawl(server.url, data, "-a", "only=gaps", "-a", "sids=1-13")
        some = asked(server)[seen:]
        crawl(server.url, data, "-a", "only=gaps")
        rest = asked(server)[seen + len(some) :]
    assert (some, rest) == ([9, 10, 11, 13], [14])


def test_refresh_and_a_file_ask_all(tmp_path: Path, data: Path) -> None:
    target = tmp_path / "all.jsonl"
    with site(tmp_path) as server:
        crawl(server.url, data, "-a", "sids=1-5")
        refreshed = crawl(server.url, data, "-a", "sids=1-5", "-a", "refresh=true")
        filed = crawl(server.url, data, "-a", "sids=1-6", "-O", str(target))
    assert "5 unchanged" in refreshed.err
    assert "5 unchanged, 1 new" in filed.err or "1 new, 5 unchanged" in filed.err
    assert len(target.read_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-a", "only=gaps", "-O", "x.jsonl"), "solidot export"),
        (("-a", "only=gaps", "-o", "x.jsonl"), "solidot export"),
        (("-a", "sid=5", "-a", "only=failed"), "sid= stands alone"),
        (("-a", "only=lost"), "failed, refused, unparsed, missing, not-tried, gaps"),
        (("-a", "sids=5", "-a", "refresh=yes"), "refresh=yes"),
        (("-a", "sids=5", "-a", "refresh=true", "-a", "only=failed"), "one of both"),
        (("-a", "only=failed", "-s", "SOLIDOT_DATABASE_URL=none"), "asks the store"),
        (("-a", "sid=5", "-s", "SOLIDOT_DATABASE_URL=mysql://x"), "postgresql://user@host/database"),
        (("-a", "sid=5", "-s", "SOLIDOT_KEEP_FEEDS=few"), "SOLIDOT_KEEP_FEEDS=few"),
    ],
)
def test_a_wrong_word_is_one_line_and_makes_nothing(data: Path, words: tuple[str, ...], told: str) -> None:
    done = solidot("http://127.0.0.1:9", data, "crawl", "story", *words)
    assert done.status == 2
    assert told in done.err
    assert done.err.startswith("solidot: ")
    assert done.err.count("\n") == 1
    assert not data.exists()


def test_one_story_again_shows_what_changed(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    clock = tmp_path / "clock"
    clock.write_text(BEFORE)
    with running("--clock", str(clock)) as server:
        new = crawl(server.url, data, "-a", f"sid={EDITED}", env=env)
        same = crawl(server.url, data, "-a", f"sid={EDITED}", env=env)
        clock.write_text(AFTER)
        changed = crawl(server.url, data, "-a", f"sid={EDITED}", env=env)
    assert f"story {EDITED}: new" in new.err
    assert f"story {EDITED}: unchanged; views " in same.err
    assert f"story {EDITED}: changed; views " in changed.err
    assert "  title: " in changed.err
    assert "十二万地址泄露" in changed.err
    assert "  body: " in changed.err
    assert " → " in changed.err
    assert status(data, env)["stories"] == 1


def test_what_is_withdrawn_stays_in_the_dataset(tmp_path: Path, data: Path) -> None:
    clock, out = tmp_path / "clock", tmp_path / "out.jsonl"
    env = {"SOLIDOT_CLOCK": str(clock)}
    clock.write_text(AFTER)
    with running("--clock", str(clock)) as server:
        for moment in ("08T08:00", "08T12:00", "09T13:00"):
            clock.write_text(f"2025-11-{moment}:00+08:00")
            assert crawl(server.url, data, "-a", "sids=82716,82725", "-a", "refresh=true", env=env).status == 0
    assert solidot(server.url, data, "export", str(out)).status == 0
    stories = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(story["sid"], story["withdrawn_at"]) for story in stories] == [
        (82716, None),
        (82725, "2025-11-08T04:00:00+00:00"),
    ]


def test_the_newest_story_of_an_earlier_run_is_the_control(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        crawl(server.url, data, "-a", "sids=1-3")
        seen = len(server.requests())
        done = crawl(server.url, data, "-a", "sid=900")
        paths = [each["path"] for each in server.requests()[seen:]]
    assert "1 missing" in done.err
    assert paths == ["/robots.txt", "/story?sid=900", "/story?sid=3"]


def test_a_run_that_is_stopped_leaves_the_rest_to_the_next(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        first = crawl(server.url, data, "-a", "sids=1-40", "-a", "limit=15")
        second = crawl(server.url, data, "-a", "sids=1-40")
        sids = asked(server)
    assert "25 not tried" in first.err
    assert "15 settled before" in second.err
    assert sorted(sids) == list(range(1, 41))


def test_an_unreadable_page_that_is_known_does_not_make_the_site_changed(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"action": "empty", "sids": [5, 6]}) as server:
        first = crawl(server.url, data, "-a", "sids=1-6")
        second = crawl(server.url, data, "-a", "sids=1-6")
        third = crawl(server.url, data, "-a", "sids=1-6")
        fourth = crawl(server.url, data, "-a", "sids=1-6")
    assert [run.status for run in (first, second, third, fourth)] == [3, 1, 1, 0]
    assert "2 could not be read lately" in fourth.err


def test_what_no_robots_txt_allowed_is_asked_when_there_is_one(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, {"path": "/robots.txt", "action": "status", "status": 503}) as server:
        first = crawl(server.url, data, "-a", "sids=1-5", "-s", "RETRY_TIMES=0")
        heal(tmp_path)
        second = crawl(server.url, data, "-a", "only=refused")
    assert (first.status, second.status) == (1, 0)
    assert "5 stored" in second.err


def test_a_failed_question_is_3_and_named_everywhere(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, words=("--stories", "generated:60", "--step", "2")) as server:
        done = crawl(server.url, data, "-a", "sids=1-119", "--report", str(tmp_path / "report.json"))
    told = report.read((tmp_path / "report.json").read_bytes())
    assert done.status == 3
    assert "missing 59 of 119, expected at most 30%" in done.err
    assert told.questions["missing"] == "59 of 119, expected at most 30%"
    assert told.questions["title"] == ""
    assert "missing 59 of 119" in status(data)["runs"][0]["verdict"]


def test_two_runs_at_once(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path, words=("--stories", "generated:300", "--latency", "0.1")) as server:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", env=env)
        while not asked(server):
            time.sleep(0.02)
        second = crawl(server.url, data, "-a", "sids=1-10", env=env)
        single = crawl(server.url, data, "-a", "sid=299", env=env)
        done = finish(first, data)
        third = crawl(server.url, data, "-a", "sids=1-10", env=env)
    assert second.status == 75
    assert second.err.count("\n") == 1
    assert "held by story-" in second.err
    assert " since 20" in second.err
    assert (single.status, done.status, third.status) == (0, 0, 0)
    assert status(data, env)["stories"] == 300


def test_a_dead_run_holds_nothing(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path, words=("--stories", "generated:300", "--latency", "0.1")) as server:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", env=env)
        while not asked(server):
            time.sleep(0.02)
        first.kill()
        finish(first, data)
        second = crawl(server.url, data, "-a", "sids=1-10", env=env)
    assert second.status == 0
    assert "runs still, or was killed" in solidot(server.url, data, "status", env=env).out


def test_the_newest_feeds_of_runs_are_kept(tmp_path: Path, data: Path) -> None:
    mine = data / "runs" / "mine.jsonl"
    mine.parent.mkdir(parents=True)
    mine.write_text("{}\n")
    with site(tmp_path) as server:
        runs = [crawl(server.url, data, "-a", f"sids={sid}", "-s", "SOLIDOT_KEEP_FEEDS=2") for sid in (1, 2, 3, 4)]
        journals = [
            crawl(
                server.url,
                tmp_path / "none",
                "-a",
                "sid=1",
                "-s",
                "SOLIDOT_KEEP_FEEDS=2",
                "-s",
                "SOLIDOT_DATABASE_URL=none",
            )
            for _ in range(3)
        ]
    assert [run.status for run in (*runs, *journals)] == [0] * 7
    kept = [json.loads(path.read_text()).get("sid") for path in runs[0].feeds]
    assert sorted(kept, key=str) == [3, 4, None]
    assert mine.exists()
    assert len(journals[0].feeds) == 3


def test_a_full_disk_is_4_and_the_next_run_goes_on(tmp_path: Path, data: Path) -> None:
    limits = {"RLIMIT_FSIZE": 400_000}
    with site(tmp_path) as server:
        first = finish(start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", limits=limits), data)
        second = crawl(server.url, data, "-a", "sids=1-300")
    assert first.status == 4
    assert "solidot.db" in first.err
    assert "goes on where it was" in first.err
    assert "WARNING" not in first.err
    assert "Traceback" not in first.err
    assert second.status == 0
    assert status(data)["stories"] == 300
    with closing(sqlite3.connect(data / "solidot.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("kind", ["garbage", "foreign", "newer", "directory"])
def test_what_is_no_store_is_4_and_left_alone(data: Path, kind: str) -> None:
    path = data / "solidot.db"
    data.mkdir()
    if kind == "garbage":
        path.write_bytes(b"no database at all" * 1000)
    elif kind == "directory":
        path.mkdir()
    else:
        with closing(sqlite3.connect(path)) as database:
            name, column = ("solidot_schema", "version") if kind == "newer" else ("notes", "text")
            database.execute(f"CREATE TABLE {name} ({column})")
            database.execute(f"INSERT INTO {name} VALUES (99)")
            database.commit()
    before = path.read_bytes() if path.is_file() else b""
    for words in (("crawl", "story", "-a", "sids=1-9"), ("status",), ("export", "out.jsonl")):
        done = solidot("http://127.0.0.1:9", data, *words, cwd=data.parent)
        assert done.status == 4, done.err
        assert done.err.startswith("solidot: ")
        assert done.err.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert not list(data.glob("runs/*"))


@needs_postgres
def test_a_database_that_goes_away_is_4_and_the_next_run_goes_on(tmp_path: Path, data: Path, postgres: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": postgres}
    url = make_url(postgres).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with site(tmp_path, words=("--stories", "generated:300", "--latency", "0.05")) as server:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", env=env)
        while len(asked(server)) < 60:
            time.sleep(0.02)
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        done = finish(first, data)
        second = crawl(server.url, data, "-a", "sids=1-300", env=env)
    engine.dispose()
    assert done.status == 4
    assert "Traceback" not in done.err
    assert second.status == 0
    assert status(data, env)["stories"] == 300


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:9/none", "postgresql://u:secret@127.0.0.1:9/x"])
def test_a_database_that_is_not_there_is_4_and_no_password_is_told(data: Path, address: str) -> None:
    done = solidot("http://127.0.0.1:9", data, "crawl", "story", "-a", "sid=1", env={"SOLIDOT_DATABASE_URL": address})
    assert done.status == 4
    assert done.err.count("\n") == 1
    assert "secret" not in done.err
