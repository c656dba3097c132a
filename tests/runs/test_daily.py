"""Real runs of ``daily``: what the site's days list, held against the walk by sid."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.base.options import Options
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl.arguments import Arguments
from solidot_spider.crawl.proof import NOTHING_KNOWN
from solidot_spider.export.dataset import export
from solidot_spider.spiders.daily import DailySpider
from tests.crawling import Crawl, read_stories, solidot
from tests.moving_site import GENERATED, PER_DAY, Moving, moving

NOW = datetime(2023, 2, 10, 12, tzinfo=BEIJING)
MONTH = ("-a", "since=2023-01-01", "-a", "until=2023-01-31")
LAST = 31 * PER_DAY
DAY, SIDS = date(2023, 1, 5), [13, 14, 15]
"""A day, and its stories."""

NO_RETRY = ("-s", "RETRY_TIMES=0")


class First(NamedTuple):
    """A month by its days."""

    run: Crawl
    paths: list[str]
    remarks: list[str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moving]:
    with moving(tmp_path_factory.mktemp("site"), NOW, *GENERATED, "--still") as site:
        yield site


@pytest.fixture(scope="module")
def month(server: Moving, tmp_path_factory: pytest.TempPathFactory) -> First:
    server.at(NOW)
    run = server.crawl(tmp_path_factory.mktemp("month") / "data", "daily", *MONTH)
    return First(run, server.paths, server.reports[-1].remarks)


@pytest.fixture
def site(server: Moving, month: First) -> Moving:  # noqa: ARG001 - which asks the site, and comes before
    server.at(NOW)
    return server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def filled(month: First, data: Path) -> Path:
    """A store that has the month."""
    return shutil.copytree(month.run.data, data)


def of(*days: int) -> list[int]:
    """The stories of some days of January."""
    return [sid for day in days for sid in range((day - 1) * PER_DAY + 1, day * PER_DAY + 1)]


def listings(data: Path) -> dict[str, list[int]]:
    """What the store has of each day."""
    found: dict[str, list[int]] = {}
    with closing(sqlite3.connect(data / "solidot.db")) as database:
        for day, sid in database.execute("SELECT day, sid FROM listings ORDER BY day, sid"):
            found.setdefault(day, []).append(sid)
    return found


def test_a_month_by_its_days_is_the_same_as_by_sid(month: First, site: Moving, tmp_path: Path) -> None:
    walk = site.crawl(tmp_path / "walk", "story", "-a", f"sids=1-{LAST}")
    files: list[Path] = []
    for run in (month.run, walk):
        assert run.status == 0
        files.append(tmp_path / f"{len(files)}.jsonl")
        assert export(Options(data_dir=run.data), files[-1]) == LAST
    assert files[0].read_bytes() == files[1].read_bytes()


def test_where_walk_and_days_agree_nothing_is_said_of_them(month: First) -> None:
    assert month.remarks == [NOTHING_KNOWN]


def test_each_day_and_each_story_is_asked_once_after_robots_txt(month: First) -> None:
    assert month.paths[:2] == ["/robots.txt", "/?issue=20230101"]
    days = [path for path in month.paths if path.startswith("/?")]
    assert days == [f"/?issue=202301{day:02}" for day in range(1, 32)]
    assert len(month.paths) == len(set(month.paths)) == 1 + 31 + LAST


def test_what_each_day_listed_is_recorded(month: First) -> None:
    assert listings(month.run.data) == {f"2023-01-{day:02}": of(day) for day in range(1, 32)}


@pytest.mark.parametrize("words", [("-a", "refresh=true"), ("-O", "out.jsonl")], ids=["refresh", "file"])
def test_what_is_settled_is_asked_where_all_is_wanted(site: Moving, filled: Path, words: tuple[str, ...]) -> None:
    run = site.crawl(filled, "daily", "-a", f"date={DAY:%Y%m%d}", *words)
    assert run.status == 0
    assert site.asked == SIDS
    assert sorted(read_stories(Path(filled.parent, site.reports[-1].records[0]))) == SIDS


def test_limit_is_counted_over_days_and_the_next_run_goes_on(site: Moving, data: Path) -> None:
    words = ("-a", "since=2023-01-01", "-a", "until=2023-01-04")
    first = site.crawl(data, "daily", *words, "-a", "limit=4")
    assert first.status == 0
    assert site.asked == [1, 2, 3, 4]
    assert [path for path in site.paths if path.startswith("/?")] == ["/?issue=20230101", "/?issue=20230102"]
    assert site.reports[-1].remarks == [NOTHING_KNOWN]
    site.at(NOW)
    assert site.crawl(data, "daily", *words).status == 0
    assert site.asked == list(range(5, 13))
    assert site.reports[-1].settled_before == 4


def test_a_home_page_in_a_days_place_is_3_and_not_taken(site: Moving, data: Path) -> None:
    site.at(NOW, {"action": "home", "path": "/?issue=20230209"})
    run = site.crawl(data, "daily", "-a", "since=3 days ago", "-a", "until=yesterday")
    said = "the page of 2023-02-09: not read as the list of that day"
    assert run.status == 3
    assert said in run.err.splitlines()[-1]
    assert site.reports[-1].remarks == [said, NOTHING_KNOWN]
    assert list(listings(data)) == ["2023-02-07", "2023-02-08"]
    assert site.asked == of(38, 39)


EMPTY_DAY = [["block_m", "block_x"]]


def test_a_day_that_lists_none_of_its_stored_stories_is_no_empty_day(site: Moving, filled: Path) -> None:
    site.at(NOW, {"action": "rewrite", "path": "/?issue=20230105", "pairs": EMPTY_DAY})
    run = site.crawl(filled, "daily", "-a", "since=2023-01-04", "-a", "until=2023-01-06")
    said = "the page of 2023-01-05: lists none of its stored stories: 13-15"
    assert run.status == 3
    assert said in run.err.splitlines()[-1]
    assert site.reports[-1].remarks == [said]
    assert listings(filled)["2023-01-05"] == SIDS  # as they were listed before


def test_a_day_that_lists_other_stories_only_is_none_either(site: Moving, data: Path) -> None:
    site.at(NOW)
    assert site.crawl(data, "story", "-a", "sids=13-14").status == 0
    others = [[f"sid={sid}", f"sid={sid + 500}"] for sid in SIDS]
    site.at(NOW, {"action": "rewrite", "path": "/?issue=20230105", "pairs": others})
    assert site.crawl(data, "daily", "-a", f"date={DAY}").status == 3
    assert site.asked == []


def test_one_story_that_its_day_no_longer_lists_is_told_and_no_alarm(site: Moving, data: Path) -> None:
    site.at(NOW)
    assert site.crawl(data, "story", "-a", "sid=13").status == 0
    site.at(NOW, {"action": "rewrite", "path": "/?issue=20230105", "pairs": [["sid=13", "tid=13"]]})
    run = site.crawl(data, "daily", "-a", f"date={DAY}")
    assert run.status == 0
    assert "stored, but listed by no day: 1: 13" in site.reports[-1].remarks


def test_a_day_of_which_nothing_is_stored_may_be_empty(site: Moving, data: Path) -> None:
    site.at(NOW, {"action": "rewrite", "path": "/?issue=20230105", "pairs": EMPTY_DAY})
    assert site.crawl(data, "daily", "-a", f"date={DAY}").status == 0


def test_a_day_that_cannot_be_had_is_1_and_says_nothing_of_its_stories(site: Moving, filled: Path) -> None:
    site.at(NOW, {"action": "status", "status": 404, "path": "/?issue=20230105"})
    run = site.crawl(filled, "daily", "-a", "since=2023-01-04", "-a", "until=2023-01-06")
    assert run.status == 1
    assert run.err.endswith("exit status 1: the page of 2023-01-05: answered 404\n")
    assert site.reports[-1].remarks == ["the page of 2023-01-05: answered 404"]


def test_days_that_fail_alike_are_one_remark(site: Moving, data: Path) -> None:
    site.at(NOW, {"action": "status", "status": 404, "path": "/?issue=2023010"})
    assert site.crawl(data, "daily", "-a", "since=2023-01-03", "-a", "until=2023-01-09").status == 1
    assert site.reports[-1].remarks == ["the pages of 7 days, 2023-01-03 to 2023-01-09: answered 404"]


def test_a_site_that_asks_to_wait_ends_the_run_in_trouble(site: Moving, data: Path) -> None:
    busy = {"action": "status", "status": 503, "headers": {"Retry-After": "3600"}, "path": "/?issue=20230105"}
    site.at(NOW, busy)
    run = site.crawl(data, "daily", "-a", "since=2023-01-05", "-a", "until=2023-01-06")
    assert run.status == 1
    assert "the page of 2023-01-05: answered 503 Service Unavailable" in run.err.splitlines()[-1]
    assert site.paths == ["/robots.txt", "/?issue=20230105"]


def test_a_story_that_is_listed_and_missing_is_1_and_named(site: Moving, data: Path) -> None:
    gone = {"action": "status", "status": 404, "path": "/story", "sids": [13]}
    site.at(NOW, gone, {"action": "home", "path": "/story", "sids": [14]})
    run = site.crawl(data, "daily", "-a", f"date={DAY}")
    assert run.status == 1
    assert "listed by their day, but missing: 2: 13-14" in run.err
    assert run.err.endswith("exit status 1: 2 listed by their day, but missing\n")
    assert site.reports[-1].remarks == ["listed by their day, but missing: 2: 13-14", NOTHING_KNOWN]
    assert site.reports[-1].counts["missing"] == 2


def test_what_only_the_days_or_only_the_walk_know_is_named(tmp_path: Path, data: Path) -> None:
    words = ("daily", "-a", "since=2025-11-04", "-a", "until=2025-11-07")
    listed = {"2025-11-04": [82714, 82716], "2025-11-06": [82725, 82728], "2025-11-07": [82733]}
    gaps = "82715, 82717-82724, 82726-82727, 82729-82732"
    with moving(tmp_path, datetime(2025, 11, 7, 23, tzinfo=BEIJING)) as site:
        first = site.crawl(data, *words)
        assert listings(data) == listed  # nothing was published on the fifth
        assert site.reports[-1].remarks == [f"ids between, listed by no day: 15: {gaps}", NOTHING_KNOWN]
        site.at(datetime(2025, 11, 8, 12, tzinfo=BEIJING))
        second = site.crawl(data, *words)
    assert (first.status, second.status) == (0, 0)
    assert listings(data) == {**listed, "2025-11-06": [82728]}  # 82725 was withdrawn
    assert site.reports[-1].remarks[0] == "stored, but listed by no day: 1: 82725"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "no day named; -a date=DAY or -a since=DAY -a until=DAY: give 2024-10-18, 20241018, today"),
        ({"until": "today"}, "no day named"),
        ({"date": "2024"}, "date=2024: not a day"),
        ({"date": "tomorrow"}, "date=tomorrow: not a day"),
        ({"since": "2004-12-31"}, "since=2004-12-31: 2004-12-31 is not between 2005-01-01 and today"),
        ({"since": "2024-02-02", "until": "2024-02-01"}, "since=2024-02-02 comes after until=2024-02-01"),
        ({"date": "today", "since": "today"}, "date= is one day, since= and until= are several"),
        ({"date": "today", "until": "today"}, "date= is one day"),
        ({"date": "today", "refresh": "yes"}, "refresh=yes"),
        ({"date": "today", "limit": "0"}, "limit=0"),
        ({"date": "today", "minutes": "soon"}, "minutes=soon"),
        ({"date": "today", "sids": "5"}, "unknown argument sids; daily takes since, until, date, refresh, limit, min"),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, str], told: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        DailySpider.parse_arguments(given)
    assert str(refused.value).startswith(told)


def days(**given: str) -> Arguments:
    return DailySpider.parse_arguments(given)


def test_days_are_told_from_the_clock_in_beijing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLIDOT_CLOCK", "2023-02-09T16:00:00Z")
    today, before = date(2023, 2, 10), date(2023, 2, 9)
    assert days(date="today", _job="7").days == (today, today)
    assert days(since="yesterday").days == (before, today)
    assert days(since="1 day ago", until="20230209").days == (before, before)


def test_without_a_store_nothing_is_fetched_or_made(data: Path) -> None:
    words = ("-a", "date=today", "-s", "SOLIDOT_DATABASE_URL=none")
    run = solidot("http://127.0.0.1:9", data, "crawl", "daily", *words)
    assert run.status == 2
    assert run.err == "solidot: daily works on a store, and SOLIDOT_DATABASE_URL=none; unset it\n"
    assert not data.exists()
