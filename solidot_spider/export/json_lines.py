"""Writes stories as JSON Lines: one record a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

SUFFIXES = (".jsonl", ".jl", ".ndjson")


def write(records: Iterable[str], file: IO[bytes]) -> None:
    """Write records, each given as JSON, into a file."""
    for record in records:
        file.write(record.encode() + b"\n")
