"""Reads the front matter of a capture: what the archiver says of the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

_FENCE = "---"
_MAX_LINES = 100
"""A front matter of more lines is none."""
_FIELD = re.compile(r"(title|url|fetch_date)\s*:(?:\s+|$)(.*)")
_ESCAPES = {"n": "\n", "t": "\t"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


class FrontMatter(NamedTuple):
    """The fields of a front matter, and the text behind it; '' and None where it says nothing."""

    title: str
    url: str
    fetched_at: datetime | None
    rest: str


def parse(text: str) -> FrontMatter:
    """The front matter of a capture.

    Args:
        text: the capture, its lines ended by line feeds.
    """
    lines = text.split("\n", _MAX_LINES)
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), 0)
    if lines[0].rstrip() != _FENCE or not end:
        return FrontMatter("", "", None, text)
    fields: dict[str, str] = {}
    for at in range(1, end):
        found = _FIELD.match(lines[at])
        if found:
            fields.setdefault(found[1], _value(found[2].strip(), lines[at + 1 : end]))
    rest = "\n".join(lines[end + 1 :])
    return FrontMatter(fields.get("title", ""), fields.get("url", ""), _moment(fields.get("fetch_date", "")), rest)


def _value(text: str, following: list[str]) -> str:
    """A scalar of YAML; one that is folded over several lines goes on in those that are indented."""
    parts = [] if text in (">", ">-", "|", "|-") else [text]
    for line in following:
        if not line.startswith((" ", "\t")):
            break
        parts.append(line.strip())
    value = " ".join(parts)
    if len(value) > 1 and value[0] == value[-1] == '"':
        return _ESCAPE.sub(_unescape, value[1:-1])
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return value


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _ESCAPES.get(found[2], found[2])


def _moment(text: str) -> datetime | None:
    """A time in ISO 8601, in UTC if it names no zone."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
