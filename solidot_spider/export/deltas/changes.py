"""Tells what became of each story between two datasets: the lines of a delta.

A line of a delta is a record with one more key at its end, ``change``; a story that is there no more has its sid and
``change`` alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, Self, get_args

import msgspec

from solidot_spider.export.forms.columns import CHANGE
from solidot_spider.export.source import Source
from solidot_spider.items import HASHED

Kind = Literal["new", "changed", "withdrawn", "back", "refetched", "removed"]
KINDS: tuple[str, ...] = get_args(Kind)
REMOVED = "removed"
REMOVED_FILE = f"{REMOVED}.jsonl"
"""A directory's file of the stories that are there no more, beside those of its forms."""


class _Numbered(msgspec.Struct):
    sid: int


_numbered = msgspec.json.Decoder(_Numbered)
_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NULL = b"null"

NumberedLine = tuple[int, bytes]
"""A sid, and the line that has it."""


class Change(NamedTuple):
    """What became of a story.

    Attributes:
        sid: the story.
        kind: one of ``KINDS``.
        record: its record now, a line of JSON; None if it is there no more.
    """

    sid: int
    kind: str
    record: bytes | None

    @property
    def line(self) -> bytes:
        """The line of a delta."""
        record = b'{"sid":%d}' % self.sid if self.record is None else self.record
        return record[:-1] + _tail(self.kind)

    @classmethod
    def of(cls, sid: int, line: bytes) -> Self:
        """What a line of a delta says.

        Raises:
            ValueError: it is none.
        """
        kind = next((each for each in KINDS if line.endswith(_tail(each))), None)
        if kind is None:
            raise ValueError(f"its last key is not {CHANGE!r}, or none of {', '.join(KINDS)}")
        return cls(sid, kind, None if kind == REMOVED else line.removesuffix(_tail(kind)) + b"}")


def between(old: Iterable[NumberedLine], new: Iterable[NumberedLine]) -> Iterator[Change]:
    """What became of each story whose line is not the same in two datasets, both by ascending sid."""
    olds, news = iter(old), iter(new)
    before, after = next(olds, None), next(news, None)
    while before or after:
        if after is None or (before and before[0] < after[0]):
            assert before
            yield Change(before[0], REMOVED, None)
            before = next(olds, None)
        elif before is None or after[0] < before[0]:
            yield Change(after[0], "new", after[1])
            after = next(news, None)
        else:
            if before[1] != after[1]:
                yield Change(after[0], _kind(before[1], after[1]), after[1])
            before, after = next(olds, None), next(news, None)


def with_removed(source: Source, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines of a source, and in their place those of the stories that it removes."""
    removed = deque(source.removed)
    if removed:
        for line in lines:
            sid = sid_of(line)
            while removed and removed[0] < sid:
                yield Change(removed.popleft(), REMOVED, None).line
            yield line
    else:
        yield from lines
    yield from removed_lines(removed)


def removed_lines(removed: Iterable[int]) -> Iterator[bytes]:
    """The lines of a delta for stories that are there no more."""
    return (Change(sid, REMOVED, None).line for sid in removed)


def is_removed(line: bytes) -> bool:
    """Whether a line of a delta removes its story."""
    return line.endswith(_tail(REMOVED))


def sid_of(line: bytes) -> int:
    """The sid of a record.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _numbered.decode(line).sid


def differs(old: Mapping[str, msgspec.Raw], line: bytes) -> bool:
    """Whether a record has another value in one of these fields; one that it does not keep is none."""
    new = _raw.decode(line)
    return any(bytes(new[name]) != bytes(value) for name, value in old.items() if name in new)


def _kind(old: bytes, new: bytes) -> Kind:
    before, after = _raw.decode(old), _raw.decode(new)
    was_withdrawn, is_withdrawn = (bytes(each.get("withdrawn_at", _NULL)) != _NULL for each in (before, after))
    if was_withdrawn is not is_withdrawn:
        return "withdrawn" if is_withdrawn else "back"
    edited = {name: before[name] for name in HASHED if name in before}
    return "changed" if differs(edited, new) else "refetched"


def _tail(kind: str) -> bytes:
    return f',"{CHANGE}":"{kind}"}}'.encode()
