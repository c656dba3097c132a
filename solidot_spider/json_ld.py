"""The JSON-LD that describes a story: ``"title": "…"``, ``"pubDate": "2024-10-18T22:58:07"``.

It is read by its keys, since it need not be valid JSON (a trailing comma); the page's second witness of title and time.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined] # as old as the module, and not in its stubs
from typing import NamedTuple

from solidot_spider.text import fold

_TITLE = re.compile(r'"title"\s*:\s*"')
_PUBDATE = re.compile(r'"pubDate"\s*:\s*"')


class JsonLd(NamedTuple):
    """The title, folded, and the time as written; '' where it has none."""

    title: str
    pubdate: str


def read(data: bytes) -> JsonLd:
    """What a page's JSON-LD says."""
    text = _script(data)
    return JsonLd(fold(_string(_TITLE, text)), _string(_PUBDATE, text))


def _script(data: bytes) -> str:
    """The text of the first script with a ``pubDate``, else of the first at all; '' where the page has none."""
    first, at = "", 0
    while (at := data.find(b"ld+json", at)) >= 0:
        start = data.find(b">", at) + 1
        at = data.find(b"</", start) if start else -1
        if at < 0:
            break
        text = data[start:at].decode(errors="replace")
        if '"pubDate"' in text:
            return text
        first = first or text
    return first


def _string(key: re.Pattern[str], text: str) -> str:
    found = key.search(text)
    if found is None:
        return ""
    try:
        value: str = scanstring(text, found.end(), False)[0]  # not strict: a title may hold a raw tab
    except ValueError:
        return ""
    if value.isprintable():
        return value
    return value.encode(errors="replace").decode()  # an escape may be half of a surrogate pair
