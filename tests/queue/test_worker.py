"""``solidot enqueue`` and ``solidot worker``: real processes, a real database, a site on loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE, USAGE
from tests.conftest import needs_postgres
from tests.crawling import NOW, environment, solidot, status, until
from tests.queue.conftest import SPEED, Queue
from tests.server.client import Running, running

NOWHERE = "http://127.0.0.1:9"
TEN = ("--stories", "generated:10", "--clock", NOW)
MANY = ("--stories", "generated:100000", "--latency", "0.02", "--clock", NOW)


def pages(server: Running) -> list[int]:
    return [each["sid"] for each in server.requests() if each["sid"]]


# --- what is refused ---


@needs_postgres
@pytest.mark.parametrize(
    "words",
    [
        ["stroy"],
        ["story"],
        ["story", "-a", "sid=0"],
        ["story", "-a", "sid=1", "-a", "sids=2"],
        ["story", "-a", "sdi=1"],
        ["story", "-a", "sids=@nothing.txt"],
        ["story", "-a", "sid=1", "-a", "sid=2"],
        ["daily", "-a", "date=someday"],
        ["latest", "-a", "limit=x"],
        ["latest", "-s", "DOWNLOAD_DELAY=abc"],
        ["latest", "-s", "SOLIDOT_CONTACT=\u5947"],
    ],
    ids=" ".join,
)
def test_a_wrong_crawl_is_refused_as_the_crawl_itself_does(queue: Queue, words: list[str]) -> None:
    refused = queue.run(NOWHERE, "enqueue", *words)
    assert (refused.status, refused.out) == (USAGE, "")
    assert refused.err == queue.run(NOWHERE, "crawl", *words).err
    assert queue.rows("SELECT * FROM pg_tables WHERE schemaname = 'public'") == []
    assert not queue.data.exists()


@needs_postgres
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["export"], "give SPIDER, reparse, or export OUT, not export"),
        (["export", "-"], "a worker has no standard output; name a file or a directory"),
        (["export", "a.csv", "-a", "fields=x"], "a record has no field 'x'"),
        (["export", "a", "-a", "format=xyz"], "xyz"),
        (["export", "a.csv", "-a", "to=b"], "unknown argument to; export takes format, split"),
        (["reparse", "-a", "processes=0"], "'0' is no number of processes"),
        (["reparse", "-a", "sids=x"], "not story ids: 'x'"),
        (["latest", "more"], "got latest more; there is story, latest, daily"),
        (["story", "sids=1-5"], "got story sids=1-5; did you mean -a sids=1-5?"),
        (["latest", "-a", "limit"], "-a limit: no NAME=VALUE"),
        (["latest", "-s", "X"], "-s X: no NAME=VALUE"),
        (["story", "-a", f"sids={','.join(map(str, range(1, 60_000, 2)))}"], "a job takes 100,000: give fewer ids"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_a_wrong_job_is_refused(queue: Queue, words: list[str], told: str) -> None:
    refused = queue.run(NOWHERE, "enqueue", *words)
    assert (refused.status, refused.out) == (USAGE, "")
    assert told in refused.err
    assert refused.err.count("\n") == 1
    assert queue.rows("SELECT * FROM pg_tables WHERE schemaname = 'public'") == []


@pytest.mark.parametrize("words", [("enqueue", "latest"), ("worker", "--until-empty")], ids=" ".join)
@pytest.mark.parametrize("database", ["", "none"])
def test_without_postgresql_there_is_no_queue(data: Path, words: tuple[str, ...], database: str) -> None:
    refused = solidot(NOWHERE, data, *words, env={"SOLIDOT_DATABASE_URL": database})
    assert (refused.status, refused.out) == (USAGE, "")
    assert "give SOLIDOT_DATABASE_URL=postgresql://user@host/database" in refused.err
    assert not data.exists()


WITHOUT = "import sys; sys.modules['procrastinate'] = None; from solidot_spider.cli import main; sys.exit(main())"


@pytest.mark.parametrize("words", [("enqueue", "latest"), ("worker",)], ids=" ".join)
def test_without_the_extra_a_sentence_names_it(data: Path, words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words],
        env={**environment(NOWHERE, data), "SOLIDOT_DATABASE_URL": "postgresql://x@127.0.0.1:9/x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr == "solidot: the queue needs an extra: pip install 'solidot_spider[queue]'\n"


@pytest.mark.parametrize("words", [("enqueue", "latest"), ("worker",)], ids=" ".join)
def test_a_database_that_is_away_is_4(data: Path, words: tuple[str, ...]) -> None:
    refused = solidot(NOWHERE, data, *words, env={"SOLIDOT_DATABASE_URL": "postgresql://x@127.0.0.1:9/x"})
    assert (refused.status, refused.out, refused.err.count("\n")) == (CANNOT_WRITE, "", 1)


# --- what runs ---


@needs_postgres
def test_what_is_put_into_the_queue_is_run(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("1-5\n7  # one more\n")
    with running(*TEN) as server:
        first = queue.enqueue(server.url, "story", "-a", "sids=@ids.txt")
        second = queue.enqueue(server.url, "export", "all.jsonl", "-a", "fields=title")
        (tmp_path / "ids.txt").unlink()  # it was read when the job was made
        waiting = status(queue.data, {"SOLIDOT_DATABASE_URL": queue.database})["queue"]
        done = queue.run(server.url, "worker", "--until-empty", *SPEED)
        assert sorted(pages(server)) == [1, 2, 3, 4, 5, 7]
    assert (waiting["waiting"], waiting["running"], waiting["failed"], waiting["workers"]) == (2, 0, 0, [])
    assert waiting["oldest"] is not None
    assert (done.status, done.out) == (OK, "")
    assert f"job {first} is done: story sids=1-5,7" in done.err
    assert queue.jobs() == {first: "succeeded", second: "succeeded"}
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == 6
    told = queue.run(NOWHERE, "status").out.splitlines()
    assert "queue: 0 waiting; 0 running; 0 failed" in told
    assert "workers: none; `solidot worker` is one" in told


@needs_postgres
def test_a_job_that_needs_a_person_fails_and_tells_why(queue: Queue) -> None:
    number = queue.enqueue(NOWHERE, "export", "/nowhere/all.jsonl")
    done = queue.run(NOWHERE, "worker", "--until-empty")
    assert done.status == TROUBLE
    assert f"job {number} ended with 4 at try 1, a person must look at it: export /nowhere/all.jsonl: " in done.err
    assert "Traceback" not in done.err
    told = queue.run(NOWHERE, "status").out
    assert "queue: 0 waiting; 0 running; 1 failed" in told
    assert f"job {number} ended with 4 " in told
    (failure,) = status(queue.data, {"SOLIDOT_DATABASE_URL": queue.database})["queue"]["failures"]
    assert (failure["number"], failure["exit_status"]) == (number, CANNOT_WRITE)
    assert "No such file or directory" in failure["sentence"]


@needs_postgres
@pytest.mark.long
def test_a_job_that_may_heal_is_tried_so_often_and_no_more(queue: Queue) -> None:
    number = queue.enqueue(NOWHERE, "story", "-a", "sids=1-3")
    words = ("--tries", "2", "--pause", "0.1", "--silence", "1", "-s", "SOLIDOT_PATIENCE=0")
    done = queue.run(NOWHERE, "worker", "--until-empty", *words, *SPEED)
    assert done.status == TROUBLE
    assert f"job {number} ended with 1 at try 1, again in 0 s" in done.err
    assert f"job {number} ended with 1 at try 2, a person must look at it" in done.err
    assert queue.rows("SELECT status::text, attempts, priority FROM procrastinate_jobs WHERE task_name = 'crawl'") == [
        ("failed", 2, -1)
    ]


@needs_postgres
def test_jobs_of_dead_workers_are_taken_up_so_often_and_no_more(queue: Queue) -> None:
    jobs = [queue.enqueue(NOWHERE, "export", f"{each}.jsonl") for each in "ab"]
    queue.change("UPDATE procrastinate_jobs SET status = 'doing', attempts = CASE id WHEN 1 THEN 3 ELSE 4 END")
    queue.change(
        f"INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('upkeep {NOWHERE}', 'upkeep', 'doing')"
    )
    done = queue.run(NOWHERE, "worker", "--until-empty", "--silence", "1", "--tries", "5")
    assert done.status == TROUBLE
    assert f"job {jobs[0]} goes back into the queue, its worker is dead: export " in done.err
    assert f"job {jobs[1]} ended with 1 at try 5, a person must look at it: export " in done.err
    assert done.err.count("its worker died at try 5") == 1
    assert queue.jobs() == {jobs[0]: "succeeded", jobs[1]: "failed"}
    assert queue.rows("SELECT id FROM procrastinate_jobs WHERE status = 'doing'") == []


@needs_postgres
def test_a_worker_leaves_the_jobs_of_another_site_alone(queue: Queue) -> None:
    number = queue.enqueue(NOWHERE, "story", "-a", "sids=1")
    done = queue.run("http://127.0.0.1:10", "worker", "--until-empty", *SPEED)
    assert done.status == OK
    assert queue.jobs() == {number: "todo"}


@needs_postgres
@pytest.mark.parametrize("by", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_a_stopped_worker_stops_its_crawl_and_gives_the_job_back(queue: Queue, by: signal.Signals) -> None:
    with running(*MANY) as server:
        number = queue.enqueue(server.url, "story", "-a", "sids=1-100000")
        worker = queue.start(server.url, "worker", *SPEED)
        until(lambda: len(pages(server)) >= 10)
        worker.send_signal(by)
        out, err = worker.communicate(timeout=30)
        asked = len(pages(server))
    assert (worker.returncode, out) == (OK, "")
    assert f"job {number} was cut off, and goes back into the queue" in err
    assert "asked (interrupted)" in err
    assert "Traceback" not in err
    assert queue.jobs() == {number: "todo"}
    ((stories,),) = queue.rows("SELECT count(*) FROM stories")
    assert asked - 2 <= stories <= asked
    assert queue.rows("SELECT * FROM procrastinate_workers") == []


@needs_postgres
@pytest.mark.long
def test_an_export_runs_beside_a_crawl_and_another_crawl_waits(queue: Queue, tmp_path: Path) -> None:
    with running(*MANY) as server:
        first = queue.enqueue(server.url, "story", "-a", "sids=1-100000")
        second = queue.enqueue(server.url, "story", "-a", "sids=7")
        worker = queue.start(server.url, "worker", "--concurrency", "3", "--silence", "3", *SPEED)
        until(lambda: len(pages(server)) >= 10)
        third = queue.enqueue(server.url, "export", "all.jsonl")
        until(lambda: queue.jobs()[third] == "succeeded")
        assert queue.jobs() == {first: "doing", second: "todo", third: "succeeded"}
        (told,) = [line for line in queue.run(NOWHERE, "status").out.splitlines() if line.startswith("queue: ")]
        (alive,) = status(queue.data, {"SOLIDOT_DATABASE_URL": queue.database})["queue"]["workers"]
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=30)
    assert told.startswith("queue: 1 waiting, the oldest for ")
    assert told.endswith("; 1 running; 0 failed")
    assert 0 <= alive["silent"] < 3
    assert (tmp_path / "all.jsonl").exists()


@needs_postgres
def test_the_store_of_another_site_is_refused(queue: Queue) -> None:
    with running(*TEN) as server:
        assert queue.run(server.url, "crawl", "story", "-a", "sid=1", *SPEED).status == OK
    for words in (("enqueue", "latest"), ("worker",)):
        refused = queue.run(NOWHERE, *words, env={"SOLIDOT_MIRROR_OF": ""})
        assert (refused.status, refused.out, refused.err.count("\n")) == (USAGE, "", 1)
        assert "https://www.solidot.org" in refused.err
        assert NOWHERE in refused.err


@needs_postgres
@pytest.mark.long
def test_a_second_signal_ends_a_worker_at_once(queue: Queue, tmp_path: Path) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text('[{"action": "silence", "sids": [3]}]')
    with running(*TEN, "--faults", str(plan)) as server:
        number = queue.enqueue(server.url, "story", "-a", "sids=1-9")
        worker = queue.start(server.url, "worker", *SPEED)
        until(lambda: 3 in pages(server))
        worker.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):  # what is on the wire has five seconds
            worker.wait(1)
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=3)
    assert worker.returncode == OK
    assert queue.jobs() == {number: "todo"}


@needs_postgres
@pytest.mark.long
def test_a_job_that_is_aborted_stops(queue: Queue) -> None:
    with running(*MANY) as server:
        number = queue.enqueue(server.url, "story", "-a", "sids=1-100000")
        worker = queue.start(server.url, "worker", "--until-empty", *SPEED)
        until(lambda: len(pages(server)) >= 10)
        queue.rows(f"SELECT procrastinate_cancel_job_v1({number}, true, false)")
        _, err = worker.communicate(timeout=30)
    assert worker.returncode == OK
    assert "asked (interrupted)" in err
    assert queue.jobs() == {number: "aborted"}


@needs_postgres
@pytest.mark.long
def test_a_worker_survives_that_its_connections_are_closed(queue: Queue) -> None:
    name = queue.database.split("?")[0].rpartition("/")[2]
    others = f"FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    with running(*TEN, "--latency", "0.3") as server:
        number = queue.enqueue(server.url, "story", "-a", "sids=1-9")
        words = ("worker", "--until-empty", "--silence", "3", "--pause", "0.1", "-s", "CONCURRENT_REQUESTS=1")
        worker = queue.start(server.url, *words, *SPEED)
        until(lambda: pages(server))
        queue.rows(f"SELECT pg_terminate_backend(pid) {others}")
        _, err = worker.communicate(timeout=60)
    assert worker.returncode == OK, err
    assert "exit status 75: the store's lock was lost" in err
    assert "Traceback" not in err
    assert queue.jobs() == {number: "succeeded"}
    assert queue.rows("SELECT count(*) FROM stories") == [(9,)]


@needs_postgres
@pytest.mark.long
def test_a_worker_whose_database_is_gone_ends_with_4(queue: Queue) -> None:
    worker = queue.start(NOWHERE, "worker", "--silence", "3")
    assert worker.stderr is not None
    assert "the worker begins" in worker.stderr.readline()
    address, _, rest = queue.database.partition("?")
    server, _, name = address.rpartition("/")
    until(lambda: queue.rows("SELECT * FROM procrastinate_workers"))
    with psycopg.connect(f"{server}/postgres?{rest}", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == CANNOT_WRITE, err
    assert err.splitlines()[-1].startswith("solidot: the queue's database ")
    assert "Traceback" not in err
