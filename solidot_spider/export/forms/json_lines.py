"""Writes a table as JSON Lines: one row a line, the form that holds a record as it is."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import IO

from solidot_spider.export.forms.table import Table

LINES_AT_ONCE = 256
"""Lines of one write: each line alone would cost a packer a call of its own."""


def write(table: Table, file: IO[bytes], _: Path) -> None:
    """Write a table into a file."""
    rows = iter(table.rows)
    while lines := list(islice(rows, LINES_AT_ONCE)):
        lines.append(b"")
        file.write(b"\n".join(lines))
