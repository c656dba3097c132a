"""Feeds that are not files of JSON Lines: delivered, or said."""

from __future__ import annotations

import csv
import json
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.crawling import NOW, PLENTY, REPORT, crawl, finish, read_stories, start, stored
from tests.faulty_site import asked_paths
from tests.picky_exporter import CANNOT
from tests.server.client import Running, running

NO_STORE = ("-s", "SOLIDOT_DATABASE_URL=none")
GZIP = '{"%s": {"format": "jsonlines", "postprocessing": ["scrapy.extensions.postprocessing.GzipPlugin"]}}'


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_feed_that_is_not_delivered_is_4_and_its_records_are_kept(
    server: Running, data: Path, closed_port: int, kind: str
) -> None:
    place = f"ftp://somebody:secret@127.0.0.1:{closed_port}/stories.{kind}"
    run = crawl(server.url, data, *REPORT, *NO_STORE, "-a", f"sids={PLENTY}", "-O", place)
    assert run.status == run.report.exit_status == 4
    assert f"ftp://127.0.0.1:{closed_port}/stories.{kind}: Connection refused" in run.report.verdict
    (kept,) = data.glob("runs/*")
    assert str(kept) in run.err
    assert kept.read_text(encoding="utf-8").count("\n") >= 3
    assert kind == "csv" or list(read_stories(kept)) == [79517, 79520, 79523]
    assert "secret" not in run.err + run.report.verdict
    assert "Traceback" not in run.err


@pytest.mark.skipif(find_spec("boto3") is not None, reason="boto3 is installed")
def test_a_place_that_cannot_be_reached_is_4_before_anything_is_fetched(data: Path) -> None:
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, *REPORT, "-a", f"sids={PLENTY}", "-O", "s3://bucket/stories.jsonl")
        assert not asked_paths(server)
    assert run.status == run.report.exit_status == 4
    assert "s3://bucket/stories.jsonl: missing boto3" in run.err
    assert (run.report.counts["not tried"], run.report.asked) == (7, 0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-O", "foo://host/x.jsonl"), "foo is no scheme"),
        (("-s", 'FEEDS={"x.foo": {"format": "foo"}}'), "foo is no format"),
        (("-s", 'FEEDS={"x.foo": {}}'), "nothing is no format"),
        (("-s", "FEED_EXPORT_BATCH_ITEM_COUNT=2"), "a feed is one file"),
        (("-s", 'FEEDS={"ftp://host/x.jsonl": {"format": "jsonl", "batch_item_count": 2}}'), "a feed is one file"),
        (("-O", "ftp://host/%(batch_id)d.jsonl"), "placeholders"),
        (("-s", "FEED_URI=x.json"), "give the feed by -o or -O"),
    ],
)
def test_a_feed_that_cannot_be_is_2_and_nothing_is_made(data: Path, words: tuple[str, ...], told: str) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sids=1-3", *words)
    assert run.status == 2
    assert told in run.err
    assert run.err.count("\n") == 1
    assert not list(data.parent.iterdir())


def test_a_packed_feed_on_a_full_disk_is_4_and_its_ids_have_failed(tmp_path: Path, data: Path) -> None:
    target = tmp_path / "stories.jsonl.gz"
    target.write_bytes(b"old")
    with running("--stories", "generated:200") as server:
        words = ("-a", "sids=1-150", "-s", "DOWNLOAD_DELAY=0", "-s", f"FEEDS={GZIP % target}", *NO_STORE, *REPORT)
        limits = {"RLIMIT_FSIZE": 4096}
        process = start(server.url, data, "crawl", "story", *words, limits=limits)
        run = finish(process, data)
    assert run.status == 4
    assert "File too large" in run.err
    assert "150 asked" in run.err
    assert "150 failed" in run.err
    assert target.read_bytes() == b"old"


def test_a_record_that_an_exporter_cannot_write_is_its_ids_failure(server: Running, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "stories.json"
    exporter = ("-s", 'FEED_EXPORTERS={"json": "tests.picky_exporter.PickyExporter"}')
    run = crawl(server.url, data, *REPORT, "-a", f"sids={PLENTY}", "-O", str(target), *exporter)
    told = run.report
    assert run.status == told.exit_status == 1
    assert told.counts["stored"] == 2
    assert [(each.outcome, each.sids) for each in told.unsettled] == [("failed", [str(CANNOT)])]
    assert "UnicodeEncodeError" in told.unsettled[0].reason
    assert [story["sid"] for story in json.loads(target.read_bytes())] == [79517, 79523]
    assert stored(data) == [79517, 79520, 79523]
    assert str(CANNOT) in run.retries[0].read_text()


def test_no_record_that_can_be_written_leaves_the_old_file(server: Running, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "stories.csv"
    target.write_text("old\n")
    words = ("-O", str(target), "-s", "FEED_EXPORT_ENCODING=ascii", *NO_STORE, *REPORT)
    run = crawl(server.url, data, "-a", f"sids={PLENTY}", *words)
    assert run.status == 1
    assert run.report.counts["failed"] == 3
    assert target.read_text() == "old\n"


def test_cells_of_csv_with_lists_are_json(server: Running, data: Path, tmp_path: Path) -> None:
    run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-O", "stories.csv", "-O", "stories.jsonl")
    assert run.status == 0
    stories = read_stories(tmp_path / "stories.jsonl")
    with (tmp_path / "stories.csv").open(encoding="utf-8", newline="") as file:
        rows = {int(row["sid"]): row for row in csv.DictReader(file)}
    assert list(rows) == list(stories)
    for sid, story in stories.items():
        for name, value in story.items():
            is_nested = isinstance(value, dict | list)
            assert (json.loads(rows[sid][name]) if is_nested else rows[sid][name]) == (
                value if is_nested else "" if value is None else str(value)
            )


@pytest.mark.parametrize("option", ["-o", "-O"])
@pytest.mark.parametrize("kind", ["", ":jsonlines", ":json"])
def test_records_to_standard_output(server: Running, data: Path, option: str, kind: str) -> None:
    run = crawl(server.url, data, "-a", f"sids={PLENTY}", option, f"-{kind}")
    assert run.status == 0
    lines = run.out.splitlines() if kind != ":json" else [json.dumps(each) for each in json.loads(run.out)]
    assert [json.loads(line)["sid"] for line in lines] == [79517, 79520, 79523]
    assert "WARNING" not in run.err
