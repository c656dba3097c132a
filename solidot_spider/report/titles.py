"""Packs the titles of all stories for the search of the page."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable
from typing import NamedTuple


class Title(NamedTuple):
    """A story's title, and the day of its publication in Beijing."""

    sid: int
    day: str
    text: str


def packed(titles: Iterable[Title]) -> str:
    """The titles in lines of sid, day and text with tabs between, the last first: UTF-8, zlib, then base64.

    A browser opens them by itself (``DecompressionStream``), and only when somebody searches.
    """
    lines = (f"{sid}\t{day}\t{' '.join(text.split())}" for sid, day, text in sorted(titles, reverse=True))
    return base64.b64encode(zlib.compress("\n".join(lines).encode(), 9)).decode()
