"""Packs the titles of all stories for the search of the page."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

_EPOCH = date(1970, 1, 1)


class Title(NamedTuple):
    """A story's title, and the day of its publication in Beijing."""

    sid: int
    day: date
    text: str


def packed(titles: Iterable[Title]) -> str:
    """The titles by ascending sid, as UTF-8, zlib, base64: a line each of sid, day and text, with tabs between.

    A sid is told by how much it is above the one before, a day by how many days it is after the one before (the first
    by days since 1 January 1970); nothing stands for one more, and for the same day. A browser opens them by itself
    (``DecompressionStream``), and only when somebody searches.
    """
    return base64.b64encode(zlib.compress("\n".join(_lines(titles)).encode(), 9)).decode()


def _lines(titles: Iterable[Title]) -> Iterator[str]:
    sid, day = 0, _EPOCH
    for each in titles:
        later = (each.day - day).days
        yield f"{'' if each.sid == sid + 1 else each.sid - sid}\t{later or ''}\t{' '.join(each.text.split())}"
        sid, day = each.sid, each.day
