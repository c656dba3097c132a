"""A table of the dataset as forms take it: its columns, and its rows as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from solidot_spider.export.forms import columns
from solidot_spider.export.forms.columns import Column
from solidot_spider.export.selection import COMMENTS


class Table(NamedTuple):
    """A table.

    Attributes:
        name: ``stories`` or ``comments``.
        columns: what each row has, in this order.
        rows: each row as one line of JSON in UTF-8, without its end, read once.
        beside: tables that a database holds, too.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[bytes]
    beside: tuple[Table, ...] = ()


class Counted:
    """Rows, counted on their way.

    Attributes:
        count: how many there were.
        size: their bytes as lines.
    """

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._rows = rows
        self.count = 0
        self.size = 0
        self._first = self._last = b""

    def __iter__(self) -> Iterator[bytes]:
        for row in self._rows:
            if not self.count:
                self._first = row
            self.count += 1
            self.size += len(row) + 1
            self._last = row
            yield row

    @property
    def sids(self) -> tuple[int, ...]:
        """The lowest and the highest sid; empty if there was no row."""
        return tuple(_sid.decode(row).sid for row in (self._first, self._last) if row)


class _Sid(msgspec.Struct):
    sid: int


class _Commented(msgspec.Struct):
    sid: int
    comments: list[dict[str, msgspec.Raw]]


_sid = msgspec.json.Decoder(_Sid)
_commented = msgspec.json.Decoder(_Commented)
_encode = msgspec.json.Encoder().encode


def stories(fields: tuple[str, ...], records: Iterable[bytes]) -> Table:
    """The table of the stories, with the fields that their records keep."""
    return Table("stories", columns.of_stories(fields), records)


def comments(records: Iterable[bytes]) -> Table:
    """The table of the comments of stories, in the order of their pages."""
    return Table(COMMENTS, columns.of_comments(), _comment_rows(records))


def _comment_rows(records: Iterable[bytes]) -> Iterator[bytes]:
    for record in records:
        story = _commented.decode(record)
        for comment in story.comments:
            yield _encode({"sid": story.sid, **comment})
