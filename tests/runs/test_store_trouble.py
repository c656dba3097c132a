"""A store that is held, broken, full or away."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import needs_postgres
from tests.crawling import FAST, REPORT, crawl, finish, solidot, start, status, until
from tests.faulty_site import asked_sids, faulty

END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :database AND application_name LIKE :name"
)

site = partial(faulty, stories="generated:300")


@pytest.mark.long
def test_two_runs_at_once(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path, words=("--latency", "0.1")) as server:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", env=env)
        until(lambda: asked_sids(server))
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


@pytest.mark.long
def test_a_dead_run_holds_nothing(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path, words=("--latency", "0.1")) as server:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", env=env)
        until(lambda: asked_sids(server))
        alive = status(data, env)
        first.kill()
        finish(first, data)
        dead = status(data, env)
        second = crawl(server.url, data, "-a", "sids=1-10", env=env)
    assert second.status == 0
    assert alive["holder"].startswith(f"{alive['runs'][0]['name']} since ")
    assert (dead["holder"], dead["runs"][0]["name"]) == (None, alive["runs"][0]["name"])
    assert [each["runs"][0]["state"] for each in (alive, dead, status(data, env))] == ["runs", "killed", "ended"]


@pytest.mark.long
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


@pytest.mark.parametrize("what", ["deleted", "replaced"])
def test_a_store_that_goes_away_is_4(tmp_path: Path, data: Path, what: str) -> None:
    path = data / "solidot.db"
    with site(tmp_path, words=("--latency", "0.05")) as server:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", *REPORT)
        until(lambda: len(asked_sids(server)) >= 30)
        if what == "replaced":
            shutil.copy(path, tmp_path / "other")
            (tmp_path / "other").replace(path)
        else:
            path.unlink()
        done = finish(first, data)
        number = len(asked_sids(server))
    assert done.status == 4
    assert f"solidot.db: it was {what}" in done.err
    assert "Traceback" not in done.err
    assert number < 250
    assert done.report.exit_status == 4
    assert sum(done.report.counts.values()) == done.report.asked + done.report.left


@needs_postgres
def test_a_database_that_goes_away_is_4_and_the_next_run_goes_on(tmp_path: Path, data: Path, postgres: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": postgres}
    url = make_url(postgres).set(drivername="postgresql+psycopg")
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with site(tmp_path, words=("--latency", "0.05")) as server, engine.connect() as connection:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", env=env)
        until(lambda: len(asked_sids(server)) >= 60)
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
        connection.execute(text(END_SESSIONS), {"database": url.database, "name": "%"})
        done = finish(first, data)
        connection.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))
        second = crawl(server.url, data, "-a", "sids=1-300", env=env)
    engine.dispose()
    assert done.status == 4
    assert "Traceback" not in done.err
    assert second.status == 0
    assert status(data, env)["stories"] == 300


@needs_postgres
def test_a_lock_that_is_lost_is_75_and_the_next_run_goes_on(tmp_path: Path, data: Path, postgres: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": postgres}
    url = make_url(postgres).set(drivername="postgresql+psycopg")
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with site(tmp_path, words=("--latency", "0.05")) as server, engine.connect() as connection:
        first = start(server.url, data, "crawl", "story", *FAST, "-a", "sids=1-300", *REPORT, env=env)
        until(lambda: len(asked_sids(server)) >= 60)
        connection.execute(text(END_SESSIONS), {"database": url.database, "name": "story-% since %"})
        done = finish(first, data)
        second = crawl(server.url, data, "-a", "sids=1-300", env=env)
    engine.dispose()
    assert done.status == 75
    assert done.report.exit_status == 75
    assert "has closed the connection that held its lock" in done.err
    assert "Traceback" not in done.err
    assert second.status == 0
    assert status(data, env)["stories"] == 300


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:9/none", "postgresql://u:secret@127.0.0.1:9/x"])
def test_a_database_that_is_not_there_is_4_and_no_password_is_told(data: Path, address: str) -> None:
    done = solidot("http://127.0.0.1:9", data, "crawl", "story", "-a", "sid=1", env={"SOLIDOT_DATABASE_URL": address})
    assert done.status == 4
    assert done.err.count("\n") == 1
    assert "secret" not in done.err
