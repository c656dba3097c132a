"""Writes a table as CSV that spreadsheets open right: lists as JSON, and no text that they take for a formula."""

from __future__ import annotations

import csv
import re
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import msgspec

from solidot_spider.export.forms import columns
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.forms.table import Table

BOM = "\ufeff"
"""What some spreadsheets need at a file's start to take it for UTF-8."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def write(table: Table, file: IO[bytes], _: Path) -> None:
    """Write a table into a file."""
    _write(table, file, "")


def write_with_bom(table: Table, file: IO[bytes], _: Path) -> None:
    """Write a table into a file that begins with a byte order mark."""
    _write(table, file, BOM)


def guarded(text: str) -> str:
    """A text that no spreadsheet runs: one that would begin a formula, or that looks guarded, gets a ``'``."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _write(table: Table, file: IO[bytes], head: str) -> None:
    text = TextIOWrapper(file, encoding="utf-8", newline="")
    made = columns.flat(table.columns)
    text.write(head)
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([each.name for each in made])
    for row in table.rows:
        values = columns.flat_values(table.columns, _decode(row))
        rows.writerow(map(_cell, made, values))
    text.detach()


def _cell(column: Column, value: Any) -> str | int | None:
    """A cell; null is an empty one."""
    if column.kind is Kind.LIST:
        return _encode(value).decode()
    return guarded(value) if column.kind is Kind.TEXT and value else value
