"""Shows what an edit changed: lines that went and lines that came, with the characters that differ."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import msgspec

from solidot_spider.base.console import plain
from solidot_spider.display import wrapping
from solidot_spider.display.colours import Colours

ALIKE = 0.3
"""Two lines less alike are shown without the characters that differ: nearly all do."""

LONGEST = 20_000
"""Characters of a line that is compared by characters: the time grows with their square."""

Part = tuple[int, int]


class Difference(NamedTuple):
    """A line that went (``-``) or came (``+``), and the parts of it that the other side has not."""

    sign: str
    line: str
    parts: list[Part]


def between(old: Any, new: Any) -> Iterator[Difference]:
    """What differs between an old and a new value of a field, in lines that are safe to show."""
    before, after = _lines_of(old), _lines_of(new)
    for kind, first, last, begin, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        gone, came = before[first:last], after[begin:end]
        for sign, these, others in (("-", gone, came), ("+", came, gone)):
            for place, line in enumerate(these):
                yield Difference(sign, line, _differing(line, others[place] if place < len(others) else ""))


def lines(old: Any, new: Any, width: int, colours: Colours) -> Iterator[str]:
    """What differs, for a terminal.

    Args:
        old: the value before.
        new: the value now.
        width: columns.
        colours: how it is painted.
    """
    for each in between(old, new):
        yield from _shown(each, width, colours)


def _lines_of(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [plain(each) for each in value.split("\n") if each]
    values = value if isinstance(value, list) else [value]
    return [plain(each if isinstance(each, str) else msgspec.json.encode(each).decode()) for each in values]


def _differing(line: str, other: str) -> list[Part]:
    """The parts of a line that another one has not; none if they have little in common."""
    if not other or max(len(line), len(other)) > LONGEST:
        return []
    matcher = SequenceMatcher(None, line, other, autojunk=False)
    if matcher.ratio() < ALIKE:
        return []
    return [(start, end) for kind, start, end, _, _ in matcher.get_opcodes() if kind != "equal" and end > start]


def _shown(each: Difference, width: int, colours: Colours) -> Iterator[str]:
    style = "red" if each.sign == "-" else "green"
    for number, (start, end) in enumerate(wrapping.spans(each.line, max(10, width - 2))):
        text = "".join(_pieces(each, start, end, style, colours))
        yield f"{colours.paint(' ' if number else each.sign, style)} {text}"


def _pieces(each: Difference, start: int, end: int, style: str, colours: Colours) -> Iterator[str]:
    """A stretch of a line, painted, with its parts that differ painted stronger."""
    place = start
    for first, last in each.parts:
        first, last = max(first, place), min(last, end)  # noqa: PLW2901 - the part of it that is in this stretch
        if first < last:
            yield colours.paint(each.line[place:first], style)
            yield colours.paint(each.line[first:last], f"{style} part")
            place = last
    yield colours.paint(each.line[place:end], style)
