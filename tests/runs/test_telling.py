"""What cannot be told changes nothing of what is done: a standard error that is full, closed or a broken pipe."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crawling import FAST, NOW, PLENTY, REPORT, Crawl, crawl, environment, finish, start, stored, until
from tests.faulty_site import faulty
from tests.server.client import Running, running

pytestmark = pytest.mark.long

STDERR = {
    "full": "2>/dev/full",
    "closed": "2>&-",
    "all closed": "<&- >&- 2>&-",
    "broken pipe": "2> >(exec 0<&-; true)",
    "only ASCII": "2>err.txt",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


def told(url: str, data: Path, redirection: str, *words: str, **variables: str) -> Crawl:
    """A run of ``story`` in a shell that redirects its streams."""
    line = [sys.executable, "-m", "solidot_spider", "crawl", "story", *FAST, *REPORT, *words]
    done = subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", *line],
        env={**environment(url, data), **variables},
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return Crawl(done.returncode, done.stdout, done.stderr, data)


def exit_statuses(data: Path) -> list[int | None]:
    """Those of the runs that the store knows."""
    with closing(sqlite3.connect(data / "solidot.db")) as database:
        return [status for (status,) in database.execute("SELECT exit_status FROM runs ORDER BY id")]


@pytest.mark.parametrize("stderr", STDERR)
def test_a_standard_error_that_takes_nothing_changes_nothing(server: Running, tmp_path: Path, stderr: str) -> None:
    data = tmp_path / "数据"
    run = told(server.url, data, STDERR[stderr], "-a", f"sids={PLENTY}", PYTHONIOENCODING="ascii")
    assert run.status == run.report.exit_status == 0
    assert run.report.counts["stored"] == 3
    assert exit_statuses(data) == [0]
    assert list(run.stories()) == stored(data) == [79517, 79520, 79523]


@pytest.mark.parametrize("stderr", ["full", "closed"])
def test_the_status_of_trouble_is_true_where_nobody_hears_of_it(tmp_path: Path, data: Path, stderr: str) -> None:
    with faulty(tmp_path, {"action": "status", "status": 500, "sids": [79520]}) as server:
        run = told(server.url, data, STDERR[stderr], "-a", f"sids={PLENTY}", "-L", "DEBUG")
        wrong = told(server.url, data, STDERR[stderr], "-a", "sids=x")
    assert run.status == run.report.exit_status == 1
    assert exit_statuses(data) == [1]
    assert "79520  # failed: answered 500" in run.retries[0].read_text()
    assert wrong.status == 2


@pytest.mark.parametrize("words", [("status",), ("export", "out.jsonl"), ("crawl", "nothing")])
def test_other_commands_do_not_mind_either(server: Running, data: Path, words: tuple[str, ...]) -> None:
    assert crawl(server.url, data, "-a", "sid=79520").status == 0
    line = [sys.executable, "-m", "solidot_spider", *words]
    env = environment(server.url, data)
    statuses = []
    for stderr in ("2>/dev/null", "2>/dev/full", "2>&-"):
        shell = ["bash", "-c", f'"$@" {stderr}', "bash", *line]
        done = subprocess.run(shell, env=env, cwd=data.parent, stdout=subprocess.DEVNULL, check=False)
        statuses.append(done.returncode)
    assert statuses == [2 if "nothing" in words else 0] * 3


def test_a_standard_output_that_is_full_is_4(server: Running, data: Path) -> None:
    assert crawl(server.url, data, "-a", "sid=79520").status == 0
    line = ["bash", "-c", '"$@" >/dev/full', "bash", sys.executable, "-m", "solidot_spider", "status"]
    env = environment(server.url, data)
    done = subprocess.run(line, env=env, cwd=data.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == "solidot: standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("stdout", "why"), [(">/dev/full", "No space left"), (">&-", "Bad file"), ("| true", "Broken")]
)
def test_records_that_standard_output_does_not_take_are_4(server: Running, data: Path, stdout: str, why: str) -> None:
    run = told(server.url, data, f"{stdout}; exit ${{PIPESTATUS[0]}}", "-a", f"sids={PLENTY}", "-O", "-")
    assert run.status == run.report.exit_status == 4
    assert f"standard output: {why}" in run.err
    assert "Traceback" not in run.err
    assert exit_statuses(data) == [4]


def test_the_report_tells_of_a_store_that_cannot_be_opened_or_is_held(server: Running, data: Path) -> None:
    file = data.parent / REPORT[1]
    assert crawl(server.url, data, *REPORT, "-a", "sid=79520").report.exit_status == 0
    holder = start(server.url, data, "crawl", "story", "-s", "DOWNLOAD_DELAY=300", "-a", "sids=79517-79523")
    lock = data / "solidot.db.lock"
    until(lambda: lock.exists() and "story" in lock.read_text())
    held = crawl(server.url, data, *REPORT, "-a", "sids=79517-79523")
    assert held.status == held.report.exit_status == 75
    assert "held by story-" in held.report.verdict
    holder.terminate()
    finish(holder, data)
    (data / "solidot.db").write_bytes(b"no database at all" * 1000)
    broken = crawl(server.url, data, *REPORT, "-a", "sids=79517-79523")
    assert broken.status == broken.report.exit_status == 4
    assert "solidot.db" in broken.report.verdict
    assert json.loads(file.read_bytes())["asked"] == 0


def test_a_report_that_cannot_be_written_is_in_the_row_of_the_run(server: Running, data: Path) -> None:
    run = crawl(server.url, data, "-a", "sid=79520", "--report", "/dev/full")
    assert run.status == 4
    assert exit_statuses(data) == [4]
