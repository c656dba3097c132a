"""Components that a user adds: they come to ours, and whatever they do costs no run its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import NOW, PLENTY, REPORT, Crawl, crawl, status
from tests.server.client import Running, running

pytestmark = pytest.mark.long

MINE = "tests.user_components"
STORIES = {79517, 79520, 79523}
Fault = tuple[tuple[str, str], str, int]
"""The words that add a component with a fault, the reason that it gives, and to how many ids."""


@pytest.fixture(scope="module")
def site() -> Iterator[Running]:
    with running("--clock", NOW) as server:
        yield server


def added(setting: str, name: str, place: int = 350) -> tuple[str, str]:
    return "-s", f"{setting}={json.dumps({f'{MINE}.{name}': place})}"


def asked(site: Running, data: Path, *words: str, **env: str) -> Crawl:
    return crawl(site.url, data, "-a", f"sids={PLENTY}", *REPORT, *words, env=env)


def reasons(run: Crawl) -> dict[str, int]:
    told = run.report
    assert sum(told.counts.values()) == 7
    assert told.exit_status == run.status
    return {each.reason: each.count for each in told.unsettled}


@pytest.mark.parametrize(
    "words",
    [
        added("ITEM_PIPELINES", "Same", 300),
        added("DOWNLOADER_MIDDLEWARES", "Same"),
        added("SPIDER_MIDDLEWARES", "Same"),
        added("EXTENSIONS", "Same"),
        ("-s", 'FEED_EXPORTERS={"csv": "scrapy.exporters.CsvItemExporter"}'),
        ("-s", 'DOWNLOAD_HANDLERS={"ftp": null}'),
    ],
    ids=lambda words: str(words[1]).partition("=")[0],
)
def test_a_component_is_added_to_ours(site: Running, data: Path, words: tuple[str, str]) -> None:
    run = asked(site, data, *words)
    assert run.status == 0, run.err
    assert run.report.counts["stored"] == 3
    assert set(run.stories()) == STORIES


@pytest.mark.parametrize("way", ["setting", "settings module", "add-on"])
def test_a_pipeline_may_change_the_record_before_it_is_stored(site: Running, data: Path, way: str) -> None:
    words = {"setting": added("ITEM_PIPELINES", "Titled"), "add-on": added("ADDONS", "Adds")}.get(way, ())
    env = {"SCRAPY_SETTINGS_MODULE": "tests.user_settings"} if way == "settings module" else {}
    run = asked(site, data, *words, **env)
    assert run.status == 0, run.err
    assert all(story["title"].endswith("!") for story in run.stories().values())
    plain = asked(site, data.parent / "plain")
    hashes = [{story["content_hash"] for story in each.stories().values()} for each in (run, plain)]
    assert not hashes[0] & hashes[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-s", "ITEM_PIPELINES_BASE={}"), "solidot_spider.pipelines.SourcesPipeline is needed, at 100"),
        (("-s", 'ITEM_PIPELINES={"solidot_spider.pipelines.StorePipeline": null}'), "StorePipeline is needed, at 400"),
        (("-s", 'ITEM_PIPELINES={"solidot_spider.pipelines.StorePipeline": 50}'), "StorePipeline is needed, at 400"),
        (("-s", "EXTENSIONS_BASE={}"), "is needed, at 0"),
        (("-s", "DOWNLOADER_MIDDLEWARES_BASE={}"), "robots.RobotsMiddleware is needed, at 100"),
        (added("ADDONS", "TakesAway"), "SourcesPipeline is needed, at 100"),
        (("-s", 'ITEM_PIPELINES={"no.such.Pipeline": 5}'), "no.such.Pipeline cannot be loaded (ModuleNotFoundError"),
        (("-s", 'ITEM_PIPELINES={"scrapy.Spider": "first"}'), "'first': give a number, or null to turn it off"),
        (("-s", f"ITEM_PIPELINES={MINE}.Same"), "give a JSON object"),
        (("-s", "EXTENSIONS=[1]"), "give a JSON object"),
        (("-s", "CONCURRENT_ITEMS=0"), "CONCURRENT_ITEMS=0: give a whole number from 1 on"),
        (("-s", "CONCURRENT_REQUESTS=0"), "CONCURRENT_REQUESTS=0: give a whole number from 1 on"),
        (("-s", "CONCURRENT_REQUESTS=-1"), "CONCURRENT_REQUESTS=-1: give a whole number from 1 on"),
        (("-s", "CONCURRENT_REQUESTS=many"), "CONCURRENT_REQUESTS=many: give a whole number from 1 on"),
        (("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=0"), "CONCURRENT_REQUESTS_PER_DOMAIN=0: give"),
        (("-s", "SCRAPER_SLOT_MAX_ACTIVE_SIZE=-1"), "SCRAPER_SLOT_MAX_ACTIVE_SIZE=-1: give"),
        (("-s", "REACTOR_THREADPOOL_MAXSIZE=0"), "REACTOR_THREADPOOL_MAXSIZE=0: give"),
        (("-s", 'DOWNLOAD_SLOTS={"solidot": {"concurrency": 0}}'), "DOWNLOAD_SLOTS: solidot: concurrency=0: give"),
        (("-s", "JOBDIR=jobs"), "JOBDIR=jobs: no crawl needs it"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_what_cannot_work_is_refused_in_a_line(site: Running, data: Path, words: tuple[str, str], told: str) -> None:
    before = len(site.requests())
    run = crawl(site.url, data, "-a", f"sids={PLENTY}", *words)
    lines = [line for line in run.err.splitlines() if not line.startswith("making the data directory")]
    assert run.status == 2, run.err
    assert len(lines) == 1
    assert told in lines[0]
    assert len(site.requests()) == before


FAULTS: list[Fault] = [
    (added("ITEM_PIPELINES", "Nothing", 50), "a pipeline gave NoneType in place of the record", 3),
    (added("ITEM_PIPELINES", "Nothing", 150), "a pipeline gave NoneType in place of the record", 3),
    (added("ITEM_PIPELINES", "Nothing", 350), "a pipeline gave NoneType in place of the record", 3),
    (added("ITEM_PIPELINES", "Nothing", 500), "a pipeline gave NoneType in place of the record", 3),
    (added("ITEM_PIPELINES", "Another", 350), "a pipeline gave dict in place of the record", 3),
    (added("ITEM_PIPELINES", "Drops", 150), "dropped by a pipeline: not wanted", 3),
    (added("ITEM_PIPELINES", "Raises", 150), "fault in a pipeline (KeyError: 'colour')", 3),
    (added("ITEM_PIPELINES", "Raises", 500), "fault in a pipeline (KeyError: 'colour')", 3),
    (
        added("ITEM_PIPELINES", "NoTitle"),
        "fault in a pipeline (RecordError: Expected `str` of length >= 1 - at `$.title`)",
        3,
    ),
    (added("DOWNLOADER_MIDDLEWARES", "RaisesAtAnswers"), "fault in a component (ValueError: odd answer)", 7),
    (added("SPIDER_MIDDLEWARES", "RaisesAtOutput"), "fault in the spider (ValueError: odd output)", 7),
    (
        added("SPIDER_MIDDLEWARES", "Swallows"),
        "lost on its way: the crawl was idle, and no component had it any more",
        3,
    ),
    (
        added("EXTENSIONS", "DropsRequests"),
        "lost on its way: the crawl was idle, and no component had it any more",
        7,
    ),
]


@pytest.mark.parametrize("case", FAULTS, ids=[words[1] for words, _, _ in FAULTS])
def test_a_fault_costs_its_ids_an_outcome_by_name(site: Running, data: Path, case: Fault) -> None:
    words, reason, count = case
    run = asked(site, data, *words)
    assert run.status == 1, run.err
    assert reasons(run) == {reason: count}
    assert run.report.counts["failed"] == count
    assert not run.feeds
    assert "StoryPage" not in run.err  # no page in the log


@pytest.mark.parametrize("case", FAULTS[3:8], ids=[words[1] for words, _, _ in FAULTS[3:8]])
def test_without_a_store_it_is_the_same(site: Running, data: Path, case: Fault) -> None:
    words, reason, count = case
    run = asked(site, data, *words, SOLIDOT_DATABASE_URL="none")
    assert run.status == 1, run.err
    assert reasons(run) == {reason: count}
    assert not run.feeds


def test_a_record_is_never_stored_under_a_sid_that_a_pipeline_gives_it(site: Running, data: Path) -> None:
    run = asked(site, data, *added("ITEM_PIPELINES", "WrongSid"))
    assert run.status == 1
    assert run.report.counts["stored"] == 0
    assert run.report.counts["failed"] == 3


def test_a_record_that_is_dropped_behind_the_store_is_stored(site: Running, data: Path) -> None:
    run = asked(site, data, *added("ITEM_PIPELINES", "Drops", 500))
    assert run.status == 0
    assert run.report.counts["stored"] == 3
    assert not run.feeds


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (added("SPIDER_MIDDLEWARES", "RaisesAtStart"), "fault in the making of requests (ValueError: odd start)"),
        (added("EXTENSIONS", "RaisesWhenMade"), "fault in the crawl (RuntimeError: not today)"),
    ],
    ids=["start", "extension"],
)
def test_a_fault_outside_of_any_id_is_trouble_by_name(
    site: Running, data: Path, words: tuple[str, str], told: str
) -> None:
    old = data.with_name("old.jsonl")
    old.write_text("{}\n")
    run = asked(site, data, *words, "-O", str(old))
    assert run.status == 1
    assert f"exit status 1: {told}" in run.err
    assert not run.report.interrupted
    assert reasons(run) == {told: 7}
    assert old.read_text() == "{}\n"
    assert [each["state"] for each in status(data)["runs"]] == ["ended"]


def test_an_exporter_that_raises_costs_its_own_record_only(site: Running, data: Path) -> None:
    words = ("-s", f'FEED_EXPORTERS={{"csv": "{MINE}.ExporterOfShortTitles"}}', "-O", "stories.csv")
    run = asked(site, data, *words)
    found = reasons(run)
    assert run.status == 1
    assert list(found) == ["not written to stories.csv (UnicodeEncodeError)"]
    rows = (data.parent / "stories.csv").read_text().splitlines()
    assert len(rows) == 1 + run.report.counts["stored"]
    assert run.report.counts["stored"] + run.report.counts["failed"] == 3


@pytest.mark.parametrize(
    ("words", "told", "stored"),
    [
        (added("ITEM_PIPELINES", "RaisesWhenOpened"), "fault in the crawl (OSError: no place)", 0),
        (added("ITEM_PIPELINES", "RaisesWhenClosed"), "fault in a pipeline that is closed (OSError: no place)", 3),
        (added("EXTENSIONS", "RaisesAtSignals"), "fault in a handler of a signal (ValueError: odd signal)", 3),
    ],
    ids=["opened", "closed", "signals"],
)
def test_what_scrapy_only_logs_is_trouble_too(
    site: Running, data: Path, words: tuple[str, str], told: str, stored: int
) -> None:
    run = asked(site, data, *words)
    assert run.status == run.report.exit_status == 1
    assert run.report.verdict == f"exit status 1: {told}"
    assert run.report.counts["stored"] == stored
    assert sum(run.report.counts.values()) == 7
    assert not run.report.interrupted
