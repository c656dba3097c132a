"""``solidot status``: what the store has, what is missing and why, how the last runs went."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from solidot_spider.base import sids
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.commands import status_check, status_lines
from solidot_spider.store import status
from solidot_spider.store.errors import StoreError
from solidot_spider.store.past_runs import PastRun
from solidot_spider.store.status import Edge, Failure, Status, Thousand
from solidot_spider.store.store import Store
from tests.crawling import Crawl, environment, solidot
from tests.stores import NOW, fields, heard, run, stored
from tests.terminal import on_a_terminal

FAILED, MISSING, REFUSED, UNPARSED = Outcome.FAILED, Outcome.MISSING, Outcome.REFUSED, Outcome.UNPARSED
NONE = dict.fromkeys(map(str, Outcome), 0)
DAYS = [fields(sid)["published_at"][:10] for sid in (995, 2001)]


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def unasked(*ends: tuple[str, str, list[str]]) -> str:
    return msgspec.json.encode(ends).decode()


def fill(store: Store) -> None:
    """Three stories from 995 to 2001, and ids of every other outcome."""
    run(
        store,
        *(stored(sid) for sid in (995, 999, 2001)),
        *(heard(sid, MISSING, "home-page") for sid in (996, 1000, 5)),
        *(heard(sid, FAILED, "time-out") for sid in (1001, 1002, 1004)),
        heard(1003, FAILED, "503"),
        heard(1005, REFUSED, "403"),
        heard(2000, UNPARSED, "no-title"),
        asked=12,
        counts='{"stored": 3, "missing": 3, "failed": 4, "refused": 1, "unparsed": 1}',
        unasked=unasked(("not tried", "interrupted", ["1500-1599", "3000"])),
        exit_status=1,
        verdict="exit status 1: some ids did not settle",
    )
    run(store)


def test_the_numbers_of_a_store(store: Store) -> None:
    fill(store)
    told = Status.of(store)
    assert told.store == store.where
    assert told.bytes > 0
    assert (told.stories, told.withdrawn) == (3, 0)
    assert (told.first, told.last) == (Edge(995, DAYS[0]), Edge(2001, DAYS[1]))
    assert told.outcomes == {
        "stored": 3,
        "missing": 3,
        "refused": 1,
        "failed": 4,
        "unparsed": 1,
        "not tried": 101,
    }
    assert told.gaps == 2001 - 995 + 1 - 5
    assert told.coverage == [Thousand(0, 2, 2), Thousand(1000, 0, 1), Thousand(2000, 1, 0)]


def test_failures_have_their_reasons_the_most_frequent_first(store: Store) -> None:
    fill(store)
    assert Status.of(store).failures == [
        Failure("not tried", "interrupted", 101, ["1500-1599", "3000"]),
        Failure("failed", "time-out", 3, ["1001-1002", "1004"]),
        Failure("failed", "503", 1, ["1003"]),
        Failure("refused", "403", 1, ["1005"]),
        Failure("unparsed", "no-title", 1, ["2000"]),
    ]


def test_the_last_runs_are_told_newest_first(store: Store) -> None:
    fill(store)
    newest, oldest = Status.of(store).runs
    assert (newest.ended_at, newest.counts, newest.exit_status) == (None, None, None)
    assert (oldest.name, oldest.asked, oldest.exit_status) == ("story-x", 12, 1)
    assert oldest.counts == {"stored": 3, "missing": 3, "failed": 4, "refused": 1, "unparsed": 1}
    for number in range(9):
        run(store, verdict=f"run {number}")
    assert [each.verdict for each in Status.of(store).runs] == [f"run {number}" for number in (8, 7, 6, 5, 4)]


def test_an_empty_store_has_nothing(store: Store) -> None:
    told = Status.of(store)
    assert told == Status(store.where, told.bytes, 0, 0, None, None, NONE, 0, [], [], [])


def test_a_story_that_is_gone_is_still_one(store: Store) -> None:
    run(store, stored(5), stored(6), stored(7))
    run(store, heard(6, MISSING, at=NOW))
    run(store, heard(6, MISSING, at=NOW.replace(day=NOW.day + 1)))
    told = Status.of(store)
    assert (told.stories, told.withdrawn, told.gaps) == (3, 1, 0)
    assert told.outcomes == NONE | {"stored": 2, "missing": 1}
    assert told.coverage == [Thousand(0, 3, 0)]


def test_ids_that_a_run_gave_up_all_at_once_are_told_with_the_reason(store: Store) -> None:
    run(store, heard(5, FAILED, "time-out"), unasked=unasked(("failed", "robots.txt: time-out", ["10-19"])))
    run(store, stored(12), unasked=unasked(("failed", "robots.txt: time-out", ["18-21"])))
    told = Status.of(store)
    assert told.outcomes == NONE | {"stored": 1, "failed": 12}
    assert told.failures == [
        Failure("failed", "robots.txt: time-out", 11, ["10-11", "13-21"]),
        Failure("failed", "time-out", 1, ["5"]),
    ]


def test_an_id_that_failed_and_was_then_given_up_counts_once(store: Store) -> None:
    run(store, heard(5, FAILED, "time-out"))
    for _ in range(2):
        run(store, unasked=unasked(("failed", "robots.txt: time-out", ["1-10"]), ("not tried", "interrupted", ["11"])))
    told = Status.of(store)
    assert told.outcomes == NONE | {"failed": 10, "not tried": 1}
    assert [(each.reason, each.count) for each in told.failures] == [
        ("robots.txt: time-out", 9),
        ("time-out", 1),
        ("interrupted", 1),
    ]


def test_an_id_that_several_runs_did_not_get_to_counts_once(store: Store) -> None:
    run(store, stored(1), heard(2, FAILED, "time-out"), unasked=unasked(("not tried", "limit=2 reached", ["3-100"])))
    run(store, stored(3), unasked=unasked(("not tried", "limit=1 reached", ["1-2", "4-100"])))
    run(store, unasked=unasked(("not tried", "interrupted", ["50-120"])))
    told = Status.of(store)
    assert told.outcomes == NONE | {"stored": 2, "failed": 1, "not tried": 117}
    assert told.failures == [
        Failure("not tried", "interrupted", 71, ["50-120"]),
        Failure("not tried", "limit=1 reached", 46, ["4-49"]),
        Failure("failed", "time-out", 1, ["2"]),
    ]
    assert sum(each.count for each in told.failures) == 118


def test_what_was_asked_since_is_no_failure_any_more(store: Store) -> None:
    run(store, heard(1, FAILED), unasked=unasked(("not tried", "interrupted", ["2-3"])))
    run(store, stored(1), stored(2), stored(3))
    told = Status.of(store)
    assert (told.failures, told.outcomes) == ([], NONE | {"stored": 3})


def test_of_many_ids_the_first_are_named(store: Store) -> None:
    run(store, *(heard(sid, FAILED, "time-out") for sid in range(1, 2 * status.SIDS_PER_FAILURE + 100, 2)))
    (failure,) = Status.of(store).failures
    assert failure.count == status.SIDS_PER_FAILURE + 50
    assert failure.sids[:3] == ["1", "3", "5"]
    assert len(failure.sids) == status.SIDS_PER_FAILURE


@pytest.mark.parametrize("kind", ["failed", "refused", "unparsed", "missing", "not-tried"])
def test_the_numbers_are_those_of_the_ids(store: Store, kind: str) -> None:
    fill(store)
    told = Status.of(store)
    with store.snapshot() as view:
        assert told.outcomes[kind.replace("-", " ")] == len(view.of_kind(kind))
        assert told.gaps == len(view.of_kind("gaps"))


def test_where_there_is_no_store_there_is_none_afterwards(chosen: Options) -> None:
    for _ in range(2):
        with pytest.raises(StoreError, match="no store here yet"), Store.opened(chosen):
            pass
    assert not chosen.data_dir.exists()


FULL = Status(
    store="data/solidot.db",
    bytes=3 * 1024 * 1024,
    stories=1234,
    withdrawn=2,
    first=Edge(995, "2005-09-01"),
    last=Edge(2999, "2005-12-31"),
    outcomes={"stored": 1234, "missing": 700, "refused": 0, "failed": 8, "unparsed": 0, "not tried": 10_000},
    gaps=71,
    failures=[
        Failure("failed", "time-out", 7, ["1", "3", "5", "7", "9", "11-12"]),
        Failure("unparsed", "", 1, ["80"]),
    ],
    runs=[
        PastRun(
            "story-c", "2025-11-08T03:58:00+00:00", None, None, None, None, None, "story", {"sids": "1-9"}, "killed"
        ),
        PastRun("story-b", "2025-11-07T04:00:00+00:00", "2025-11-07T05:00:00+00:00", 0, NONE, 0, ""),
        PastRun(
            "story-a",
            "2025-11-06T04:00:00+00:00",
            "2025-11-06T04:00:09+00:00",
            3,
            {"stored": 2, "missing": 0, "failed": 1},
            1,
            "exit status 1: trouble",
        ),
    ],
    coverage=[Thousand(0, 1, 4), Thousand(2000, 900, 100)],
    newest_at="2025-11-08T09:00:00+08:00",
    last_good_at="2025-11-07T05:00:00+00:00",
)
TOLD = [
    "data/solidot.db: 1,234 stories (2 withdrawn) from 995 (2005-09-01) to 2999 (2005-12-31), 3.0 MiB",
    "newest story: published 3 h ago",
    "ids: 1,234 stored, 700 missing, 8 failed, 10,000 not tried",
    "gaps: 71 ids between the lowest and the highest story (solidot crawl story -a only=gaps)",
    "failed: time-out: 7: 1, 3, 5, 7, 9, …",
    "unparsed: no reason known: 1: 80",
    "last runs:",
    "  story-c  2 min ago  -    -                   was killed",
    "  story-b  1 d ago    1 h  nothing asked       all well",
    "  story-a  2 d ago    9 s  2 stored, 1 failed  exit status 1: trouble",
    "next: story-c was killed: `solidot crawl story -a sids=1-9` goes on where it was",
]
BAR = ["         0 ▁ █", f"           {status_lines.LEGEND}"]


def told(given: Status, width: int | None = None) -> list[str]:
    return list(status_lines.lines(given, NOW, width))


def test_the_lines_of_a_store() -> None:
    assert told(FULL) == TOLD
    assert told(FULL, 80) == [*TOLD[:6], *BAR, *TOLD[6:]]


def test_the_lines_of_an_empty_store() -> None:
    empty = Status("data/solidot.db", 512, 0, 0, None, None, NONE, 0, [], [], [])
    assert told(empty, 80) == [
        "data/solidot.db: no stories yet, 512 bytes",
        "ids: none asked yet",
        "next: `solidot crawl latest` begins with the newest stories; `solidot demo` shows how it works",
    ]


def test_a_bar_is_as_wide_as_the_terminal() -> None:
    wide = msgspec.structs.replace(FULL, coverage=[Thousand(at * 1000, 1000, 0) for at in range(100)])
    bars = [line for line in told(wide, 50) if "█" in line]
    assert len(bars) == 3
    assert sum(line.count("█") for line in bars) == 100
    assert all(len(line) < 50 for line in bars)
    assert [line.split()[0] for line in bars] == ["0", "38,000", "76,000"]


def test_a_reason_cannot_harm_a_terminal(store: Store) -> None:
    run(store, heard(5, FAILED, "redirect to \x1b[2J\r\nhttp://x/\u202e\x9b"))
    (line,) = [line for line in told(Status.of(store)) if "http://x/" in line]
    assert line == "failed: redirect to ?[2J??http://x/??: 1: 5"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data directory of an SQLite store."""
    with Store.opened(Options(data_dir=tmp_path / "data"), create=True) as opened:
        fill(opened)
    return tmp_path / "data"


def command(data: Path, *words: str) -> Crawl:
    return solidot("http://127.0.0.1:9", data, "status", *words)


def test_the_command_tells_a_person(data: Path) -> None:
    done = command(data)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"{data}/solidot.db: 3 stories from 995 ({DAYS[0]}) to 2001 ({DAYS[1]}), ")
    assert re.search(r"\n  story-x  .* ago  +-  +-  +was killed\n", done.out)
    assert "\nnext: story-x was killed: `solidot crawl story` goes on where it was\n" in done.out
    assert not set(done.out) & set(status_lines.BLOCKS[1:])


def test_a_program_reads_the_status(data: Path) -> None:
    done = command(data, "--json")
    with Store.opened(Options(data_dir=data)) as opened:
        expected = Status.of(opened)
    told = msgspec.json.decode(done.out, type=Status)
    assert (done.status, done.err) == (0, "")
    assert msgspec.structs.replace(told, bytes=0) == msgspec.structs.replace(expected, bytes=0)


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("failed", "1001-1004"),
        ("not-tried", "1500-1599,3000"),
        ("gaps", "997-998,1001-2000"),
        ("missing", "5,996,1000"),
        ("refused", "1005"),
        ("unparsed", "2000"),
    ],
)
def test_ids_are_an_argument_of_a_crawl(data: Path, kind: str, ids: str) -> None:
    done = command(data, "--sids", kind)
    assert (done.status, done.err) == (0, "")
    file = data.parent / "ids.txt"
    file.write_text(done.out)
    assert str(sids.parse(f"@{file}")) == ids


@pytest.mark.parametrize(
    ("words", "exit_status", "says"),
    [
        (["--sids", "stored"], 2, "not-tried"),
        (["--sids", "failed", "--json"], 2, "not allowed with"),
        (["-s", "SOLIDOT_DATABASE_URL=none"], 2, "SOLIDOT_DATABASE_URL=none"),
        (["-s", "SOLIDOT_DATA_DIR=elsewhere"], 4, "elsewhere/solidot.db"),
    ],
)
def test_what_cannot_be_told_is_a_line_and_a_status(data: Path, words: list[str], exit_status: int, says: str) -> None:
    done = command(data, *words)
    assert (done.status, done.out) == (exit_status, "")
    assert says in done.err
    assert "Traceback" not in done.err
    assert not (data.parent / "elsewhere").exists()


def test_a_terminal_shows_a_bar(data: Path) -> None:
    status, shown = on_a_terminal("http://127.0.0.1:9", data, "status")
    assert status == 0
    assert "\x1b[31mwas killed\x1b[0m" in shown
    plain = re.sub(r"\x1b\[[\d;]+m", "", shown.replace("\r\n", "\n"))
    assert f"\n         0 ▁▁▁\n           {status_lines.LEGEND}\n" in plain
    assert not [char for char in plain if char != "\n" and unicodedata.category(char) == "Cc"]


@pytest.mark.long
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    with Store.opened(Options(data_dir=tmp_path), create=True) as store:
        run(store, *(heard(sid, Outcome.FAILED, "time-out") for sid in range(1, 60_000, 2)))
    command = f"{sys.executable} -m solidot_spider status --sids failed | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment("http://127.0.0.1:9", tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def ended(exit_status: int, **changes: Any) -> Status:
    """A store whose last run ended a quarter of an hour ago."""
    run = PastRun("latest-x", "2025-11-08T03:00:00+00:00", "2025-11-08T03:45:00+00:00", 1, NONE, exit_status, "")
    made = msgspec.structs.replace(FULL, runs=[run], outcomes=NONE, gaps=0, last_good_at="2025-11-08T03:45:00+00:00")
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize(
    ("given", "step"),
    [
        (ended(0), "nothing"),
        (ended(0, gaps=4800), "`solidot crawl story -a only=gaps` asks 4,800 ids that nobody knows of, for about 2 h"),
        (ended(1, outcomes=NONE | {"failed": 2}), "`solidot crawl story -a only=failed` asks 2 failed ids again"),
        (
            ended(1, outcomes=NONE | {"not tried": 9}),
            "`solidot crawl story -a only=not-tried` asks 9 not tried ids again",
        ),
        (
            ended(0, last_good_at="2025-11-06T00:00:00+00:00"),
            "the last good run is old: `solidot crawl latest` asks what is new, and what failed",
        ),
        (
            ended(1, last_good_at=None),
            "no run has ended well yet: `solidot crawl latest` asks what is new, and what failed",
        ),
        (ended(3), "the site seems changed: `solidot probe` shows which part of it"),
        (ended(3, holder="latest-y since 2025"), "latest-y since 2025: at work; wait for its end"),
    ],
)
def test_what_a_person_should_do_next(given: Status, step: str) -> None:
    assert told(given)[-1] == f"next: {step}"


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("given", "ages", "exit_status", "line"),
    [
        (
            ended(0),
            (HOUR, None),
            0,
            "solidot OK: 1,234 stories, last good run 15 min ago, newest story 3 h ago",
        ),
        (
            ended(1, last_good_at="2025-11-08T02:00:00+00:00"),
            (HOUR, None),
            1,
            "solidot WARNING: no good run within 1 h, 1,234 stories, last good run 2 h ago, newest story 3 h ago",
        ),
        (
            ended(0),
            (HOUR, 2 * HOUR),
            1,
            "solidot WARNING: no new story within 2 h, 1,234 stories, last good run 15 min ago, newest story 3 h ago",
        ),
        (
            ended(3),
            (HOUR, None),
            3,
            "solidot CRITICAL: latest-x: the site seems changed, 1,234 stories, last good run 15 min ago, newest story 3 h ago",
        ),
        (
            ended(4, last_good_at=None, newest_at=None),
            (None, None),
            4,
            "solidot CRITICAL: latest-x: it could not write, 1,234 stories, no good run, no story",
        ),
    ],
)
def test_a_monitor_is_told_in_a_line(
    given: Status, ages: tuple[timedelta | None, timedelta | None], exit_status: int, line: str
) -> None:
    assert status_check.check(given, NOW, *ages) == (line, exit_status)


def test_the_command_checks(data: Path) -> None:
    done = command(data, "--check", "--max-age", "3h")
    assert (done.status, done.err, done.out.count("\n")) == (1, "", 1)
    assert done.out.startswith("solidot WARNING: no good run within 3 h, 3 stories, no good run, newest story ")
    assert command(data, "--check").status == 0


@pytest.mark.parametrize("wrong", ["3x", "", "0h", "-1h", "3"])
def test_a_wrong_age_is_refused(data: Path, wrong: str) -> None:
    done = command(data, "--check", f"--max-age={wrong}")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("solidot: argument --max-age: ")
    assert "give 90m, 3h or 2d" in done.err
