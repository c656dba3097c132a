"""Pages in pieces: whatever comes, there is a record that is right or a reason, and never half a story."""

from __future__ import annotations

import re
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solidot_spider import items, record
from solidot_spider.base import site
from solidot_spider.items import Story
from solidot_spider.parsing import page
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.record import Draft
from tests.parsing.mutated_pages import mutated
from tests.parsing.sanitiser import paragraphs_text, sanitised
from tests.parsing.test_properties import NOW

CONSTANT = 20_000
SEEDS = st.integers(0, 2**32)
LIMITS = {"too-deep", "too-many-tags"}
"""What only the whole page may be too large for."""


def check(seed: int) -> None:
    """Check the record of one page."""
    sid, data = mutated(seed)
    made = record.record(data, site.story_url(sid), NOW)
    whole = of_whole_page(data, sid)
    if isinstance(made, Story):
        values = items.check(made)
        line = items.line(made)
        assert made.sid == sid
        assert items.read_line(line) == made
        assert msgspec.json.decode(line) == values
        assert len(line) <= 2 * len(data) + CONSTANT
        assert sanitised(made.body_html) == made.body_html
        assert paragraphs_text(made.body_html) == made.body
        assert set(re.findall(r"&\w+;", made.body_html)) <= {"&amp;", "&lt;", "&gt;", "&quot;"}
        if isinstance(whole, Story):
            assert whole == made
        else:
            assert whole.reason in LIMITS or "\ufffd" in data.decode(errors="replace"), whole
    else:
        assert isinstance(made, Missing | Unparsed)
        assert made.reason
        assert not isinstance(whole, Story), made


def of_whole_page(data: bytes, sid: int) -> Story | Missing | Unparsed:
    """The record of a page that is parsed whole."""
    if not data.strip():
        return Unparsed("empty")
    parsed = page.parse_document(Document(data, whole_page=True), sid, sid)
    if not isinstance(parsed, StoryPage):
        return parsed
    try:
        story = record.to_story(record.with_body(record.with_sources(Draft(parsed, NOW))))
        items.check(story)
    except items.RecordError as error:
        return Unparsed(str(error))
    return story


@given(SEEDS)
@settings(max_examples=400, deadline=None)
def test_a_page_in_pieces_gives_a_right_record_or_a_reason(seed: int) -> None:
    check(seed)


@pytest.mark.long
def test_many_pages_in_pieces() -> None:
    until = time.monotonic() + 120
    seed = int(time.time()) << 20
    while time.monotonic() < until:
        seed += 1
        try:
            check(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
