"""What a run leaves to the next one, and what that asks again."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from tests.crawling import REPORT, crawl, solidot, status
from tests.faulty_site import asked_sids, faulty, heal
from tests.server.client import running

EDITED = 82714
BEFORE, AFTER = "2025-11-06T07:00:00+08:00", "2025-11-06T09:00:00+08:00"

site = partial(faulty, stories="generated:300")


def test_a_second_run_asks_nothing_and_says_so(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(tmp_path) as server:
        first = crawl(server.url, data, "-a", "sids=1-70", env=env)
        before = len(server.requests())
        second = crawl(server.url, data, "-a", "sids=1-70", *REPORT, env=env)
        after = len(server.requests())
    assert (first.status, second.status) == (0, 0)
    assert "70 new" in first.err
    assert "0 asked" in second.err
    assert "nothing to ask" in second.err
    assert "70 settled before" in second.err
    assert after == before  # not even robots.txt
    told = second.report
    assert (told.asked, told.settled_before, told.counts["stored"]) == (0, 70, 0)
    assert status(data, env)["stories"] == 70


def test_only_what_is_not_settled_is_asked_again(tmp_path: Path, data: Path, database_url: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": database_url}
    with site(
        tmp_path, {"action": "status", "status": 500, "sids": [3, "7-9"]}, {"action": "empty", "sids": [5]}
    ) as server:
        crawl(server.url, data, "-a", "sids=1-80", env=env)
        heal(tmp_path)
        seen = len(asked_sids(server))
        second = crawl(server.url, data, "-a", "sids=1-85", env=env)
        again = asked_sids(server)[seen:]
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
            seen = len(asked_sids(server))
            assert crawl(server.url, data, "-a", f"only={kind}").status == 0
            assert sorted(asked_sids(server)[seen:]) == sids
        assert crawl(server.url, data, "-a", "only=gaps").err.count("nothing to ask") == 1


def test_gaps_lie_between_the_lowest_and_the_highest_story(tmp_path: Path, data: Path) -> None:
    with site(tmp_path) as server:
        crawl(server.url, data, "-a", "sids=5-8,12,15")
        seen = len(asked_sids(server))
        crawl(server.url, data, "-a", "only=gaps", "-a", "sids=1-13")
        some = asked_sids(server)[seen:]
        crawl(server.url, data, "-a", "only=gaps")
        rest = asked_sids(server)[seen + len(some) :]
    assert (sorted(some), rest) == ([9, 10, 11, 13], [14])


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
        sids = asked_sids(server)
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
    with site(tmp_path, stories="generated:60", words=("--step", "2")) as server:
        done = crawl(server.url, data, "-a", "sids=1-119", *REPORT)
    told = done.report
    assert done.status == 3
    assert "missing 59 of 119, expected at most 30%" in done.err
    assert told.questions["missing"] == "59 of 119, expected at most 30%"
    assert told.questions["title"] == ""
    assert "missing 59 of 119" in status(data)["runs"][0]["verdict"]


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
