"""``--help`` and ``solidot help``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from solidot_spider.cli import VERBS
from solidot_spider.commands import help_pages
from solidot_spider.commands.verb import CRAWL, LOOK, PROGRAM, STORE
from solidot_spider.crawl.spider_words import SPIDERS
from solidot_spider.spiders.daily import DailySpider
from solidot_spider.spiders.latest import LatestSpider
from solidot_spider.spiders.story import StorySpider
from tests.crawling import Crawl, solidot


def told(tmp_path: Path, *words: str) -> Crawl:
    done = solidot("http://127.0.0.1:9", tmp_path / "data", *words)
    assert (done.status, done.err) == (0, "")
    return done


def test_crawl_is_the_first_verb_and_each_verb_is_listed(tmp_path: Path) -> None:
    text = told(tmp_path, "--help").out
    listed = re.findall(r"^  (\w+)  +\S", text, re.MULTILINE)
    assert listed[0] == "crawl"
    assert set(VERBS) <= set(listed)
    assert [text.index(f"\n{group}:\n") for group in (CRAWL, LOOK, STORE, PROGRAM)] == sorted(
        text.index(f"\n{group}:\n") for group in (CRAWL, LOOK, STORE, PROGRAM)
    )
    assert told(tmp_path).out == text


def test_each_spider_is_declared_once() -> None:
    for spider in (StorySpider, LatestSpider, DailySpider):
        assert spider.takes is SPIDERS[spider.name].takes
    assert list(SPIDERS) == ["story", "latest", "daily"]


@pytest.mark.parametrize("spider", SPIDERS)
@pytest.mark.parametrize("form", ["{} --help", "{} -a x=1 -h"])
def test_each_spider_tells_its_own_arguments(tmp_path: Path, spider: str, form: str) -> None:
    text = told(tmp_path, "crawl", *form.format(spider).split()).out
    assert re.findall(r"^  -a (\w+)= ", text, re.MULTILINE) == [each.name for each in SPIDERS[spider].takes]
    assert "examples:\n  solidot crawl " in text
    assert "--quiet" in text


def test_crawl_tells_of_its_spiders(tmp_path: Path) -> None:
    text = told(tmp_path, "crawl", "--help").out
    assert all(re.search(rf"^  {spider}  +[A-Z]", text, re.MULTILINE) for spider in SPIDERS)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_is_the_verbs_own(tmp_path: Path, verb: str) -> None:
    assert told(tmp_path, "help", verb).out == told(tmp_path, verb, "--help").out


def test_help_lists_and_prints_pages(tmp_path: Path) -> None:
    listed = told(tmp_path, "help").out
    for name, path in help_pages.topics().items():
        assert f"\n  {name}  " in listed
        assert told(tmp_path, "help", name).out == path.read_text(encoding="utf-8")
