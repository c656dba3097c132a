"""Writes a story as a person would read it on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from solidot_spider.base.console import plain
from solidot_spider.display import differences, wrapping
from solidot_spider.display.colours import Colours
from solidot_spider.display.sources import Source, numbered
from solidot_spider.store.stories import Edit, KeptStory


def lines(story: KeptStory, width: int, colours: Colours) -> Iterator[str]:
    """Title, facts, body, sources and edits of a story, in lines of at most so many columns."""
    record = story.record
    for line in wrapping.wrap(plain(record["title"]), width):
        yield colours.paint(line, "bold")
    for fact, style in zip(facts(record), ("dim", "dim", "red"), strict=False):
        for line in wrapping.wrap(fact, width):
            yield colours.paint(line, style)
    for paragraph in record["body"].split("\n\n"):
        yield ""
        for text in paragraph.split("\n"):
            yield from wrapping.wrap(plain(text), width)
    yield from _sources(record, width, colours)
    yield from _edits(story, width, colours)


def facts(record: dict[str, Any]) -> list[str]:
    """Two lines about a story, what its page says and its address, and a third one if it is withdrawn."""
    told = [
        f"{record['published_at'][:16].replace('T', ' ')} in\xa0Beijing",
        f"by\xa0{record['editor']['name']}",
        f"from {record['department']}" if record["department"] else "",
        ", ".join(topic["name"] for topic in record["topics"]),
        f"submitted by {record['submitter']}" if record["submitter"] else "",
        "" if record["views"] is None else f"{record['views']:,}\xa0views",
        f"{record['comment_count']:,}\xa0comments" if record["comment_count"] else "",
    ]
    lines = [plain(" · ".join(filter(None, told))), plain(record["url"])]
    since = record["withdrawn_at"]
    return [*lines, f"withdrawn: the site has it no more since {_time(since)} UTC"] if since else lines


def _sources(record: dict[str, Any], width: int, colours: Colours) -> Iterator[str]:
    sources = numbered(record)
    if sources:
        yield ""
        yield colours.paint("Sources", "bold")
    margin = len(f"[{len(sources)}] ")
    for number, source in enumerate(sources, 1):
        yield from _source(f"[{number}]".ljust(margin), source, width, colours)
    if record["related_sids"]:
        yield ""
        yield from wrapping.wrap(f"Related: {', '.join(map(str, record['related_sids']))}", width)


def _source(mark: str, source: Source, width: int, colours: Colours) -> Iterator[str]:
    margin = " " * len(mark)
    rows = [(plain(source.text), ""), (plain(source.url), "cyan")]
    rows += [(f"archived: {plain(each)}", "dim") for each in source.archives]
    shown = mark
    for text, style in rows:
        for line in wrapping.wrap(text, max(10, width - len(margin))):
            yield f"{shown}{colours.paint(line, style)}"
            shown = margin


def _edits(story: KeptStory, width: int, colours: Colours) -> Iterator[str]:
    """What each edit changed, the last one first: its new values are the record's, or the old ones of a later edit."""
    now = dict(story.record)
    for edit in story.edits:
        yield ""
        yield colours.paint(heading(edit), "bold")
        for field, old in edit.old.items():
            yield f"{plain(field)}:"
            yield from differences.lines(old, now.get(field), width, colours)
        now |= edit.old


def heading(edit: Edit) -> str:
    """When an edit was seen, and by which run."""
    return plain(f"Edited, as {edit.run} saw at {_time(edit.seen_at)} UTC")


def _time(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:
        return plain(text)
