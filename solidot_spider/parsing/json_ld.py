"""Reads a story's title and time from the JSON-LD of its page.

The keys are searched for, since the script need not be valid JSON (it may have a trailing comma).
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from solidot_spider.parsing.markup import JSON_LD_ADDRESS, JSON_LD_PUBDATE, JSON_LD_TITLE, JSON_LD_TYPE
from solidot_spider.parsing.text import collapse_space

_STRING_VALUE = rb'\s*:\s*"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_TITLE_KEY = f'"{JSON_LD_TITLE}"'.encode()
_PUBDATE_KEY = f'"{JSON_LD_PUBDATE}"'.encode()
_ADDRESS_KEY = f'"{JSON_LD_ADDRESS}"'.encode()
_TITLE = re.compile(_TITLE_KEY + _STRING_VALUE, re.DOTALL)
_PUBDATE = re.compile(_PUBDATE_KEY + _STRING_VALUE, re.DOTALL)
_ADDRESS = re.compile(_ADDRESS_KEY + _STRING_VALUE, re.DOTALL)


_DECODER = json.JSONDecoder(strict=False)  # a title may hold a raw tab


class JsonLd(NamedTuple):
    """The title with its white space collapsed, and the time as written; '' for what is missing."""

    title: str
    pubdate: str


def parse(data: bytes) -> JsonLd:
    """The JSON-LD of a page.

    Args:
        data: the whole page.
    """
    script = _script(data)
    return JsonLd(collapse_space(_value(_TITLE, script)), _value(_PUBDATE, script))


def parse_address(data: bytes) -> str:
    """The page's own address in its JSON-LD; '' if it is missing."""
    return _value(_ADDRESS, _script(data))


def _script(data: bytes) -> bytes:
    """The first script with a publication time, else the first of all; empty if the page has none."""
    first, at = b"", 0
    while (at := data.find(JSON_LD_TYPE, at)) >= 0:
        start = data.find(b">", at) + 1
        at = data.find(b"</", start) if start else -1
        if at < 0:
            break
        script = data[start:at]
        if _PUBDATE_KEY in script:
            return script
        first = first or script
    return first


def _value(key: re.Pattern[bytes], script: bytes) -> str:
    found = key.search(script)
    if found is None:
        return ""
    text = found[1].decode(errors="replace")
    if "\\" not in text:
        return text
    try:
        value: str = _DECODER.decode(f'"{text}"')
    except ValueError:
        return ""
    return value.encode(errors="replace").decode()  # an escape may be half of a surrogate pair
