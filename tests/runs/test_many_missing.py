"""Stories that the store has and that turn missing together are a question: none is withdrawn on a site's bad word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base.outcome import MANY_MISSING
from tests.crawling import Crawl, solidot
from tests.moving_site import Moving, moving

pytestmark = pytest.mark.long

NOW = datetime.fromisoformat("2023-03-01T12:00:00+08:00")
DAY = timedelta(days=1)
ALL = ("-a", "sids=101-140", "-a", "refresh=true")
BELIEVED = ("-a", "believe=missing")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Moving]:
    with moving(tmp_path, NOW, "--stories", "generated:160", "--per-day", "3", "--still") as moves:
        yield moves


@pytest.fixture
def data(site: Moving, tmp_path: Path) -> Path:
    """A store with forty stories."""
    data = tmp_path / "data"
    assert site.crawl(data, "story", *ALL).status == 0
    return data


def home(*sids: int | str) -> dict[str, Any]:
    """The site answers its home page to these stories."""
    return {"action": "home", "path": "/story", "sids": sids}


def withdrawn(data: Path) -> list[int]:
    file = data.with_name("all.jsonl")
    assert solidot("http://127.0.0.1:9", data, "export", str(file)).status == 0
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 40
    return [record["sid"] for record in records if record["withdrawn_at"]]


def told(run: Crawl, turned: int, asked: int) -> bool:
    sentence = (
        f"exit status 3: the site seems changed: {MANY_MISSING} {turned} of {asked} stored stories that answered "
        "are missing at once, and none is taken as withdrawn; if that is right: -a believe=missing"
    )
    return run.err.splitlines()[-1] == sentence


@pytest.mark.parametrize("how", [home("101-139"), {**home("101-139"), "action": "status", "status": 404}])
def test_a_site_that_has_its_newest_story_only_withdraws_none(site: Moving, data: Path, how: dict[str, Any]) -> None:
    for days in (0, 2, 4, 6, 8):  # whatever has been heard before
        site.at(NOW + days * DAY, how)
        run = site.crawl(data, "story", *ALL)
        assert run.status == 3
        assert told(run, 39, 40)
        report = site.reports[-1]
        assert (report.counts["unparsed"], report.counts["stored"], report.counts["missing"]) == (39, 1, 0)
        assert [(each.reason, each.sids) for each in report.unsettled] == [(MANY_MISSING, ["101-139"])]
    assert withdrawn(data) == []
    site.at(NOW + 9 * DAY)
    assert site.crawl(data, "story", "-a", "sids=101-140").status == 0
    assert site.reports[-1].counts["stored"] == 39  # as soon as the site is well


def test_the_user_can_say_that_they_are_gone(site: Moving, data: Path) -> None:
    for days in (0, 2):
        site.at(NOW + days * DAY, home("101-139"))
        assert site.crawl(data, "story", *ALL, *BELIEVED).status == 0
        assert site.reports[-1].questions.get(MANY_MISSING, "") == ""
    assert withdrawn(data) == list(range(101, 140))


@pytest.mark.parametrize(("gone", "asked", "status"), [(3, "101-104", 0), (4, "101-140", 0), (5, "101-140", 3)])
def test_a_few_are_withdrawn_as_ever(site: Moving, data: Path, gone: int, asked: str, status: int) -> None:
    for days in (0, 2):
        site.at(NOW + days * DAY, home(f"101-{100 + gone}"))
        run = site.crawl(data, "story", "-a", f"sids={asked}", "-a", "refresh=true")
        assert run.status == status
    assert withdrawn(data) == ([] if status else list(range(101, 101 + gone)))


def test_what_came_before_and_after_a_control_counts_together(site: Moving, tmp_path: Path) -> None:
    data = tmp_path / "long"
    given = ("-a", "sids=1-150", "-a", "refresh=true")
    assert site.crawl(data, "story", *given).status == 0
    site.at(NOW, home("1-149"))
    assert told(site.crawl(data, "story", *given), 149, 150)


def test_ids_that_the_store_does_not_have_are_missing_as_ever(site: Moving, data: Path) -> None:
    site.at(NOW, home("101-139", "1-100"))
    run = site.crawl(data, "story", "-a", "sids=1-140", "-a", "refresh=true")
    assert told(run, 39, 40)
    assert site.reports[-1].counts["missing"] == 100


def test_latest_is_questioned_too(site: Moving, tmp_path: Path) -> None:
    data = tmp_path / "hourly"
    assert site.crawl(data, "latest").status == 0
    for days in (8, 16):
        site.at(NOW + days * DAY, home("1-159"))
        assert told(site.crawl(data, "latest"), 19, 20)


@pytest.mark.parametrize("value", ["", "true", "stored"])
def test_nothing_else_can_be_believed(data: Path, value: str) -> None:
    run = solidot("http://127.0.0.1:9", data, "crawl", "story", "-a", "sids=1", "-a", f"believe={value}")
    assert run.status == 2
    assert f"believe={value}: give missing" in run.err
