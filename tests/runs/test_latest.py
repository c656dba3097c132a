"""Real runs of ``latest``: what is new, what failed, and what may have changed, by itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import GAPS, Outcome
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl.proof import NOTHING_KNOWN
from solidot_spider.spiders.latest import LatestSpider, nearest
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from tests import pages, stores
from tests.crawling import Crawl, read_stories, solidot
from tests.moving_site import GENERATED, PER_DAY, Moving, moving, published

NOW = datetime(2023, 2, 1, 12, tzinfo=BEIJING)
LOWEST, NEWEST, FEED_SIZE = 76, 95, 5
"""What home page and feed show then: twenty stories, five of them."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = published(NEWEST + 1) + timedelta(minutes=1)
"""One story more is there."""

SHOWN = {"feed": "feed", "home": "home page"}
WELL: dict[str, Any] = {"action": "delay", "seconds": 0}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "404": ({"action": "status", "status": 404}, "answered 404"),
    "500": ({"action": "status", "status": 500}, "answered 500 Internal Server Error"),
    "captcha": ({"action": "captcha"}, "no stories in it"),
    "empty": ({"action": "empty"}, "no stories in it"),
    "wait": (
        {"action": "status", "status": 503, "headers": {"Retry-After": "3600"}},
        "answered 503 Service Unavailable",
    ),
}
NO_RETRY = ("-s", "RETRY_TIMES=0")


class First(NamedTuple):
    """The first run of a store, and where it was."""

    run: Crawl
    paths: list[str]
    remarks: list[str]
    requests: int


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moving]:
    with moving(tmp_path_factory.mktemp("site"), NOW, *GENERATED, "--feed-size", str(FEED_SIZE)) as site:
        yield site


@pytest.fixture(scope="module")
def first(server: Moving, tmp_path_factory: pytest.TempPathFactory) -> First:
    server.at(NOW)
    run = server.crawl(tmp_path_factory.mktemp("first") / "data", "latest")
    return First(run, server.paths, server.reports[-1].remarks, server.reports[-1].requests)


@pytest.fixture
def site(server: Moving, first: First) -> Moving:  # noqa: ARG001 - which moves the site, and comes before
    server.at(NOW)
    return server


@pytest.fixture
def data(first: First, tmp_path: Path) -> Path:
    """A store that has the twenty stories."""
    return shutil.copytree(first.run.data, tmp_path / "data")


def faults(feed: str = "", home: str = "") -> list[dict[str, Any]]:
    """A plan for the list pages. Each path begins with ``/``: rules before the home page's keep the rest well."""
    rules = {"/story": WELL, "/robots.txt": WELL, "/index.rss": WELL, "/": WELL}
    rules |= {path: FAULTS[name][0] for path, name in (("/index.rss", feed), ("/", home)) if name}
    return [{**rule, "path": path} for path, rule in rules.items()]


def sql(data: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(data / "solidot.db")) as database:
        return database.execute(statement).fetchall()


def stored(data: Path) -> list[int]:
    return [sid for (sid,) in sql(data, "SELECT sid FROM stories ORDER BY sid")]


def test_an_empty_store_takes_what_the_site_shows(first: First) -> None:
    assert first.run.status == 0
    assert stored(first.run.data) == sorted(first.run.stories()) == list(range(LOWEST, NEWEST + 1))


def test_an_empty_store_says_how_to_get_the_stories_before(first: First) -> None:
    said = (
        "the store was empty: it begins with the 20 stories that the site shows; for those before: "
        f"solidot crawl story -a sids=1-{LOWEST - 1}"
    )
    assert first.remarks == [said, NOTHING_KNOWN]
    assert f"  {said}\n" in first.run.err


@pytest.mark.long
@pytest.mark.parametrize("named", [1, 20, 9_999_999])
def test_a_feed_that_names_a_story_far_away_does_not_move_the_start(site: Moving, tmp_path: Path, named: int) -> None:
    data = tmp_path / "new"
    high = 2500
    shift = {"action": "rewrite", "path": "/index.rss"}
    site.at(
        published(high),
        {**shift, "pairs": [[f"sid={high - 4}<", f"sid={named}<"], [f"sid={high - 4}]", f"sid={named}]"]]},
    )
    assert site.crawl(data, "latest").status == 0
    assert site.asked == list(range(high - 19, high + 1))
    assert f"far from the others that the site shows, and not asked: {named}" in site.reports[-1].remarks
    site.at(published(high + 1))
    assert site.crawl(data, "latest").status == 0
    assert min(site.asked) >= high - 19
    assert max(site.asked) == high + 1


def test_a_list_of_one_story_that_is_not_there_does_not_move_it_either(site: Moving, tmp_path: Path) -> None:
    data = tmp_path / "new"
    with Store.opened(Options(data_dir=data), create=True) as store:
        row = RunStart("latest-x", "latest", "{}", site.server.url, NOW.isoformat(), is_single=0)
        store.write([stores.heard(1, Outcome.MISSING)], store.begin(row))
    for now in (NOW, LATER):
        site.at(now)
        assert site.crawl(data, "latest").status == 0
        assert min(site.asked) >= LOWEST


@pytest.mark.parametrize(
    ("shown", "near"),
    [([5], [5]), ([1, 9000], [9000]), ([1, 2, 9000], [1, 2]), ([3, 2003, 4004, 2], [2, 3, 2003]), ([7, 7, 6], [6, 7])],
)
def test_the_largest_group_of_stories_is_believed(shown: list[int], near: list[int]) -> None:
    assert nearest(shown) == near


def test_a_new_data_directory_is_told(first: First) -> None:
    assert f"making the data directory {first.run.data}\n" in first.run.err


def test_robots_txt_comes_first_then_the_lists_then_each_story_once(first: First) -> None:
    assert first.paths[0] == "/robots.txt"
    assert sorted(first.paths[1:3]) == ["/", "/index.rss"]
    assert sorted(first.paths[3:]) == [f"/story?sid={sid}" for sid in range(LOWEST, NEWEST + 1)]


def test_no_other_host_is_asked(first: First) -> None:
    assert first.requests == len(first.paths)


@pytest.mark.parametrize(("name", "why"), [("feed", "captcha"), ("home", "500")])
def test_either_list_alone_is_enough(site: Moving, data: Path, name: str, why: str) -> None:
    site.at(LATER, *faults(**{name: why}))
    run = site.crawl(data, "latest", *NO_RETRY)
    assert run.status == 0
    assert NEWEST + 1 in site.asked
    assert stored(data) == list(range(LOWEST, NEWEST + 2))
    assert site.reports[-1].remarks == [f"{SHOWN[name]}: {FAULTS[why][1]}"]


@pytest.mark.parametrize(("feed", "home", "expected"), [("404", "500", 1), ("empty", "captcha", 3)])
def test_without_both_lists_nothing_is_asked(site: Moving, data: Path, feed: str, home: str, expected: int) -> None:
    site.at(LATER, *faults(feed=feed, home=home))
    run = site.crawl(data, "latest", *NO_RETRY)
    assert run.status == expected
    assert f"feed: {FAULTS[feed][1]}; home page: {FAULTS[home][1]}" in run.err.splitlines()[-1]
    assert site.asked == []


def test_a_site_that_asks_to_wait_ends_the_run_in_trouble(site: Moving, data: Path) -> None:
    site.at(LATER, *faults(home="wait"))
    run = site.crawl(data, "latest")
    assert run.status == 1
    assert "home page: answered 503 Service Unavailable" in run.err.splitlines()[-1]
    assert site.asked == []


def test_a_machine_that_was_off_for_a_month_misses_nothing(site: Moving, tmp_path: Path, chosen: Options) -> None:
    with Store.opened(chosen, create=True) as store:
        stores.run(store, stores.stored(NEWEST, NOW))
        newest = NEWEST + 31 * PER_DAY
        site.at(NOW + 31 * DAY)
        run = site.crawl(tmp_path / "data", "latest", database_url=chosen.database_url)
        with store.snapshot() as view:
            gaps, highest = view.of_kind(GAPS), view.highest()
    assert run.status == 0
    assert site.asked == list(range(NEWEST, newest + 1))
    assert (len(gaps), highest) == (0, newest)


def test_a_failure_is_asked_again_and_a_story_asked_alone_does_not_lead_the_walk(site: Moving, data: Path) -> None:
    with Store.opened(Options(data_dir=data)) as store:
        alone = RunStart("story-x", "story", '{"sid":"20"}', site.server.url, NOW.isoformat(), is_single=1)
        store.write([stores.stored(20, NOW)], store.begin(alone))
        stores.run(store, stores.heard(NEWEST + 1, Outcome.FAILED, "time-out"), stores.stored(NEWEST + 2, LATER))
    site.at(LATER + 2 * DAY)
    assert site.crawl(data, "latest").status == 0
    assert site.asked.count(NEWEST + 1) == 1
    assert min(site.asked) >= LOWEST
    assert stored(data) == [20, *range(LOWEST, NEWEST + 2 + 2 * PER_DAY)]


def test_a_story_too_far_ahead_is_not_believed(site: Moving, data: Path) -> None:
    far = NEWEST + 2001
    site.at(published(far))
    refused = site.crawl(data, "latest")
    assert refused.status == 3
    assert f"the site shows story {far}, 2,001 above the newest stored, {NEWEST}" in refused.err.splitlines()[-1]
    assert f"-a to={far}" in refused.err.splitlines()[-1]
    assert sorted(site.paths) == ["/", "/index.rss", "/robots.txt"]


def test_two_thousand_ahead_is_believed_and_limit_ends_the_run(site: Moving, data: Path) -> None:
    site.at(published(NEWEST + 2000))
    run = site.crawl(data, "latest", "-a", "limit=2")
    assert run.status == 0
    assert site.asked == [NEWEST + 1, NEWEST + 2]
    assert site.reports[-1].counts["not tried"] == 1998


def test_a_story_that_is_named_is_believed(site: Moving, data: Path) -> None:
    far = NEWEST + 2001
    site.at(published(far))
    assert site.crawl(data, "latest", "-a", f"to={far}", "-a", "limit=3").status == 0
    assert site.asked == [NEWEST + 1, NEWEST + 2, NEWEST + 3]


@pytest.mark.parametrize(
    ("wait", "younger", "policy"),
    [
        (DAY, 7 * DAY, ""),
        (HOUR, 2 * DAY, "2:0"),
    ],
)
def test_stories_that_may_have_changed_are_asked_by_age(
    site: Moving, data: Path, wait: timedelta, younger: timedelta, policy: str
) -> None:
    now = NOW + wait
    site.at(now)
    run = site.crawl(data, "latest", "-s", f"SOLIDOT_REVISIT={policy}")
    assert run.status == 0
    young = [sid for sid in range(LOWEST, NEWEST + 1) if now - published(sid) < younger]
    new = [sid for sid in range(NEWEST + 1, 3000) if published(sid) <= now]
    assert site.asked == young + new
    assert site.reports[-1].settled_before == NEWEST - LOWEST + 1 - len(young)


def test_what_was_edited_is_found_when_its_age_is_due(tmp_path: Path) -> None:
    data, edited = tmp_path / "data", 82714
    with Store.opened(Options(data_dir=data), create=True) as store:
        stores.run(store, stores.stored(edited, pages.NOW, body=pages.page(edited)))
    with moving(tmp_path, pages.NOW.astimezone(BEIJING) + DAY) as site:
        run = site.crawl(data, "latest")
        assert site.asked.count(edited) == 1
    assert run.status == 0
    assert "1 changed" in run.err
    assert sql(data, "SELECT sid FROM revisions") == [(edited,)]


def test_a_file_is_the_journal_of_the_run_alone(site: Moving, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    site.at(LATER)
    run = site.crawl(data, "latest", "-O", str(out))
    young = [sid for sid in range(LOWEST, NEWEST + 1) if LATER - published(sid) < DAY]
    assert run.status == 0
    assert site.asked == sorted(read_stories(out)) == [*young, NEWEST + 1]
    assert stored(data) == list(range(LOWEST, NEWEST + 2))


def test_minutes_end_the_run(site: Moving, data: Path) -> None:
    site.at(LATER)
    over = site.crawl(data, "latest", "-a", "minutes=0.00001")
    assert over.status == 0
    assert site.reports[-1].stopped == "minutes=1e-05 are over"
    assert site.asked == []


def test_a_site_that_answers_its_home_page_to_everything_settles_nothing(site: Moving, data: Path) -> None:
    site.at(LATER, {"action": "home"})
    ill = site.crawl(data, "latest")
    assert ill.status == 3
    assert "the site answers its home page to stories that it has" in ill.err
    assert sql(data, "SELECT count(*) FROM stories WHERE withdrawn_at IS NOT NULL") == [(0,)]
    assert set(sql(data, "SELECT outcome FROM sids")) == {("stored",), ("unparsed",)}
    assert stored(data) == list(range(LOWEST, NEWEST + 1))
    site.at(LATER)
    assert site.crawl(data, "latest").status == 0
    assert stored(data) == list(range(LOWEST, NEWEST + 2))
    assert set(sql(data, "SELECT outcome FROM sids")) == {("stored",)}


def test_without_robots_txt_nothing_is_asked(site: Moving, data: Path) -> None:
    site.at(LATER, {"action": "status", "status": 503, "path": "/robots.txt"})
    run = site.crawl(data, "latest", *NO_RETRY)
    assert run.status == 1
    assert run.err.endswith("exit status 1: robots.txt answers 503\n")
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-s", "SOLIDOT_DATABASE_URL=none"), "latest works on a store, and SOLIDOT_DATABASE_URL=none; unset it"),
        (("-a", "since=today"), "unknown argument since; latest takes limit, minutes, wait, to, believe"),
    ],
)
def test_a_wrong_word_is_2_and_makes_nothing(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    run = solidot("http://127.0.0.1:9", tmp_path / "data", "crawl", "latest", *words)
    assert (run.status, run.err) == (2, f"solidot: {told}\n")
    assert not run.data.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"to": "0"}, "to=0: not a story id"),
        ({"to": "newest"}, "to=newest: not a story id"),
        ({"limit": "0"}, "limit=0"),
        ({"minutes": "-1"}, "minutes=-1"),
        (
            {"sid": "5", "refresh": "true"},
            "unknown argument sid, refresh; latest takes limit, minutes, wait, to, believe",
        ),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, str], told: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{told}"):
        LatestSpider.parse_arguments(given)


def test_what_a_scheduler_adds_is_left_alone() -> None:
    assert LatestSpider.parse_arguments({"_job": "7", "to": "9"}).to == 9
