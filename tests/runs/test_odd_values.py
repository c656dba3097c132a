"""Answers with values that no column holds: each costs its own id, and no later run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import SERVER, needs_postgres
from tests.crawling import FAST, NOW, REPORT, crawl, finish, solidot, start, status, until
from tests.faulty_site import asked_sids, faulty
from tests.odd_site import answer, odd
from tests.server.client import running
from tests.stores import page

pytestmark = pytest.mark.long

ODD = {
    "/story?sid=1": answer(status=b"9999999999999999999 Odd"),
    "/story?sid=2": answer(status=b"10000000000000000000000000000000000 Odd"),
    "/story?sid=3": answer(status=b"-5 Odd"),
    "/story?sid=4": answer(status=b"302 Found", headers=b"Location: http://a\0b.example/\0\xff\r\n"),
    "/story?sid=5": answer(page(5), headers=b"X-Odd: \0\xfe\xff\r\n"),
    "/story?sid=6": answer(page(6).replace("年".encode(), b"\0"), status=b"2147483648 Odd"),
}


def test_odd_answers_cost_their_own_ids_only(data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with odd(ODD) as url:
        first = crawl(url, data, "-a", "sids=1-20", "-s", "RETRY_TIMES=0", *REPORT, env=env)
        told = first.report
    with odd({}) as url:
        second = crawl(url, data, "-a", "sids=1-20", env=env)
    assert first.status == told.exit_status == 1
    assert sum(told.counts.values()) == told.asked == 20
    assert told.counts["stored"] >= 14
    assert "cannot hold" not in first.err  # all of them fit, as they are written
    assert "Traceback" not in first.err
    assert second.status == 0, second.err
    assert status(data, env)["stories"] == 20


@pytest.mark.parametrize("year", ["0001", "0999", "9999"])
def test_a_story_of_no_year_blocks_no_later_run(data: Path, year: str) -> None:
    """Its dateline is not read; the second witness of the page says when."""
    body = page(7).replace("发表于 2".encode(), "发表于 X".encode())
    found = body.partition(b'"pubDate": "')[2][:4]
    assert found.startswith(b"20")
    body = body.replace(b'"pubDate": "' + found, b'"pubDate": "' + year.encode())
    with odd({"/story?sid=7": answer(body)}) as url:
        first = crawl(url, data, "-a", "sids=1-7", *REPORT)
        assert first.report.counts["stored"] == 6
        second = crawl(url, data, "-a", "sids=1-9", *REPORT)
    assert "unparsed: no-dateline: 7" in first.err
    assert second.report.counts["stored"] == 2
    assert "Traceback" not in first.err + second.err


@contextmanager
def latin_database(name: str) -> Iterator[str]:
    """A database that holds no Chinese."""
    url = make_url(SERVER)
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as server:
        server.execute(text(f"CREATE DATABASE {name} ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"))
        yield url.set(database=name).render_as_string(hide_password=False)
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@needs_postgres
def test_a_database_that_cannot_hold_a_story_ends_no_run(data: Path) -> None:
    with latin_database(f"latin_{data.stat().st_ino if data.exists() else data.parent.stat().st_ino}") as database:
        env = {"SOLIDOT_DATABASE_URL": database}
        with odd({}) as url:
            run = crawl(url, data, "-a", "sids=1-9", *REPORT, env=env)
    assert run.status != 0
    assert "Traceback" not in run.err
    if run.status == 1:  # a version may refuse such a database at once
        assert run.report.counts["failed"] == 9


def test_a_clock_that_goes_away_costs_ids_and_not_the_run(tmp_path: Path, data: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("2025-11-08T12:00:00+08:00")
    env = {"SOLIDOT_CLOCK": str(clock)}
    with faulty(tmp_path, stories="generated:300", words=("--latency", "0.02")) as server:
        words = ("crawl", "story", *FAST, "-a", "sids=1-100", *REPORT)
        process = start(server.url, data, *words, env=env)
        until(lambda: len(asked_sids(server)) >= 30)
        clock.unlink()
        run = finish(process, data)
    told = run.report
    reasons = [each.reason for each in told.unsettled]
    assert run.status == told.exit_status == 1, run.err
    assert sum(told.counts.values()) == 100
    assert told.counts["failed"] > 0
    assert all(reason.startswith("fault in the spider (ClockError: SOLIDOT_CLOCK=") for reason in reasons)
    assert solidot(server.url, data, "status").status == 0


@pytest.mark.parametrize(
    ("words", "status_", "told"),
    [
        (("-O", "foo://x.jsonl"), 2, "-o foo://x.jsonl: foo is no scheme of a place; there is file,"),
        (
            ("-O", "no-such://user:secret@host/x.csv"),
            2,
            "-o no-such://host/x.csv: no-such is no scheme of a place; there is file,",
        ),
        (("-O", "x.csv", "-s", "FEED_EXPORT_ENCODING=nope"), 2, "FEED_EXPORT_ENCODING=nope: no encoding"),
        (("-O", "x.csv", "-s", "FEED_EXPORT_ENCODING=ascii"), 1, "not written to x.csv (UnicodeEncodeError)"),
    ],
)
def test_a_feed_that_cannot_be_ends_the_run(data: Path, words: tuple[str, ...], status_: int, told: str) -> None:
    with odd({}) as url:
        run = crawl(url, data, "-a", "sids=1-9", *words)
    assert run.status == status_, run.err
    assert told in run.err
    assert "secret" not in run.err


def test_a_count_of_thirty_digits_harms_no_other_story(data: Path, database_url: str) -> None:
    body = page(3).replace(b"100", b"9" * 30)
    with odd({"/story?sid=3": answer(body)}) as url:
        run = crawl(url, data, "-a", "sids=1-5", *REPORT, env={"SOLIDOT_DATABASE_URL": database_url})
    told = run.report
    assert run.status in (0, 1, 3)
    assert sum(told.counts.values()) == told.asked == 5
    assert told.counts["stored"] >= 4


def test_a_story_that_no_commit_takes_leaves_the_others_theirs(data: Path) -> None:
    with odd({}) as url:
        crawl(url, data, "-a", "sids=1")
        with closing(sqlite3.connect(data / "solidot.db")) as database:
            refuse = "BEFORE INSERT ON stories WHEN NEW.sid = 5 BEGIN SELECT RAISE(ABORT, 'not this one'); END"
            database.execute(f"CREATE TRIGGER refuse {refuse}")
            database.commit()
        first = crawl(url, data, "-a", "sids=1-40", *REPORT)
        told = first.report
        second = crawl(url, data, "-a", "sids=1-41", *REPORT)
    assert first.status == second.status == 1
    assert told.counts["stored"] == 38
    assert [(each.count, each.sids) for each in told.unsettled] == [(1, ["5"])]
    assert "the store cannot hold it" in told.unsettled[0].reason
    assert "not this one" in first.err
    assert (second.report.counts["stored"], second.report.counts["failed"]) == (1, 1)


@pytest.mark.parametrize("published", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59+08:00", "never"])
def test_an_old_store_with_such_a_story_can_be_read(data: Path, published: str) -> None:
    with running("--clock", NOW) as server:
        crawl(server.url, data, "-a", "sids=79500-79523")
        with closing(sqlite3.connect(data / "solidot.db")) as database:
            database.execute("UPDATE stories SET published_at = ? WHERE sid = 79523", [published])
            database.commit()
        words = [("story", "-a", "sids=79500-79530"), ("latest", "-a", "to=79525"), ("daily", "-a", "date=2024-10-19")]
        runs = [solidot(server.url, data, "crawl", *each, *FAST, env={"SOLIDOT_CLOCK": NOW}) for each in words]
    assert [run.status for run in runs] == [0, 0, 0], "\n".join(run.err for run in runs)
    assert status(data)["stories"] > 0
