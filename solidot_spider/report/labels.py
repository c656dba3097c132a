"""Fits labels into a chart. Where it is drawn, nobody knows the reader's fonts: widths are those of wide ones."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

SIZE = 11
"""Pixels of a label's font."""

_BETWEEN = 9
_NARROW, _BROAD = frozenset("fijlrt .,:;'|!()[]"), frozenset("mwMWGOQ@%…")


def width(label: str) -> float:
    """Pixels that a label takes at most."""
    return sum(map(_char_width, label))


def _char_width(char: str) -> float:
    if east_asian_width(char) in "WF":
        return 11.5
    return 4.6 if char in _NARROW else 10.8 if char in _BROAD else 7.6 if char.isupper() else 7


def widest(labels: Sequence[str]) -> float:
    """Pixels that the longest label takes at most."""
    return max(map(width, labels), default=0)


def short(label: str, room: float) -> str:
    """A label cut to so many pixels."""
    if width(label) <= room:
        return label
    left = room - width("…")
    for at, char in enumerate(label):
        left -= _char_width(char)
        if left < 0:
            return label[:at] + "…"
    return label


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels of which no two are the same; cut ones may be."""
    made: list[str] = []
    for label in labels:
        count = 1
        while (told := label if count == 1 else f"{label} {count}") in made:
            count += 1
        made.append(told)
    return made


def thinned(labels: Sequence[str], room: float) -> list[int]:
    """Which of some labels in even columns fit side by side into so many pixels; the last one is among them."""
    step = next((each for each in range(1, len(labels)) if room / len(labels) * each >= widest(labels) + _BETWEEN), 1)
    return [at for at in range(len(labels)) if (len(labels) - 1 - at) % step == 0]
