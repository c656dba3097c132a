"""The JSON-LD that describes a story: ``"title": "…"``, ``"pubDate": "2024-10-18T22:58:07"``.

It is read by its keys, since it need not be valid JSON (a trailing comma); the page's second witness of title and time.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from solidot_spider.parsing.text import fold

_STRING = rb'\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"'
_TITLE = re.compile(rb'"title"' + _STRING, re.DOTALL)
_PUBDATE = re.compile(rb'"pubDate"' + _STRING, re.DOTALL)


class JsonLd(NamedTuple):
    """The title, folded, and the time as written; '' where it has none."""

    title: str
    pubdate: str


def read(data: bytes) -> JsonLd:
    """What a page's JSON-LD says."""
    script = _script(data)
    return JsonLd(fold(_string(_TITLE, script)), _string(_PUBDATE, script))


def _script(data: bytes) -> bytes:
    """The first script with a ``pubDate``, else the first at all; empty where the page has none."""
    first, at = b"", 0
    while (at := data.find(b"ld+json", at)) >= 0:
        start = data.find(b">", at) + 1
        at = data.find(b"</", start) if start else -1
        if at < 0:
            break
        script = data[start:at]
        if b'"pubDate"' in script:
            return script
        first = first or script
    return first


def _string(key: re.Pattern[bytes], script: bytes) -> str:
    found = key.search(script)
    if found is None:
        return ""
    text = found[1].decode(errors="replace")
    if "\\" not in text:
        return text
    try:
        value: str = json.loads(f'"{text}"', strict=False)  # a title may hold a raw tab
    except ValueError:
        return ""
    return value.encode(errors="replace").decode()  # an escape may be half of a surrogate pair
