"""The files of a run: whole, replaced only by better ones, never shared."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import FAST, NOW, PLENTY, crawl, finish, read_stories, solidot, start, stored
from tests.faulty_site import asked_paths, faulty
from tests.server.client import Running, running

NEVER = 79518  # between two stories, and never one itself


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


@pytest.mark.long
def test_two_runs_at_once_do_not_share_a_file(server: Running, data: Path) -> None:
    both = [start(server.url, data, "crawl", "story", "-a", "sid=79520") for _ in range(2)]
    runs = [finish(each, data) for each in both]
    assert [run.status for run in runs] == [0, 0]
    assert len(runs[0].feeds) == 2
    assert "was left by" not in runs[0].err + runs[1].err


def test_replacing_and_adding(server: Running, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "stories.jsonl"
    first = crawl(server.url, data, "-a", "sid=79517", "-O", str(target))
    assert first.status == 0
    assert crawl(server.url, data, "-a", "sid=79520", "-o", str(target)).status == 0
    assert list(read_stories(target)) == [79517, 79520]
    assert crawl(server.url, data, "-a", "sid=79523", "-O", str(target)).status == 0
    assert list(read_stories(target)) == [79523]
    assert not list(data.glob("runs/*"))


def test_a_run_that_finds_nothing_leaves_the_old_file(server: Running, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "stories.jsonl"
    target.write_text("old\n")
    crawl(server.url, data, "-a", f"sid={NEVER}", "-O", str(target))
    crawl("http://127.0.0.1:9", data, "-a", "sid=1", "-O", str(target), "-s", "RETRY_TIMES=0")
    assert target.read_text() == "old\n"
    assert not list(tmp_path.glob("*.part"))


def test_a_site_that_seems_changed_does_not_replace_a_good_file(tmp_path: Path, data: Path) -> None:
    target = tmp_path / "stories.jsonl"
    target.write_text("old\n")
    with faulty(tmp_path, {"path": "/story", "sids": ["79518-79523"], "action": "captcha"}) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-O", str(target))
    assert run.status == 3
    assert target.read_text() == "old\n"
    (part,) = tmp_path.glob("*.part")
    assert list(read_stories(part)) == [79517]
    assert str(part) in run.err


def test_other_formats_are_scrapys(server: Running, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "stories.json"
    assert crawl(server.url, data, "-a", "sid=79520", "-O", str(target)).status == 0
    assert [story["sid"] for story in json.loads(target.read_text())] == [79520]
    run = crawl(server.url, data, "-a", "sid=79520", "-o", str(target))
    assert run.status == 2
    assert "cannot be added to" in run.err


def test_records_to_standard_output(server: Running, data: Path) -> None:
    run = crawl(server.url, data, "-a", "sid=79520", "-o", "-:jsonlines")
    assert json.loads(run.out)["sid"] == 79520


@pytest.mark.parametrize("where", ["feed", "output"])
def test_a_feed_that_cannot_be_opened_fetches_nothing(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("in the way")
    data = tmp_path / "file" / "data" if where == "feed" else tmp_path / "data"
    words = ("-O", str(tmp_path / "file" / "x.jsonl")) if where == "output" else ()
    with running("--clock", NOW) as server:
        run = solidot(server.url, data, "crawl", "story", "-a", "sids=79517-79520", *words, cwd=tmp_path)
        assert not [path for path in asked_paths(server) if "story" in path]
    assert run.status == 4
    assert "Not a directory" in run.err
    assert "Traceback" not in run.err


def test_a_full_disk_ends_the_run_with_whole_lines(data: Path) -> None:
    with running("--stories", "generated:5000") as server:
        process = start(
            server.url,
            data,
            *("crawl", "story", "-a", "sids=1-5000", "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_DATABASE_URL=none"),
            limits={"RLIMIT_FSIZE": 9000},
        )
        run = finish(process, data)
        number = len(asked_paths(server))
    assert run.status == 4
    assert "File too large" in run.err
    assert "Traceback" not in run.err
    assert number < 200
    assert read_stories(*data.glob("runs/*.jsonl*"))


@pytest.mark.parametrize("words", [("--report",), ("-O",), ("-o",)])
def test_a_device_that_is_full_is_4(server: Running, data: Path, words: tuple[str, ...]) -> None:
    device = Path("/dev/full") if words == ("--report",) else Path("/dev/full:jsonlines")
    run = crawl(server.url, data, "-a", "sid=79520", *words, str(device))
    assert run.status == 4
    assert "No space left on device" in run.err
    assert Path("/dev/full").is_char_device()
    assert stored(data) == [79520]


@pytest.mark.parametrize("words", [("--report",), ("-O",), ("-o",)])
def test_a_pipe_is_written_through(server: Running, data: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    process = start(server.url, data, "crawl", "story", *FAST, "-a", "sid=79520", *words, str(pipe))
    read = json.loads(pipe.read_bytes())
    assert finish(process, data).status == 0
    assert read["exit_status" if words == ("--report",) else "sid"] in (0, 79520)
    assert pipe.is_fifo()
    assert not list(tmp_path.glob("*.part"))


def test_a_link_is_followed(server: Running, data: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link, report = tmp_path / "real" / "a.jsonl", tmp_path / "a.jsonl", tmp_path / "report.json"
    link.symlink_to(real)
    report.symlink_to(real.with_name("report.json"))
    assert crawl(server.url, data, "-a", "sid=79517", "-O", str(link), "--report", str(report)).status == 0
    real.chmod(0o600)
    assert crawl(server.url, data, "-a", "sid=79520", "-o", str(link)).status == 0
    assert list(read_stories(real)) == [79517, 79520]
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert crawl(server.url, data, "-a", "sid=79523", "-O", str(link)).status == 0
    assert list(read_stories(real)) == [79523]
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert report.is_symlink()
    assert sorted(path.name for path in real.parent.iterdir()) == ["a.jsonl", "report.json"]


def test_the_longest_name_is_a_file_like_others(server: Running, data: Path, tmp_path: Path) -> None:
    target, report = tmp_path / ("x" * 249 + ".jsonl"), tmp_path / ("y" * 255)
    assert crawl(server.url, data, "-a", "sid=79520", "-O", str(target), "--report", str(report)).status == 0
    assert list(read_stories(target)) == [79520]
    assert json.loads(report.read_bytes())["exit_status"] == 0


@pytest.mark.parametrize("option", ["-O", "-o", "--report"])
def test_a_name_that_is_too_long_fetches_nothing(tmp_path: Path, data: Path, option: str) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sid=1", option, str(tmp_path / ("x" * 250 + ".jsonl")))
    assert run.status == 2
    assert run.err.count("\n") == 1
    assert "File name too long" in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize("name", ["", "none/report.json"])
def test_a_report_that_has_no_place_fetches_nothing(tmp_path: Path, data: Path, name: str) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sid=1", "--report", str(tmp_path / name))
    assert run.status == 2
    assert run.err.startswith("solidot: --report ")
    assert not data.exists()
