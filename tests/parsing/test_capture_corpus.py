"""The stories of the corpus as captures give what their pages give."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec
import pytest

from solidot_spider.parsing.page import Missing, Unparsed
from solidot_spider.record import CapturedStory, record_of_capture
from tests import corpus
from tests.parsing import captures

FIELDS = (
    "title",
    "published_at",
    "editor",
    "department",
    "topics",
    "views",
    "related_sids",
    "source_labels",
    "submitter",
)
LINK = ("url", "placement", "archive_of")
SHARE_OF_BODIES = 0.98
"""markdownify drops empty paragraphs and the white space around them, so that some texts have lost a space."""
SHARE_OF_LINKS = 0.99
CONVERTED = ("underlined", "archived")


@cache
def gold() -> dict[int, dict[str, Any]]:
    lines = (corpus.directory() / "gold.jsonl").read_text().splitlines()
    return {record["sid"]: record for record in map(json.loads, lines)}


@cache
def captured() -> dict[int, str]:
    """The kind of each captured document, by its sid."""
    lines = (corpus.directory() / "markdown" / "index.tsv").read_text().splitlines()
    return {int(sid): kind for sid, kind in (line.split("\t") for line in lines)}


def document(sid: int) -> bytes:
    return (corpus.directory() / "markdown" / f"{sid}.md").read_bytes()


def folded(text: str) -> str:
    return " ".join(text.split())


def facts(record: dict[str, Any]) -> dict[str, Any]:
    """What a capture and its page both tell, but for the body and the links."""
    return {name: record[name] for name in FIELDS} | {"published_at": record["published_at"][:16]}


def links(record: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(link[name] for name in LINK) for link in record["source_links"] if not link.get("optional")]


def wrong(sid: int, data: bytes) -> set[str]:
    """What a capture gives that is not its page's."""
    made = record_of_capture(data)
    assert isinstance(made, CapturedStory), (sid, made)
    expected, values = gold()[sid], msgspec.to_builtins(made.story)
    optional = {link["url"] for link in expected["source_links"] if link.get("optional")}
    values["source_links"] = [link for link in values["source_links"] if link["url"] not in optional]
    found = {name for name, value in facts(expected).items() if facts(values)[name] != value}
    found |= {"links"} if links(values) != links(expected) else set()
    return found | ({"body"} if folded(values["body"]) != folded(expected["body"]) else set())


def test_captured_stories() -> None:
    sids = [sid for sid, kind in captured().items() if kind == "story" and sid in gold()]
    assert {sid: found for sid in sids if (found := wrong(sid, document(sid)))} == {}
    assert len(sids) > 50


def test_what_is_captured_but_no_story() -> None:
    for sid, kind in captured().items():
        made = record_of_capture(document(sid))
        if kind == "homepage":
            assert made == Missing("home-page"), sid
        elif kind == "mojibake":
            assert made == Unparsed("mojibake"), sid
        else:
            assert isinstance(made, CapturedStory), (sid, made)
            assert made.story.sid == sid


@pytest.mark.long
@pytest.mark.parametrize("style", CONVERTED)
def test_pages_made_into_captures(style: str) -> None:
    sids = corpus.sids()
    found = {sid: wrong(sid, captures.capture(sid, page=corpus.page(sid), style=style)) for sid in sids}
    assert {sid: each for sid, each in found.items() if each - {"body", "links"}} == {}
    assert sum("body" not in each for each in found.values()) >= SHARE_OF_BODIES * len(sids)
    assert sum("links" not in each for each in found.values()) >= SHARE_OF_LINKS * len(sids)
