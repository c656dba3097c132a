"""The same story in other legal markup is the same record."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from solidot_spider import record
from solidot_spider.base import site
from solidot_spider.items import Story
from solidot_spider.parsing import page
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.record import Draft
from tests import corpus, pages
from tests.variations import varied

OWN_ADDRESS = re.compile(r'"(?:https?:)?//([a-z.]*solidot\.org)')


def same(story: Story) -> dict[str, Any]:
    """The fields that must not depend on the markup; of an address, the meaning but not the spelling."""
    values: dict[str, Any] = msgspec.to_builtins(story)
    values["published_at"] = values["published_at"][:16]  # the seconds go with the JSON-LD
    values["body_html"] = OWN_ADDRESS.sub(r'"//\1', values["body_html"])
    del values["content_hash"]
    for link in values["source_links"]:
        del link["raw"]
    return values


def made(data: bytes, sid: int) -> Story:
    story = record.record(data, site.story_url(sid), corpus.FETCHED_AT)
    assert isinstance(story, Story), (sid, story)
    return story


@pytest.mark.parametrize("seeds", [range(4), pytest.param(range(4, 20), marks=pytest.mark.long)], ids=str)
@pytest.mark.parametrize("sid", pages.SIDS)
def test_our_own_stories_in_other_markup(sid: int, seeds: range) -> None:
    data = pages.page(sid)
    for seed in seeds:
        assert same(made(varied(data, seed), sid)) == same(made(data, sid)), f"seed {seed}"


@pytest.mark.parametrize("seed", range(4))
def test_the_corpus_in_other_markup(seed: int) -> None:
    for sid in corpus.sids():
        data = corpus.page(sid)
        assert same(made(varied(data, sid * 10 + seed), sid)) == same(made(data, sid)), f"story {sid}"


def of_whole_page(data: bytes, sid: int) -> Story:
    """The record of a page that is parsed whole although its story's slice is enough."""
    parsed = page.parse_document(Document(data, whole_page=True), sid, sid)
    assert isinstance(parsed, StoryPage), (sid, parsed)
    return record.to_story(record.with_body(record.with_sources(Draft(parsed, corpus.FETCHED_AT))))


@pytest.mark.parametrize("sid", pages.SIDS)
def test_the_storys_slice_gives_the_record_of_the_whole_page(sid: int) -> None:
    data = pages.page(sid)
    assert (Document(data).block_start > 0) == (b'"list_com' not in data)
    assert of_whole_page(data, sid) == made(data, sid)


def test_the_storys_slice_gives_the_record_of_the_whole_page_over_the_corpus() -> None:
    for sid in corpus.sids():
        for data in (corpus.page(sid), varied(corpus.page(sid), sid)):
            assert of_whole_page(data, sid) == made(data, sid)


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 30))])
def test_a_home_page_is_never_a_story(seed: int) -> None:
    home = varied(pages.home(), seed)
    for sid in (1, *pages.SIDS[-3:], 99_999_999):
        assert isinstance(record.record(home, site.story_url(sid), corpus.FETCHED_AT), Missing | Unparsed)
    assert isinstance(record.record(home, site.story_url(60_000), corpus.FETCHED_AT), Missing)
