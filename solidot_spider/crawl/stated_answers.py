"""Known answers for a store that knows none: what a file states of a few stories, such as the probe's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from solidot_spider.crawl.known_answers import Comparison, Difference, KnownAnswer
from solidot_spider.items import Editor

MINUTE = len("2024-10-18T22:58")


class Statement(Protocol):
    """What is known of a story; None where nothing is. The probe's ``KnownStory`` says what each part means."""

    sid: int
    title_sha256: str | None
    published_at: str | None
    editor: Editor | None
    department: str | None
    topics: list[int] | None
    sources: int | None


def of_statement(statement: Statement) -> KnownAnswer:
    """The known answer of a story that something is stated of."""
    return KnownAnswer(statement.sid, lambda new: compared(statement, new))


def compared(statement: Statement, record: Mapping[str, Any]) -> Comparison:
    """The comparison of a record with what is stated of its story; the parts that nothing is said of count as equal."""
    found = (
        Difference(name, stated, shown)
        for name, (stated, read) in _parts(statement).items()
        if stated is not None and (shown := read(record)) != stated
    )
    return Comparison(statement.sid, tuple(found))


def _parts(statement: Statement) -> dict[str, tuple[Any, Callable[[Mapping[str, Any]], Any]]]:
    """Each field with what is stated of it, and how the same is read from a record."""
    editor = statement.editor
    return {
        "title": (statement.title_sha256, lambda record: sha256(record["title"].encode()).hexdigest()),
        "published_at": (
            statement.published_at,
            lambda record: datetime.fromisoformat(record["published_at"]).isoformat()[:MINUTE],
        ),
        "editor": (editor and {"name": editor.name, "uid": editor.uid}, lambda record: record["editor"]),
        "department": (statement.department, lambda record: record["department"]),
        "topics": (statement.topics, lambda record: [topic["tid"] for topic in record["topics"]]),
        "source_links": (statement.sources, lambda record: len(record["source_links"])),
    }
