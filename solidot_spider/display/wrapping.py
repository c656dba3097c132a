"""Breaks text into lines of a terminal, in which an ideograph is two columns wide, and may begin a line.

A line begins with no closing mark such as ``。``, and ends with no opening one such as ``《``.
"""

from __future__ import annotations

import re
import shutil

from wcwidth import wcswidth, wcwidth

WIDEST = 100
"""Columns that a person reads with ease."""

_CLOSING = "，。、；：？！）》」』】〉〕”’…—％℃,.;:?!)]}%"
_OPENING = "（《「『【〈〔“‘([{"
_WIDE = (
    r"\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0003ffff"
)
_TOKEN = re.compile(rf"[^\S\xa0]+|(?:[^\s{_WIDE}“”]|\xa0)+|.")


def columns() -> int:
    """How wide a text for a person is: as the terminal, but not wider than it is read with ease; 80 in a pipe."""
    return max(20, min(shutil.get_terminal_size().columns, WIDEST))


def cells(text: str) -> int:
    """How many columns a text without control characters takes."""
    return max(0, wcswidth(text))


def wrap(text: str, width: int) -> list[str]:
    """A paragraph in lines of at most so many columns; they break at no no-break space."""
    return [text[start:end].replace("\xa0", " ") for start, end in spans(text, width)]


def spans(text: str, width: int) -> list[tuple[int, int]]:
    """Where each line of a paragraph begins and ends; the space between two lines belongs to neither."""
    lines: list[tuple[int, int]] = []
    start, end, used, place = 0, 0, 0, 0
    for unit in _units(text):
        taken = cells(unit)
        if unit.isspace():
            used += taken
        elif used + taken <= width or not used:
            used, end = used + taken, place + len(unit)
        else:
            lines.append((start, end))
            start, end, used = place, place + len(unit), taken
        while used > width and end > start and cells(text[start:end]) > width:  # a word longer than a line
            cut = _fitting(text, start, end, width)
            lines.append((start, cut))
            start, used = cut, cells(text[cut:end])
        place += len(unit)
    return [*lines, (start, end)] if end > start else lines


def fitted(text: str, width: int) -> str:
    """A text, or its beginning with ``…`` if it is wider."""
    if cells(text) <= width:
        return text
    return f"{text[: _fitting(text, 0, len(text), width - 1)]}…"


def padded(text: str, width: int) -> str:
    """A text with spaces behind it, up to a width."""
    return text + " " * (width - cells(text))


def _fitting(text: str, start: int, end: int, width: int) -> int:
    """Where a text must be cut to be no wider; at least one character stays."""
    used = 0
    for place in range(start, end):
        used += max(0, wcwidth(text[place]))
        if used > width and place > start:
            return place
    return end


def _units(text: str) -> list[str]:
    """What a line cannot be broken in: words, ideographs with the marks that belong to them, and spaces."""
    units: list[str] = []
    for token in _TOKEN.findall(text):
        last = units[-1] if units else ""
        is_bound = token[0] in _CLOSING or wcwidth(token[0]) == 0 or last[-1:] in _OPENING
        if last and is_bound and last[-1:].strip() and not token.isspace():
            units[-1] += token
        else:
            units.append(token)
    return units
