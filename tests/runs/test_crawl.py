"""``solidot crawl story`` in a process of its own: what it promises, seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from solidot_spider import __version__, items
from solidot_spider.trial.stories import builtin_stories
from tests.crawling import NOW, WIDE, crawl, finish, paced, solidot, start, until
from tests.faulty_site import faulty
from tests.server.client import Running, running

site = partial(faulty, stories="generated:200")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


def test_every_story_once_in_the_contracts_form(server: Running, data: Path) -> None:
    sids = [sid for sid, story in builtin_stories().items() if story.withdrawn is None]
    run = crawl(server.url, data, "-a", f"sids={','.join(map(str, sids))}")
    assert (run.status, run.out) == (0, "")
    assert sorted(run.stories()) == sids
    for line in run.feeds[0].read_bytes().splitlines():
        assert items.line(items.read_line(line)) == line
    assert not list(data.glob("**/*.part"))
    assert f"{len(sids)} asked" in run.err


def test_only_the_site_is_asked_and_honestly(tmp_path: Path, data: Path) -> None:
    with (
        site(tmp_path) as other,
        site(tmp_path, {"action": "redirect", "sids": [3], "to": f"{other.url}/story?sid=3"}) as server,
    ):
        run = paced(
            server.url,
            data,
            *WIDE,
            "-a",
            "sids=1-9",
            "-s",
            "DOWNLOAD_DELAY=0",
            "-s",
            "SOLIDOT_CONTACT=mailto:a@example.org",
        )
        log, elsewhere = server.requests(), other.requests()
    assert run.status == 1
    assert elsewhere == []
    assert {each["user_agent"] for each in log} == {
        f"Mozilla/5.0 (compatible; solidot_spider/{__version__}; +mailto:a@example.org)"
    }


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_a_crawl_listens_on_no_port(data: Path) -> None:
    with running("--stories", "generated:1000", "--latency", "0.05") as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-1000", "-s", "DOWNLOAD_DELAY=0")
        until(lambda: len(server.requests()) >= 5)
        held = {link.readlink().name for link in Path(f"/proc/{process.pid}/fd").iterdir() if link.is_symlink()}
        tables = [Path(f"/proc/{process.pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
        process.terminate()
        finish(process, data)
    sockets = [line.split() for table in tables for line in table]
    assert [words[1] for words in sockets if words[3] == "0A" and f"socket:[{words[9]}]" in held] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("story",), "no story named"),
        (("story", "-a", "sid=0"), "sid=0: not a story id"),
        (("story", "-a", "sid=1", "-a", "sids=2"), "sid= stands alone"),
        (("story", "-a", "sids=1-5,x,9-3"), "'x', '9-3'"),
        (("story", "-a", "sids=@/nonexistent"), "cannot be read"),
        (
            ("story", "-a", "sid=1", "-a", "parse=1"),
            "unknown argument parse; story takes sid, sids, limit, minutes",
        ),
        (("story", "-a", "sid=1", "-a", "limit=0"), "limit=0"),
        (("story", "-a", "sid=1", "-a", "minutes=soon"), "minutes=soon"),
        (("story", "-a", "sid"), "Invalid -a value"),
        (("story", "-a", "sid=1", "-s", "X"), "Invalid -s value"),
        (("story", "-a", "sid=1", "-s", "SOLIDOT_SITE_URL=nowhere"), "SOLIDOT_SITE_URL=nowhere"),
        (("story", "-a", "sid=1", "-o", "%(sids)s.jsonl"), "placeholders"),
        (("story", "-a", "sid=1", "-O", ".:jsonlines"), "-o .: Is a directory"),
        (("stroy", "-a", "sid=1"), "no spider is called stroy; there is daily, latest, story"),
        ((), "give story|latest|daily"),
    ],
)
def test_a_wrong_word_is_one_line_and_nothing_is_fetched(
    server: Running, data: Path, words: tuple[str, ...], told: str
) -> None:
    before = len(server.requests())
    run = solidot(server.url, data, "crawl", *words)
    assert len(server.requests()) == before
    assert run.status == 2
    assert run.out == ""
    assert run.err.count("\n") == 1
    assert run.err.startswith("solidot: ")
    assert told in run.err
    assert not data.exists()


def test_a_schedulers_own_arguments_are_ignored(server: Running, data: Path) -> None:
    assert crawl(server.url, data, "-a", "sid=79520", "-a", "_job=abc").status == 0


def test_ids_from_standard_input(server: Running, data: Path) -> None:
    run = crawl(server.url, data, "-a", "sids=@-", given="79517\n79520 # again\n")
    assert sorted(run.stories()) == [79517, 79520]


def test_a_mirror_is_asked_and_the_record_names_the_site(server: Running, data: Path) -> None:
    run = crawl(server.url, data, "-a", "sid=79520")
    assert run.stories()[79520]["url"] == "https://www.solidot.org/story?sid=79520"


def test_scrapys_own_commands_work_from_any_directory(server: Running, data: Path, tmp_path: Path) -> None:
    listed = solidot(server.url, data, "list", cwd=tmp_path)
    assert listed.out.split() == ["daily", "latest", "story"]
    parsed = solidot(server.url, data, "parse", "--spider=story", "--pipelines", f"{server.url}/story?sid=79520")
    assert parsed.status == 0
    assert "79520" in parsed.out
    assert not data.exists()


def test_a_quiet_run_prints_only_trouble(tmp_path: Path, data: Path) -> None:
    data.mkdir()
    with site(tmp_path, {"action": "status", "status": 500, "sids": [3], "attempts": [1, 1]}) as server:
        well = crawl(server.url, data, "-a", "sids=1-5", "--quiet")
    with site(tmp_path, {"action": "status", "status": 500, "sids": [3]}) as server:
        ill = crawl(server.url, data, "-a", "sids=1-5", "-a", "refresh=true", "--quiet")
    assert (well.status, well.out, well.err) == (0, "", "")
    assert ill.status == 1
    assert "failed: answered 500 Internal Server Error: 3" in ill.err


def test_a_new_data_directory_is_never_made_in_silence(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        first = crawl(server.url, data, "-a", "sids=1-5", "--quiet")
        second = crawl(server.url, data, "-a", "sids=6-9", "--quiet")
    assert (first.status, first.err) == (0, f"making the data directory {data}\n")
    assert (second.status, second.err) == (0, "")
