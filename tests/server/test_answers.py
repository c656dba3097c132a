"""The switches of the tests' site, generated stories, and a directory of pages."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories
from tests.server.answers import Missing, VariedSite
from tests.server.client import running
from tests.server.directory import PagesDirectory
from tests.server.generated import generated

STORIES = builtin_stories()
NOW = "2025-11-08T12:00:00+08:00"
NEVER = 75221


@pytest.mark.parametrize(("missing", "status"), [("home", 200), ("redirect", 302), ("404", 404)])
def test_an_id_that_never_existed(missing: Missing, status: int) -> None:
    site = VariedSite(STORIES, lambda: datetime.fromisoformat(NOW), missing=missing)
    assert site.answer(f"/story?sid={NEVER}").status == status
    assert site.answer("/story?sid=99999999").status == status
    assert site.answer("/story?sid=75220").status == 200


def test_the_size_of_the_feed() -> None:
    site = VariedSite(STORIES, lambda: datetime.now(UTC), feed_size=3)
    assert len(site.answer("/index.rss").body.split(b"<item>")) == 4


def test_a_still_site_gives_the_same_bytes_on_every_fetch() -> None:
    with running("--clock", NOW, "--still") as server:
        assert len({server.get("/story?sid=79520").body for _ in range(3)}) == 1


def test_generated_stories_are_made_when_asked_for() -> None:
    begun = time.process_time()
    many = generated(100_000, first_sid=5)
    assert (len(many), many.sids[0], many.sids[-1]) == (100_000, 5, 100_004)
    assert many[77] == generated(100_000, first_sid=5)[77]
    assert many[77] != many[78]
    assert [many.get(sid) for sid in (4, 100_005)] == [None, None]
    assert many[5].published < many[6].published < many[100_004].published < datetime(2025, 1, 1, tzinfo=BEIJING)
    assert [story.sid for story in many.newest(many[104].published, 2)] == [104, 103]
    assert time.process_time() - begun < 1


def test_generated_days_and_gaps() -> None:
    few = generated(30, first_sid=100, start=datetime(2024, 2, 1, tzinfo=BEIJING), per_day=10, step=2)
    late = datetime(2024, 3, 1, tzinfo=BEIJING)
    assert [story.sid for story in few.day(date(2024, 2, 2), late)] == list(range(138, 118, -2))
    assert 101 not in few
    assert 102 in few


def test_a_directory_of_pages(tmp_path: Path) -> None:
    pages, lists = tmp_path / "pages", tmp_path / "lists"
    pages.mkdir()
    lists.mkdir()
    (pages / "12.html.gz").write_bytes(gzip.compress("<p>十二</p>".encode()))
    (pages / "13.html").write_text("<p>13</p>")
    (lists / "issue-20230101.html").write_text("<p>day</p>")
    (lists / "home.html.gz").write_bytes(gzip.compress(b"<p>home</p>"))
    (lists / "index.rss").write_text("<rss/>")
    site = PagesDirectory(pages, Site(STORIES, lambda: datetime.now(UTC)), lists)
    said: Callable[[str], str] = lambda path: site.answer(path).body.decode()  # noqa: E731
    assert said("/story?sid=12") == "<p>十二</p>"
    assert said("/story?sid=13") == "<p>13</p>"
    assert said("/story?sid=14") == said("/") == "<p>home</p>"
    assert said("/?issue=20230101") == "<p>day</p>"
    assert "block_m" in said("/?issue=20230612")
    assert said("/index.rss") == "<rss/>"
    assert "Disallow" in said("/robots.txt")
    bare = PagesDirectory(pages, Site(STORIES, lambda: datetime.now(UTC)))
    assert "热门文章" in bare.answer("/story?sid=14").body.decode()
