"""Joins rows to chunks that are worth a transaction, and small enough for memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Row = tuple[Any, ...]

ROWS = 500
"""Rows that a chunk has at least, if there are so many."""

BYTES = 4 * 2**20
"""Bytes of text and pages after which a chunk of fewer rows ends."""


def chunks(groups: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Groups joined to chunks; no group is parted."""
    chunk: list[Row] = []
    size = 0
    for rows in groups:
        chunk += rows
        size += sum(len(value) for row in rows for value in row if isinstance(value, str | bytes))
        if len(chunk) >= ROWS or size >= BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
