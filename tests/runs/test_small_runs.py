"""Small runs are questioned, too: equal texts, and a part that the store's stories have and a run's have not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.moving_site import Moving, moving

pytestmark = pytest.mark.long

NOW = datetime.fromisoformat("2023-03-01T12:00:00+08:00")
FIRST = ("-a", "sids=1-40")
NO_DEPARTMENT = ("<b>来自", "<b>出自")
NO_TOPICS = ('"/search?tid=', '"/look?tid=')
NO_VIEWS = ("本文已被查看", "本文已被阅读")
NO_UID = ("</a> (", "</a> [")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moving]:
    with moving(
        tmp_path_factory.mktemp("site"), NOW, "--stories", "generated:160", "--per-day", "3", "--still"
    ) as site:
        yield site


@pytest.fixture(scope="module")
def filled(server: Moving, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("first") / "data"
    server.at(NOW)
    assert server.crawl(data, "story", *FIRST).status == 0
    return data


@pytest.fixture
def site(server: Moving, filled: Path) -> Moving:  # noqa: ARG001 - which asks the site, and comes before
    server.at(NOW)
    return server


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """A store that has forty stories."""
    return shutil.copytree(filled, tmp_path / "data")


def rewrite(*pairs: tuple[str, str], sids: str) -> dict[str, Any]:
    return {"action": "rewrite", "path": "/story", "pairs": pairs, "sids": [sids]}


def failed(site: Moving) -> dict[str, str]:
    return {name: why for name, why in site.reports[-1].questions.items() if why}


def login(*sids: int | str) -> dict[str, Any]:
    """The body is the same sentence everywhere."""
    return {"action": "overwrite", "path": "/story", "text": "请先登录，再阅读全文。", "sids": sids}


@pytest.mark.parametrize("given", ["41-70", "41-43", "41-42"])
def test_equal_bodies_are_a_question_at_any_size(site: Moving, data: Path, given: str) -> None:
    site.at(NOW, login(given))
    assert site.crawl(data, "story", "-a", f"sids={given}").status == 3
    assert set(failed(site)) == {"same-body", "sources"}
    assert failed(site)["same-body"].startswith("in stories 41, 42")


def test_equal_bodies_are_a_question_without_a_store_too(site: Moving, tmp_path: Path) -> None:
    site.at(NOW, login("5-9"))
    run = site.crawl(tmp_path / "data", "story", "-a", "sids=1-30", database_url="none")
    assert run.status == 3
    assert failed(site) == {"same-body": "in stories 5, 6, 7"}
    assert run.err.endswith("exit status 3: the site seems changed: same-body in stories 5, 6, 7\n")


def test_runs_of_one_record_are_compared_with_the_store(site: Moving, data: Path) -> None:
    site.at(NOW, login("41-43"))
    statuses = [site.crawl(data, "story", "-a", f"sids={sid}").status for sid in (41, 42, 43)]
    assert statuses == [0, 0, 3]
    assert failed(site) == {"same-body": "in stories 41, 42, 43"}


def test_a_story_that_the_site_has_twice_is_no_question(site: Moving, data: Path) -> None:
    site.at(NOW, login(45, 46))
    for _ in range(2):
        assert site.crawl(data, "story", "-a", "sids=41-60", "-a", "refresh=true").status == 0


@pytest.mark.parametrize(
    ("name", "pair"),
    [("department", NO_DEPARTMENT), ("topics", NO_TOPICS), ("views", NO_VIEWS), ("editor.uid", NO_UID)],
)
@pytest.mark.parametrize("given", ["41-50", "41-42"])
def test_a_part_that_the_store_has_and_a_run_has_not_is_a_question(
    site: Moving, data: Path, name: str, pair: tuple[str, str], given: str
) -> None:
    site.at(NOW, rewrite(pair, sids=given))
    run = site.crawl(data, "story", "-a", f"sids={given}")
    assert run.status == 3
    number = len(site.asked) - len(set(site.asked) & set(range(1, 41)))
    assert failed(site) == {name: f"filled in 0 of {number}, but in 40 of 40 stories of the store"}


def test_one_story_that_lacks_a_part_is_none(site: Moving, data: Path) -> None:
    site.at(NOW, rewrite(NO_DEPARTMENT, sids="43-43"))
    assert site.crawl(data, "story", "-a", "sids=41-60").status == 0
    assert site.crawl(data, "story", "-a", "sids=43", "-a", "refresh=true").status == 0


def test_sources_may_be_missing_by_chance(site: Moving, data: Path) -> None:
    site.at(NOW, rewrite(("https://news.example.org", "news"), ("https://journal.example.com", "j"), sids="41-41"))
    assert site.crawl(data, "story", "-a", "sids=41").status == 0
