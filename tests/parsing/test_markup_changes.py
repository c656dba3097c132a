"""What the parser makes of pages whose markup has changed: right, refused, noted, or wrong without a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from solidot_spider.base import site
from solidot_spider.base.sids import Sids
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.verdict import ENOUGH, Tally
from solidot_spider.items import check
from solidot_spider.parsing import page
from solidot_spider.parsing.page import StoryPage
from solidot_spider.record import Draft, to_story, with_body, with_sources
from tests import pages
from tests.parsing.markup_changes import CHANGES

MOST_SILENT = 13
"""So many changes may give a wrong field in most stories without a note; lower it with each that is mended."""
MOST_UNSEEN = 3
"""The same of those that the verdict of a run passes, too: the run would end with 0."""

MADE_ANEW = {"fetched_at", "content_hash", "body_html"}
"""Fields that may differ in other markup, or that another field tells."""


@dataclass
class Effect:
    """What a change of the markup does to the stories whose pages it touches.

    Attributes:
        stories: how many pages it touches.
        refused: how many are refused.
        noted: how many records are wrong, and their pages noted.
        silent: the fields of each record that is wrong without a note.
        is_seen: whether the verdict on a run of these records fails, or too many of them are refused.
    """

    stories: int
    refused: int
    noted: int
    silent: list[set[str]]
    is_seen: bool

    @property
    def is_silent(self) -> bool:
        return len(self.silent) * 2 > self.stories

    def __str__(self) -> str:
        fields = sorted(set().union(*self.silent))
        seen = " (seen by the verdict)" if self.is_seen else ""
        return (
            f"{len(self.silent)} of {self.stories} silently wrong in {', '.join(fields) or 'nothing'}; "
            f"{self.noted} noted, {self.refused} refused{seen}"
        )


def parsed(html: str, sid: int) -> tuple[dict[str, Any], list[str]] | None:
    """The record of a page and the page's notes; None if it is refused."""
    found = page.parse(html.encode(), site.story_url(sid), sid)
    if not isinstance(found, StoryPage):
        return None
    return check(to_story(with_body(with_sources(Draft(found, pages.NOW))))), found.notes


@cache
def right(sid: int) -> dict[str, Any]:
    """The record of a page as it is."""
    made = parsed(pages.page(sid).decode(), sid)
    assert made is not None
    return made[0]


def wrong_fields(record: Mapping[str, Any], expected: Mapping[str, Any]) -> set[str]:
    wrong = {name for name in expected.keys() - MADE_ANEW if record[name] != expected[name]}
    if record["published_at"][:16] == expected["published_at"][:16]:
        wrong.discard("published_at")  # the seconds go with the JSON-LD
    return wrong


@cache
def effect(name: str) -> Effect:
    made = Effect(0, 0, 0, [], is_seen=False)
    records = []
    for sid in pages.SIDS:
        html = pages.page(sid).decode()
        changed = CHANGES[name](html)
        if changed == html:
            continue
        made.stories += 1
        result = parsed(changed, sid)
        if result is None:
            made.refused += 1
            continue
        records.append(result)
        record, notes = result
        wrong = wrong_fields(record, right(sid))
        if wrong and notes:
            made.noted += 1
        elif wrong:
            made.silent.append(wrong)
    made.is_seen = made.refused * ENOUGH > made.stories or is_verdict_failed(records)
    return made


def is_verdict_failed(records: list[tuple[dict[str, Any], list[str]]]) -> bool:
    """Whether a run with enough of such records fails a question of the verdict."""
    tally = Tally()
    for record, notes in records * ENOUGH:
        tally.add(record, notes)
    return any(question.why for question in tally.questions(Ledger(), Sids()))


@pytest.mark.long
@pytest.mark.parametrize("name", CHANGES)
def test_each_change_touches_a_page(name: str) -> None:
    assert effect(name).stories > 0


def listed(effects: Mapping[str, Effect]) -> str:
    return "\n".join(f"  {name}: {effect}" for name, effect in effects.items())


@pytest.mark.long
def test_no_more_changes_are_silently_wrong_than_were() -> None:
    silent = {name: found for name in CHANGES if (found := effect(name)).is_silent}
    assert len(silent) <= MOST_SILENT, f"{len(silent)} of {len(CHANGES)} changes are silently wrong:\n{listed(silent)}"


@pytest.mark.long
def test_no_more_changes_would_end_a_run_with_0_than_did() -> None:
    unseen = {name: found for name in CHANGES if (found := effect(name)).is_silent and not found.is_seen}
    assert len(unseen) <= MOST_UNSEEN, f"{len(unseen)} of {len(CHANGES)} changes end with 0:\n{listed(unseen)}"
