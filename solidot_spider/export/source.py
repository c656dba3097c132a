"""Defines where the lines of an export come from: the store, or lines that were put aside."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from solidot_spider.export.selection import Selection
from solidot_spider.store.queries import Snapshot


class Source(Protocol):
    """Lines of an export, which can be read again and again.

    A ``period`` is a year (``2024``) or a month (``2024-10``) of publication, in Beijing; empty for all.
    """

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of a line, in its order; the sid is one of them."""

    @property
    def removed(self) -> Sequence[int]:
        """The stories that a delta takes out of a dataset, ascending; they have no lines."""

    def lines(self, fields: tuple[str, ...], period: str = "") -> Generator[bytes]:
        """The record of each story with some of its fields, as one line of JSON without its end, by ascending sid."""

    def count(self, period: str = "") -> int:
        """How many lines there are at most."""

    def periods(self, by: str) -> list[str]:
        """The years or months (``by`` is ``year`` or ``month``) that lines may fall into, ascending."""


@dataclass(frozen=True, slots=True)
class Selected:
    """Stories of the store."""

    view: Snapshot
    selection: Selection
    removed: Sequence[int] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are kept."""
        return self.selection.fields

    def lines(self, fields: tuple[str, ...], period: str = "") -> Generator[bytes]:
        """The records of the store."""
        return replace(self.selection, fields=fields, period=period or self.selection.period).records(self.view)

    def count(self, period: str = "") -> int:
        """How many stories the store has; topic and editor are looked at later."""
        return replace(self.selection, period=period or self.selection.period).count(self.view)

    def periods(self, by: str) -> list[str]:
        """The periods of the store's stories."""
        return [each.period for each in self.selection.split(self.view, by)]


def is_empty(source: Source, period: str = "") -> bool:
    """Whether there is no line."""
    with closing(source.lines(source.fields, period)) as lines:
        return next(lines, None) is None
