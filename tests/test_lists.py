"""The stories of list pages, as a control reads them from the home page."""

from __future__ import annotations

import json

import pytest

from solidot_spider import lists
from tests import corpus, pages


def test_the_home_page_lists_its_stories_in_page_order() -> None:
    assert lists.story_sids(pages.home()) == sorted(pages.SIDS, reverse=True)[:20]


def test_side_boxes_and_sections_are_no_stories() -> None:
    page = """<div class="block_m"><div class="bg_htit"><h2><a href="/?issue=20250101">旧文</a>:
    <a href="//linux.solidot.org/story?sid=5">标题</a></h2></div></div>
    <div class="block_r"><h2><a href="/story?sid=6">热门</a></h2></div>
    <div class="block_m"><h2><a href="/story?sid=5">标题</a></h2></div>"""
    assert lists.story_sids(page.encode()) == [5]


def test_a_page_without_stories_lists_none() -> None:
    assert lists.story_sids(b"") == []
    assert lists.story_sids(pages.page(pages.SIDS[0])) == []


def test_the_lists_of_the_corpus() -> None:
    expected = json.loads((corpus.directory() / "lists" / "expect.json").read_text(encoding="utf-8"))
    feed = expected.pop("index.rss")
    assert {name: lists.story_sids(corpus.listed(name)) for name in expected} == expected
    assert lists.feed_sids((corpus.directory() / "lists" / "index.rss").read_bytes()) == feed


def test_the_feed_lists_its_items_with_and_without_a_scheme() -> None:
    feed = pages.SITE.answer("/index.rss").body
    assert lists.feed_sids(feed) == sorted(pages.SIDS, reverse=True)[:20]


@pytest.mark.parametrize("feed", [b"", b"<html><body>no feed", b"<rss><channel><item><link>/x</link></item>"])
def test_what_is_no_feed_lists_none(feed: bytes) -> None:
    assert lists.feed_sids(feed) == []
