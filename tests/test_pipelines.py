"""Item pipelines and the functions they wrap give the same record."""

from __future__ import annotations

import json

import pytest
from scrapy.exceptions import DropItem

from solidot_spider import items, record
from solidot_spider.base import site
from solidot_spider.crawl.faults import InvalidRecordError
from solidot_spider.parsing import page
from solidot_spider.parsing.page import StoryPage
from solidot_spider.pipelines import BodyPipeline, CheckPipeline, SourcesPipeline
from solidot_spider.record import Draft
from tests.pages import NOW, SIDS
from tests.pages import page as page_of


def draft(sid: int) -> Draft:
    parsed = page.parse(page_of(sid), site.story_url(sid))
    assert isinstance(parsed, StoryPage)
    return Draft(parsed, NOW)


@pytest.mark.parametrize("sid", SIDS)
def test_pipelines_and_record_agree(sid: int) -> None:
    values = CheckPipeline().process_item(BodyPipeline().process_item(SourcesPipeline().process_item(draft(sid))))
    story = record.record(page_of(sid), site.story_url(sid), NOW)
    assert isinstance(story, items.Story)
    assert items.line(values) == items.line(story)
    assert list(values) == list(json.loads(items.line(story))) == list(items.Story.__struct_fields__)


def test_each_pipeline_works_alone() -> None:
    sid = 79523
    assert SourcesPipeline().process_item(draft(sid)).sources is not None
    alone = BodyPipeline().process_item(draft(sid))
    assert "https://" in alone.body  # nothing pulled the source block out
    checked = CheckPipeline().process_item(alone)
    assert checked["source_links"] == []


def test_a_fault_of_the_parser_is_named() -> None:
    broken = draft(79523)
    broken.page.paragraphs = None  # type: ignore[assignment]
    with pytest.raises(InvalidRecordError, match=r"fault in the parser \(TypeError: "):
        SourcesPipeline().process_item(broken)


def test_a_record_that_another_pipeline_changed_is_a_record_again() -> None:
    values = CheckPipeline().process_item(BodyPipeline().process_item(SourcesPipeline().process_item(draft(79523))))
    changed = items.confirmed({**values, "title": "another"})
    assert changed["content_hash"] != values["content_hash"]
    assert items.confirmed(values) == values
    for wrong in ({"sid": 5}, {"title": ""}, {"more": 1}, {"published_at": "0001-01-01T00:00:00+08:00"}):
        with pytest.raises(items.RecordError):
            items.confirmed({**values, **wrong})


def test_a_record_that_breaks_the_schema_is_dropped_with_its_field() -> None:
    broken = BodyPipeline().process_item(draft(79523))
    broken.page.title = ""
    with pytest.raises(DropItem, match=r"invalid-record: .*title"):
        CheckPipeline().process_item(broken)
