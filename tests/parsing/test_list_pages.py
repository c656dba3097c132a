"""The stories of list pages: home page, days and feed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.parsing import list_pages
from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories
from tests import corpus, pages
from tests.server.generated import generated
from tests.server.mangle import CAPTCHA

DAY, EMPTY = date(2025, 11, 4), date(2025, 11, 5)
BLOCK = """<div class="block_m"><h2>{section}<a href="/story?sid={sid}">标题</a></h2>
<div class="talk_time">{at}</div></div>"""


def day_page(day: date) -> bytes:
    return pages.SITE.answer(f"/?issue={day:%Y%m%d}").body


def blocks(*listed: tuple[int, date | None], section: str = "") -> bytes:
    """A list page of these stories, each with its day."""
    lines = [
        BLOCK.format(sid=sid, section=section, at=f"发表于{day:%Y年%m月%d日} 10时00分" if day else "")
        for sid, day in listed
    ]
    return "".join(lines).encode()


def test_the_home_page_lists_its_stories_in_page_order() -> None:
    assert list_pages.story_sids(pages.home()) == sorted(pages.SIDS, reverse=True)[:20]


def test_side_boxes_and_sections_are_no_stories() -> None:
    page = """<div class="block_m"><div class="bg_htit"><h2><a href="/?issue=20250101">旧文</a>:
    <a href="//linux.solidot.org/story?sid=5">标题</a></h2></div></div>
    <div class="block_r"><h2><a href="/story?sid=6">热门</a></h2></div>
    <div class="block_m"><h2><a href="/story?sid=5">标题</a></h2></div>"""
    assert list_pages.story_sids(page.encode()) == [5]


def test_a_page_without_stories_lists_none() -> None:
    assert list_pages.story_sids(b"") == []
    assert list_pages.story_sids(pages.page(pages.SIDS[0])) == []


def test_the_lists_of_the_corpus() -> None:
    expected = json.loads((corpus.directory() / "lists" / "expect.json").read_text(encoding="utf-8"))
    feed = expected.pop("index.rss")
    assert {name: list_pages.story_sids(corpus.listed(name)) for name in expected} == expected
    assert list_pages.feed_sids((corpus.directory() / "lists" / "index.rss").read_bytes()) == feed


def test_the_feed_lists_its_items_with_and_without_a_scheme() -> None:
    feed = pages.SITE.answer("/index.rss").body
    assert list_pages.feed_sids(feed) == sorted(pages.SIDS, reverse=True)[:20]


@pytest.mark.parametrize("feed", [b"", b"<html><body>no feed", b"<rss><channel><item><link>/x</link></item>"])
def test_a_body_that_is_no_feed_lists_none(feed: bytes) -> None:
    assert list_pages.feed_sids(feed) == []


def test_each_day_of_the_site_lists_its_stories() -> None:
    days = {sid: builtin_stories()[sid].published.astimezone(BEIJING).date() for sid in pages.SIDS}
    for day in set(days.values()):
        found = list_pages.day_sids(day_page(day), day)
        assert found is not None
        assert found == sorted((sid for sid, at in days.items() if at == day), reverse=True)


def test_an_empty_day_lists_nothing() -> None:
    assert list_pages.day_sids(day_page(EMPTY), EMPTY) == []


def test_a_day_with_section_links_lists_the_titles() -> None:
    sids = [sid for sid in pages.SIDS if builtin_stories()[sid].section]
    assert sids
    for sid in sids:
        day = builtin_stories()[sid].published.date()
        assert sid in (list_pages.day_sids(day_page(day), day) or [])
    linked = '<a href="/story?sid=9">专题</a>: '
    assert list_pages.day_sids(blocks((5, DAY), section=linked), DAY) == [5]


def test_the_page_of_another_day_is_refused() -> None:
    assert list_pages.day_sids(day_page(DAY), EMPTY) is None


@pytest.mark.parametrize("per_day", [3, 9])
def test_the_home_page_is_no_day(per_day: int) -> None:
    now = pages.NOW
    site = Site(generated(600, per_day=per_day, start=now - timedelta(days=600 // per_day)), lambda: now)
    home, recent = site.home().body, [now.date() - timedelta(days=ago) for ago in range(30)]
    assert [day for day in recent if list_pages.day_sids(home, day) is not None] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\x00\xfe",
        CAPTCHA.encode(),
        b"<html><body><h1>404</h1></body></html>",
        pages.SITE.answer("/index.rss").body,
    ],
    ids=["empty", "no text", "captcha", "error", "feed"],
)
def test_a_body_that_is_no_list_is_no_empty_day(body: bytes) -> None:
    assert list_pages.day_sids(body, DAY) is None


def test_a_story_is_no_day() -> None:
    for sid in pages.SIDS:
        assert list_pages.day_sids(pages.page(sid), builtin_stories()[sid].published.date()) is None


def test_a_story_of_another_day_is_left_out() -> None:
    assert list_pages.day_sids(blocks((7, DAY), (6, EMPTY), (5, DAY)), DAY) == [7, 5]


def test_a_story_without_a_time_is_of_the_day() -> None:
    assert list_pages.day_sids(blocks((7, DAY), (6, None)), DAY) == [7, 6]
    assert list_pages.day_sids(blocks((7, None), (6, None)), DAY) is None


def test_a_story_with_two_blocks_is_listed_once() -> None:
    assert list_pages.day_sids(blocks((7, DAY), (5, DAY), (7, DAY)), DAY) == [7, 5]


def test_the_days_of_the_corpus() -> None:
    expected = json.loads((corpus.directory() / "lists" / "expect.json").read_text(encoding="utf-8"))
    days = {name: date.fromisoformat(name.removeprefix("issue-")) for name in expected if name.startswith("issue-")}
    assert {name: list_pages.day_sids(corpus.listed(name), day) for name, day in days.items()} == {
        name: expected[name] for name in days
    }
    assert expected["issue-20230206"] == []
    assert list_pages.day_sids(corpus.listed("issue-20230205"), date(2023, 2, 6)) is None
