"""``solidot crawl story`` in a process of its own: what it promises, seen from outside."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solidot_spider import items
from solidot_spider.parsing import list_pages
from solidot_spider.trial.stories import builtin_stories
from tests.crawling import NOW, crawl, finish, read_stories, solidot, start
from tests.server.client import Running, running

NEVER = 79518  # between two stories, and never one itself
WITHDRAWN = 75220
PLENTY = "79517-79523"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def faulty(tmp_path: Path, *rules: dict[str, Any], more: tuple[str, ...] = ()) -> Any:
    plan = tmp_path / "faults.json"
    plan.write_text(json.dumps(rules))
    return running("--clock", NOW, "--faults", str(plan), *more)


def asked(server: Running) -> list[str]:
    return [each["path"] for each in server.requests()]


def test_every_story_once_in_the_contracts_form(server: Running, data: Path) -> None:
    sids = [sid for sid, story in builtin_stories().items() if story.withdrawn is None]
    run = crawl(server.url, data, "-a", f"sids={','.join(map(str, sids))}")
    assert (run.status, run.out) == (0, "")
    assert sorted(run.stories()) == sids
    for line in run.feeds[0].read_bytes().splitlines():
        assert items.line(items.read_line(line)) == line
    assert not list(data.glob("**/*.part"))
    assert f"{len(sids)} asked" in run.err


def test_what_the_site_does_not_have_is_missing(server: Running, data: Path) -> None:
    run = crawl(server.url, data, "-a", f"sids={PLENTY},{WITHDRAWN}")
    assert run.status == 0
    assert sorted(run.stories()) == [79517, 79520, 79523]
    assert "3 stored, 5 missing" in run.err
    assert not run.retries


@pytest.mark.parametrize("answer", ["404", "redirect", "home"])
def test_a_missing_story_is_missing_however_the_site_says_it(data: Path, answer: str) -> None:
    with running("--clock", NOW, "--missing", answer) as server:
        run = crawl(server.url, data, "-a", f"sids=79517,{NEVER}")
    assert run.status == 0
    assert "1 stored, 1 missing" in run.err


def test_a_control_is_asked_after_the_last_missing_and_never_stored(data: Path) -> None:
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, "-a", f"sid={NEVER}")
        paths = asked(server)
    assert run.status == 0
    assert "1 asked" in run.err
    assert "1 missing" in run.err
    assert not run.feeds
    assert paths[:2] == ["/robots.txt", f"/story?sid={NEVER}"]
    assert len(paths) == 3  # one top story of the home page, which came already


def test_a_site_that_answers_its_home_page_to_all_settles_nothing(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "home"}) as server:
        run = crawl(server.url, data, "-a", "sids=60000-60119")
        number = len(asked(server))
    assert run.status == 3
    assert "home-page-for-all" in run.err
    assert "missing" not in run.err.splitlines()[0]
    assert number < 80  # it stops after the first fifty
    assert "60000-60119" not in run.retries[0].read_text()
    again = crawl("http://127.0.0.1:9", data, "-a", f"sids=@{run.retries[0]}")
    assert "120 asked" in again.err


def test_the_top_story_of_a_home_page_for_all_is_told_as_the_others_are(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "home"}) as server:
        top = max(list_pages.story_sids(server.get("/").body))
        run = crawl(server.url, data, "-a", f"sids={top}")
    assert run.status == 3
    assert f"unparsed: home-page-for-all: {top}" in run.err


def test_what_an_ill_site_answered_is_not_confirmed_when_it_is_well_again(tmp_path: Path, data: Path) -> None:
    ill = {"path": "/story", "sids": ["70000-90000"], "action": "home", "attempts": [1, 1]}  # each control, once
    with faulty(tmp_path, ill, more=("--latency", "0.02")) as server:
        run = crawl(server.url, data, "-a", "sids=60000-60199")
    assert run.status == 3
    assert " missing" not in run.err


def test_a_page_that_is_no_home_page_names_no_control(tmp_path: Path, data: Path) -> None:
    rules = (
        {"path": f"/story?sid={NEVER}", "action": "redirect", "to": "/sorry"},
        {"path": "/sorry", "action": "captcha"},
    )
    with faulty(tmp_path, *rules) as server:
        run = crawl(server.url, data, "-a", f"sid={NEVER}")
    assert run.status == 0
    assert "1 missing" in run.err


def test_a_missing_that_no_control_answers_for_is_not_confirmed(tmp_path: Path, data: Path) -> None:
    rules = (
        {"path": "/story", "sids": [NEVER], "action": "status", "status": 404},
        {"path": "/", "sids": None, "action": "status", "status": 503, "requests": [3, None]},
    )
    with faulty(tmp_path, *rules) as server:
        run = crawl(server.url, data, "-a", f"sid={NEVER}", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: not confirmed" in run.err


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"action": "status", "status": 500}, "failed: answered 500 Internal Server Error"),
        ({"action": "status", "status": 429}, "failed: answered 429 Too Many Requests"),
        ({"action": "status", "status": 418}, "failed: answered 418"),
        ({"action": "status", "status": 403}, "refused: answered 403 Forbidden"),
        ({"action": "status", "status": 451}, "refused: answered 451"),
        ({"action": "reset"}, "failed: connection lost"),
        ({"action": "cut"}, "failed: body cut short"),
        ({"action": "bomb", "megabytes": 50}, "failed: body over the limit"),
        ({"action": "endless", "bytes_per_second": 0}, "failed: body over the limit"),
        ({"action": "silence"}, "failed: time-out"),
        ({"action": "endless", "bytes_per_second": 20}, "failed: time-out"),
        ({"action": "reset", "quiet": True}, "failed: connection lost"),
        ({"action": "delay", "seconds": 5}, "failed: time-out"),
        ({"action": "truncate", "share": 0.5}, "unparsed: "),
        ({"action": "charset", "encoding": "gbk"}, "unparsed: not-utf8"),
        ({"action": "charset", "encoding": "big5", "declared": "utf-8"}, "unparsed: not-utf8"),
        ({"action": "charset", "encoding": "utf-16"}, "unparsed: "),
        (
            {"action": "redirect", "to": "http://127.0.0.1:9/story?sid=79520"},
            "refused: redirect off the site",
        ),
        ({"action": "redirect", "to": "http://127.0.0.1:99999/"}, "refused: redirect off the site, to http://127"),
        ({"action": "redirect", "to": "javascript:0"}, "refused: redirect off the site, to javascript:0"),
        ({"action": "redirect", "to": "http://example.org/"}, "refused: redirect off the site"),
        ({"action": "redirect", "to": "{path}"}, "failed: more than 5 redirects"),
        ({"action": "other", "sid": 79517}, "unparsed: other-story"),
        ({"action": "empty"}, "unparsed: empty"),
        ({"action": "captcha"}, "unparsed: no-block"),
        ({"action": "garbage"}, "unparsed: not-utf8"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["action"],
)
def test_each_fault_has_its_outcome_and_harms_no_other_id(
    tmp_path: Path, data: Path, fault: dict[str, Any], outcome: str
) -> None:
    with faulty(tmp_path, {"path": "/story", "sids": [79520], **fault}) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-s", "RETRY_TIMES=1", "-s", "DOWNLOAD_TIMEOUT=2")
    assert run.status == 1
    assert sorted(run.stories()) == [79517, 79523]
    assert f"{outcome}" in run.err
    assert "Traceback" not in run.err
    assert "7 asked" in run.err
    assert run.retries[0].read_text().startswith("79520  # ")


def test_a_fault_that_passes_is_retried(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/story", "action": "status", "status": 503, "attempts": [1, 2]}) as server:
        run = crawl(server.url, data, "-a", "sid=79520")
    assert run.status == 0
    assert list(run.stories()) == [79520]


def test_robots_is_asked_first_and_obeyed_at_full_speed(tmp_path: Path, data: Path) -> None:
    robots = tmp_path / "robots.txt"
    robots.write_text("\ufeffUser-agent: solidot_spider\nDisallow: /story?sid=7951\nDisallow: /story?sid=79523\n")
    with running("--clock", NOW, "--robots", str(robots), "--latency", "0.05") as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-s", "CONCURRENT_REQUESTS=32")
        paths = asked(server)
    assert paths[0] == "/robots.txt"
    assert paths.count("/robots.txt") == 1
    assert not [path for path in paths if "sid=7951" in path or "sid=79523" in path]
    assert run.status == 1
    assert "refused: forbidden by robots.txt: 79517-79519, 79523" in run.err


@pytest.mark.parametrize("status", [503, 429])
def test_a_robots_that_cannot_be_had_ends_the_run(tmp_path: Path, data: Path, status: int) -> None:
    with faulty(tmp_path, {"path": "/robots.txt", "action": "status", "status": status}) as server:
        run = crawl(server.url, data, "-a", "sids=1-99999999", "-s", "RETRY_TIMES=1")
        paths = asked(server)
    assert set(paths) == {"/robots.txt"}
    assert run.status == 1
    assert f"refused: robots.txt answers {status}: 1-99999999" in run.err


def test_a_robots_that_is_not_there_allows_all(tmp_path: Path, data: Path) -> None:
    with faulty(tmp_path, {"path": "/robots.txt", "action": "status", "status": 404}) as server:
        assert crawl(server.url, data, "-a", "sid=79520").status == 0


def test_no_answer_at_all_is_told(data: Path) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sids=5-9", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: robots.txt: connection refused: 5-9" in run.err
    assert "Traceback" not in run.err


def test_a_limit_stops_cleanly_and_the_rest_is_not_tried(data: Path) -> None:
    with running("--clock", NOW) as server:
        run = crawl(server.url, data, "-a", f"sids={PLENTY}", "-a", "limit=4")
        pages = [path for path in asked(server) if "sid=" in path]
    assert run.status == 0
    assert sorted(run.stories()) == [79517, 79520]
    assert "2 stored, 2 missing, 3 not tried" in run.err
    assert [line.split()[0] for line in run.retries[0].read_text().splitlines()] == ["79521-79523"]
    assert len(pages) <= 5  # four stories and a control


def test_minutes_stop_cleanly(data: Path) -> None:
    with running("--stories", "generated:100000", "--latency", "0.02") as server:
        run = crawl(server.url, data, "-a", "sids=1-100000", "-a", "minutes=0.02")
    assert run.status == 0
    assert "100000 asked" in run.err
    assert "minutes=0.02 are over" in run.err
    assert run.stories()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_whole_files_and_true_counts(data: Path, by: signal.Signals) -> None:
    with running("--stories", "generated:100000", "--latency", "0.02") as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-100000", "-s", "DOWNLOAD_DELAY=0")
        while len(server.requests()) < 20:
            time.sleep(0.02)
        process.send_signal(by)
        run = finish(process, data)
    assert run.status == 1
    stored = run.stories()
    assert stored
    assert "100000 asked in" in run.err
    assert f"{len(stored)} stored, {100_000 - len(stored)} not tried" in run.err
    assert "interrupted" in run.err
    assert "Traceback" not in run.err


def test_a_killed_run_leaves_whole_lines_and_the_next_run_names_them(data: Path) -> None:
    with running("--stories", "generated:100000", "--latency", "0.01") as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-100000", "-s", "DOWNLOAD_DELAY=0")
        while len(server.requests()) < 30:
            time.sleep(0.02)
        process.kill()
        finish(process, data)
        (part,) = data.glob("runs/*.part")
        stories = read_stories(part)
        run = crawl(server.url, data, "-a", "sid=7")
    assert stories
    assert f"{part} was left by a run that was killed" in run.err
    assert read_stories(part) == stories


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc")
def test_a_crawl_listens_on_no_port(data: Path) -> None:
    with running("--stories", "generated:1000", "--latency", "0.05") as server:
        process = start(server.url, data, "crawl", "story", "-a", "sids=1-1000", "-s", "DOWNLOAD_DELAY=0")
        while len(server.requests()) < 5:
            time.sleep(0.02)
        held = {link.readlink().name for link in Path(f"/proc/{process.pid}/fd").iterdir() if link.is_symlink()}
        tables = [Path(f"/proc/{process.pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
        process.terminate()
        finish(process, data)
    sockets = [line.split() for table in tables for line in table]
    assert [words[1] for words in sockets if words[3] == "0A" and f"socket:[{words[9]}]" in held] == []


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
        (("story", "-a", "sid=1", "-O", ".:jsonlines"), "-o .: no file"),
        (("stroy", "-a", "sid=1"), "no spider is called stroy; there is daily, latest, story"),
        ((), "crawl takes the name of one spider"),
    ],
)
def test_a_wrong_word_is_one_line_and_nothing_is_fetched(data: Path, words: tuple[str, ...], told: str) -> None:
    with running("--clock", NOW) as server:
        run = solidot(server.url, data, "crawl", *words)
        assert not server.requests()
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


@pytest.mark.parametrize("where", ["feed", "output"])
def test_a_feed_that_cannot_be_opened_fetches_nothing(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("in the way")
    data = tmp_path / "file" / "data" if where == "feed" else tmp_path / "data"
    words = ("-O", str(tmp_path / "file" / "x.jsonl")) if where == "output" else ()
    with running("--clock", NOW) as server:
        run = solidot(server.url, data, "crawl", "story", "-a", "sids=79517-79520", *words, cwd=tmp_path)
        assert not [path for path in asked(server) if "story" in path]
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
        number = len(asked(server))
    assert run.status == 4
    assert "File too large" in run.err
    assert "Traceback" not in run.err
    assert number < 200
    assert read_stories(*data.glob("runs/*.jsonl*"))


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
