"""Saves pages with the records that they give, as pairs of files that the parser can be tested with.

``N.html`` is a page as it came, ``N.json`` the record (or ``{"unparsed": reason}``), ``N.answer.json`` the rest of what
the parser is told.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec

from solidot_spider import items, record
from solidot_spider.base import clock, origins, site
from solidot_spider.base.files import replacing
from solidot_spider.record import CapturedStory
from solidot_spider.store import changes
from solidot_spider.store.rows import PageRow


class Answer(msgspec.Struct, omit_defaults=True):
    """What is known of an answer beside its page; times are UTC, ISO 8601."""

    sid: int
    asked: str
    answered: str
    status: int
    fetched_at: str
    origin: str = origins.CRAWL

    @classmethod
    def of(cls, row: PageRow) -> Self:
        """That of a kept page."""
        return cls(row.sid, row.asked, row.answered, row.status, row.fetched_at, row.origin)


class Saved(NamedTuple):
    """A pair that was saved: the page's file, what came of the page, and what that changes of an older pair."""

    path: Path
    told: str
    changes: Sequence[str]


def save(directory: Path, data: bytes, answer: Answer) -> Saved:
    """Save a page and what today's parser makes of it, in place of an older pair.

    Args:
        directory: where to; it is made if there is none.
        data: the page.
        answer: the rest of the answer.

    Raises:
        OSError: a file cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    page, expected = directory / f"{answer.sid}.html", directory / f"{answer.sid}.json"
    made = parsed(data, answer)
    before = _loaded(expected)
    told = f"unparsed: {made['unparsed']}" if "unparsed" in made else f"{made['title']}"
    contents = {
        page: data,
        expected: _text(made),
        directory / f"{answer.sid}.answer.json": _text(msgspec.to_builtins(answer)),
    }
    for path, content in contents.items():
        with replacing(path) as file:
            file.write(content)
    return Saved(page, told, _changes(before, made) if before is not None else ())


def parsed(data: bytes, answer: Answer) -> dict[str, Any]:
    """What today's parser makes of a page: the record as plain values, or ``unparsed`` with the reason."""
    at = clock.parsed(answer.fetched_at)
    found = record.record_of(data, answer.origin, answer.answered, at, answer.sid)
    if isinstance(found, CapturedStory):
        return items.check(found.story)
    return {"unparsed": found.reason}


def load(directory: Path, name: str, fetched_at: str) -> tuple[bytes, Answer, dict[str, Any]]:
    """A pair: the page, the rest of its answer, and what is expected of it.

    Args:
        directory: where it is.
        name: its files' name without endings.
        fetched_at: the time for a pair that does not say when its page was fetched, nor from where.

    Raises:
        OSError: a file cannot be read.
    """
    data, expected = (directory / f"{name}.html").read_bytes(), json.loads((directory / f"{name}.json").read_bytes())
    told = directory / f"{name}.answer.json"
    if told.exists():
        return data, msgspec.json.decode(told.read_bytes(), type=Answer), expected
    url = site.story_url(expected["sid"])
    return data, Answer(expected["sid"], url, url, 200, fetched_at), expected


def _text(values: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"


def _loaded(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    names = dict.fromkeys([*new, *old])
    return [
        f"  {name}: {changes.shown(old.get(name), new.get(name))}" for name in names if old.get(name) != new.get(name)
    ]
