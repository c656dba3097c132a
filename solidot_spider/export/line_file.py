"""Puts lines aside in a file without a name, so that each form of an export can read them."""

from __future__ import annotations

import os
from array import array
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self

import msgspec

from solidot_spider.base.devices import is_file
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms.columns import PUBLISHED_AT
from solidot_spider.export.selection import PERIODS, kept


class _Dated(msgspec.Struct):
    published_at: str = ""


_dated = msgspec.json.Decoder(_Dated)


class LineFile:
    """A ``source.Source`` of lines that were added by ascending sid; its file is gone when the ``with`` block ends.

    Args:
        out: what is made of the lines: their file is on the same file system; None for any.
        fields: the keys of a line.
    """

    def __init__(self, out: Path | None, fields: tuple[str, ...]) -> None:
        self.fields = fields
        self.removed = array("q")
        self._ends = array("q")
        self._months: list[str] = []
        self._known_months: dict[str, str] = {}
        self._directory = out.resolve().parent if out and (out.is_dir() or is_file(out)) else None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._file = self._open.enter_context(TemporaryFile(dir=self._directory))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, line: bytes) -> None:
        """Add the line of a story.

        Raises:
            OSError: the file cannot be written.
        """
        self._file.write(line)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(line))
        month = _dated.decode(line).published_at[: PERIODS["month"]]
        self._months.append(self._known_months.setdefault(month, month))

    def remove(self, sid: int) -> None:
        """Add a story that is there no more."""
        self.removed.append(sid)

    def end(self) -> None:
        """Make all lines readable; none may be added any more.

        Raises:
            OSError: the file cannot be written.
        """
        self._file.flush()

    def lines(self, fields: tuple[str, ...], period: str = "") -> Generator[bytes]:
        """The lines."""
        start = 0
        for end, month in zip(self._ends, self._months, strict=True):
            if month.startswith(period):
                line = os.pread(self._file.fileno(), end - start, start)
                yield line if fields == self.fields else kept(line, fields)
            start = end

    def count(self, period: str = "") -> int:
        """How many lines there are."""
        return sum(month.startswith(period) for month in self._months)

    def periods(self, by: str) -> list[str]:
        """The periods of the lines.

        Raises:
            ExportError: the lines do not tell when the stories were published.
        """
        if PUBLISHED_AT not in self.fields:
            raise ExportError(f"--split {by}: the records have no {PUBLISHED_AT}, by which they would be split")
        return sorted({month[: PERIODS[by]] for month in self._known_months})
