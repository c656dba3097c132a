"""Crawls that Scrapy runs by itself, from a script or by ``runspider``: they work, or say why they do not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import Crawl, environment, read_stories, solidot
from tests.odd_site import odd

pytestmark = pytest.mark.long

SCRIPT = """
import sys
from scrapy.crawler import AsyncCrawlerProcess, CrawlerProcess
from scrapy.utils.project import get_project_settings

kind, spider, arguments, values = sys.argv[1:]
settings = get_project_settings()
settings.setdict({"DOWNLOAD_DELAY": 0, **eval(values)}, priority="cmdline")
process = {"asyncio": AsyncCrawlerProcess, "twisted": CrawlerProcess}[kind](settings)
process.crawl(spider, **eval(arguments))
process.start()
"""
NO_SETTINGS = """
from scrapy.crawler import CrawlerProcess
from solidot_spider.spiders.story import StorySpider

process = CrawlerProcess({"LOG_ENABLED": False})
process.crawl(StorySpider, sids="1")
process.start()
"""
MINE = "from solidot_spider.spiders import story\n\n\nclass Mine(story.StorySpider):\n    name = 'mine'\n"
FOREIGN = """
import scrapy


class Page(scrapy.Item):
    title = scrapy.Field()


class Foreign(scrapy.Spider):
    name = "foreign"

    async def start(self):
        yield scrapy.Request(f"{self.settings['SOLIDOT_SITE_URL']}/story?sid=1")

    def parse(self, response):
        yield Page(title=response.css("title::text").get())
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with odd({}) as address:
        yield address


def script(url: str, data: Path, program: str, *words: str) -> Crawl:
    env = {**environment(url, data), "SCRAPY_SETTINGS_MODULE": "solidot_spider.settings"}
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, env=env, cwd=data.parent, capture_output=True, text=True, timeout=60, check=False)
    return Crawl(done.returncode, done.stdout, done.stderr, data)


@pytest.mark.parametrize("kind", ["asyncio", "twisted"])
def test_a_script_gets_its_stories_and_a_summary(url: str, data: Path, kind: str) -> None:
    feeds = "{'FEEDS': {'stories.jsonl': {'format': 'jsonlines'}}}"
    run = script(url, data, SCRIPT, kind, "story", "{'sids': '1-5', 'limit': 4}", feeds)
    assert set(read_stories(data.parent / "stories.jsonl")) == {1, 2, 3, 4}
    assert "4 stored" in run.err
    assert "this crawl kept no store" in run.err
    assert "Traceback" not in run.err
    assert not data.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("story", "{}", "{}"), "no story named"),
        (("story", "{'sids': 'x'}", "{}"), "not story ids: 'x'"),
        (("story", "{'only': 'failed'}", "{}"), "story works on a store here: run `solidot crawl story`"),
        (("latest", "{}", "{}"), "latest works on a store here: run `solidot crawl latest`"),
        (("story", "{'sid': 1}", "{'JOBDIR': 'jobs'}"), "JOBDIR=jobs: no crawl needs it"),
        (("story", "{'sid': 1}", "{'ITEM_PIPELINES_BASE': {}}"), "SourcesPipeline is needed"),
        (("story", "{'sid': 1}", "{'DOWNLOADER_MIDDLEWARES_BASE': {}}"), "RobotsMiddleware is needed"),
        (("story", "{'sid': 1}", "{'CONCURRENT_ITEMS': 0}"), "CONCURRENT_ITEMS=0: give"),
    ],
)
def test_a_script_that_cannot_work_is_told_why(url: str, data: Path, words: tuple[str, ...], told: str) -> None:
    run = script(url, data, SCRIPT, "asyncio", *words)
    assert run.err.startswith("solidot: ")
    assert told in run.err
    assert run.err.count("\n") == 1


def test_a_script_without_our_settings_is_told_so(url: str, data: Path) -> None:
    run = script(url, data, NO_SETTINGS)
    assert "solidot: ITEM_PIPELINES: solidot_spider.pipelines.SourcesPipeline is needed" in run.err


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("-a", "sids=1-3", "-s", "DOWNLOAD_DELAY=0"), 0, "mine: 3 asked"),
        (("-a", "sids=x"), 2, "solidot: sids: not story ids: 'x'"),
        ((), 2, "solidot: no story named"),
        (
            ("-a", "sids=1", "-s", 'ITEM_PIPELINES={"tests.user_components.Raises": 500}'),
            1,
            "failed: fault in a pipeline (KeyError: 'colour'): 1",
        ),
    ],
)
def test_runspider_has_a_true_exit_status(url: str, data: Path, words: tuple[str, ...], status: int, told: str) -> None:
    data.with_name("mine.py").write_text(MINE)
    run = solidot(url, data, "runspider", "mine.py", *words)
    assert run.status == status
    assert told in run.err


def test_runspider_runs_a_spider_of_another_kind(url: str, data: Path) -> None:
    data.with_name("foreign.py").write_text(FOREIGN)
    run = solidot(url, data, "runspider", "foreign.py", "-O", "pages.jsonl", "-s", "DOWNLOAD_DELAY=0")
    assert run.status == 0, run.err
    assert (data.parent / "pages.jsonl").read_text().count('{"title":"') == 1
