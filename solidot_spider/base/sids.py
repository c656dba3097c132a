"""Parses story ids as people give them, and holds them as ranges: ``79532``, ``79500-79600,80001``, ``@FILE``, ``@-``.

Ranges are merged: a hundred thousand ids cost no more memory than ten.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Self

from solidot_spider.base.site import MAX_SID

MAX_BAD_VALUES = 10
"""An error names so many bad values at most."""

_ONE = re.compile(r"\d{1,12}", re.ASCII)
_RANGE = re.compile(r"(\d{1,12})(?:\s*-\s*(\d{1,12}))?", re.ASCII)
_ALLOWED = f"ids are 1 to {MAX_SID}, ranges 79500-79600, several with commas"


class ArgumentError(ValueError):
    """A value on the command line is wrong; the message names it, what is allowed, and what to do."""


class Range(NamedTuple):
    """The ids from ``first`` to ``last``, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        """As ``parse`` takes it back."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class Sids:
    """A set of story ids, as merged ranges in ascending order."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self.ranges = merged(ranges)

    @classmethod
    def of(cls, ids: Iterable[int]) -> Self:
        """The set of single ids; in ascending order they are never all in memory, only their ranges."""
        return cls(_runs(ids))

    def __iter__(self) -> Iterator[int]:
        """The ids, ascending, one at a time."""
        return chain.from_iterable(range(first, last + 1) for first, last in self.ranges)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sids) and self.ranges == other.ranges

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        """As ``parse`` takes it back."""
        return ",".join(map(str, self.ranges))

    def summary(self, count: int = 5) -> str:
        """The first ``count`` ranges for a person: ``79500-79510, 79513, …``."""
        return ", ".join([*map(str, self.ranges[:count]), *(["…"] if len(self.ranges) > count else [])])

    def within(self, other: Sids) -> Sids:
        """The ids that are in both."""
        return Sids(_shared(self.ranges, other.ranges))

    def without(self, other: Sids) -> Sids:
        """The ids that are not in the other."""
        return Sids(_shared(self.ranges, _complement(other.ranges)))

    def after(self, sid: int) -> Sids:
        """The ids greater than ``sid``."""
        return Sids((max(first, sid + 1), last) for first, last in self.ranges if last > sid)


def _runs(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each run of ids that follow one another, as its first and its last id."""
    first = last = 0
    for sid in ids:
        if first and sid == last + 1:
            last = sid
            continue
        if first:
            yield first, last
        first = last = sid
    if first:
        yield first, last


def _shared(one: list[Range], other: list[Range]) -> Iterator[Range]:
    """What two lists of merged ranges have in common, in one walk through both."""
    at = 0
    for first, last in one:
        while at < len(other) and other[at].last < first:
            at += 1
        here = at
        while here < len(other) and other[here].first <= last:
            yield Range(max(first, other[here].first), min(last, other[here].last))
            here += 1
        at = max(at, here - 1)


def _complement(ranges: list[Range]) -> list[Range]:
    """All ids that there can be but these."""
    firsts = [1, *(each.last + 1 for each in ranges)]
    lasts = [*(each.first - 1 for each in ranges), MAX_SID]
    return [Range(first, last) for first, last in zip(firsts, lasts, strict=True) if first <= last]


def merged(ranges: Iterable[tuple[int, int]]) -> list[Range]:
    """Ranges in ascending order, those that touch or overlap made one."""
    out: list[Range] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1].last + 1:
            out[-1] = Range(out[-1].first, max(out[-1].last, last))
        else:
            out.append(Range(first, last))
    return out


def parse_one(text: str) -> int:
    """One story id.

    Raises:
        ArgumentError: it is no id.
    """
    value = text.strip()
    if not _ONE.fullmatch(value) or not 1 <= int(value) <= MAX_SID:
        raise ArgumentError(f"sid={text}: not a story id; an id is a number from 1 to {MAX_SID}")
    return int(value)


def parse(text: str) -> Sids:
    """The ids of a ``sids=`` argument: a list of ids and ranges, or ``@FILE`` (``@-``: standard input) with one a line.

    Raises:
        ArgumentError: the first ten bad values (with their lines), or the file cannot be read, or nothing is named.
    """
    source = "sids"
    if text.startswith("@"):
        source = f"sids={text}"
        values = _file_values(text[1:])
    else:
        values = [(part, "") for part in text.split(",")]
    ranges, bad = [], []
    for value, where in values:
        found = _range(value)
        if found:
            ranges.append(found)
        elif value.strip() or not where:
            bad.append(f"{value.strip()!r}{where}")
    if bad:
        more = f" and {len(bad) - MAX_BAD_VALUES} more" if len(bad) > MAX_BAD_VALUES else ""
        raise ArgumentError(f"{source}: not story ids: {', '.join(bad[:MAX_BAD_VALUES])}{more}; {_ALLOWED}")
    if not ranges:
        raise ArgumentError(f"{source}: no story ids in it; {_ALLOWED}")
    return Sids(ranges)


def _range(text: str) -> Range | None:
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return None
    first = int(found[1])
    last = int(found[2] or found[1])
    return Range(first, last) if 1 <= first <= last <= MAX_SID else None


def _file_values(path: str) -> list[tuple[str, str]]:
    """The values of a file, each with where it stands; ``#`` begins a comment."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ArgumentError(f"sids=@{path}: the file cannot be read: {why}") from error
    return [
        (part, f" (line {number})")
        for number, line in enumerate(text.splitlines(), 1)
        for part in line.partition("#")[0].split(",")
    ]
