"""Reads the files of a dataset, each by its form, and compares rows, keys and columns with the descriptor's."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from solidot_spider import items
from solidot_spider.export import contents
from solidot_spider.export.forms import parquet
from solidot_spider.export.forms.packing import packing_of, unpacked
from solidot_spider.export.revisions import REVISIONS
from solidot_spider.export.selection import COMMENTS, FIELDS

LONGEST_CELL = 1 << 30
_STORIES = "stories"


class Found(NamedTuple):
    """What a file holds: how many rows, and the names of their columns; None where its form has none."""

    rows: int
    columns: list[str] | None = None


def faults(path: Path, resource: dict[str, Any], described: dict[str, Any]) -> Iterator[str]:
    """What is wrong in a file whose bytes are as its resource says.

    Args:
        path: the file.
        resource: its resource.
        described: the descriptor.

    Raises:
        OSError: it cannot be read.
        EOFError: it ends early.
        ValueError: a row is none of its form.
        sqlite3.Error: the database is damaged.
    """
    read = _READERS.get(resource.get("format", ""))
    if read is None:
        return
    found, name = read(path, resource, described), resource["path"]
    if found.rows != resource["rowCount"]:
        yield f"{name}: {found.rows:,} rows, not {resource['rowCount']:,}"
    expected = _columns(resource)
    if found.columns is not None and found.columns != expected:
        yield f"{name}: its columns are {', '.join(found.columns)}, not {', '.join(expected)}"


def _columns(resource: dict[str, Any]) -> list[str]:
    return [each["name"] for each in resource.get("schema", {}).get("fields", ())]


def _json_lines(path: Path, resource: dict[str, Any], described: dict[str, Any]) -> Found:
    names, rows, made = _columns(resource), 0, sha256()
    is_whole = resource["table"] == _STORIES and tuple(names) == FIELDS
    with unpacked(path) as file:
        for line in file:
            rows += 1
            made.update(line)
            if is_whole:
                items.read_line(line)
            if list(msgspec.json.decode(line, type=dict[str, msgspec.Raw])) != names:
                raise ValueError(f"line {rows:,} has other keys than {', '.join(names)}")
    is_all = resource["table"] == _STORIES and resource["rowCount"] == described["counts"][_STORIES]
    if is_all and rows == resource["rowCount"] and f"sha256:{made.hexdigest()}" != described["revision"]:
        raise ValueError(f"it holds other records than {described['revision']}")
    return Found(rows)


def _csv(path: Path, _: dict[str, Any], __: dict[str, Any]) -> Found:
    csv.field_size_limit(LONGEST_CELL)
    with unpacked(path) as file, TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text)
        head = next(rows, [])
        return Found(_size(rows), head)


def _parquet(path: Path, _: dict[str, Any], __: dict[str, Any]) -> Found:
    with parquet.connect() as database:
        found = database.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)])
        names = [each[0] for each in found.description or ()]
        rows = database.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()[0][0]
        return Found(int(rows), names)


def _sqlite(path: Path, resource: dict[str, Any], described: dict[str, Any]) -> Found:
    if packing_of(path.name):
        return Found(resource["rowCount"])  # its bytes are as they were
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        rows = _count(database, _STORIES)
        if rows == described["counts"][_STORIES]:
            _other_tables(database, described["counts"])
        return Found(rows)


def _other_tables(database: sqlite3.Connection, counts: dict[str, Any]) -> None:
    for table in (COMMENTS, REVISIONS):
        if table in counts and (rows := _count(database, table)) != counts[table]:
            raise ValueError(f"{rows:,} {table}, not {counts[table]:,}")


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - names of our own


def _warc(path: Path, _: dict[str, Any], __: dict[str, Any]) -> Found:
    from solidot_spider.captures import warc_file  # noqa: PLC0415 - an extra

    rows = 0
    for each in warc_file.records(path):
        if not isinstance(each, warc_file.Found):
            raise ValueError(f"{each.reason}, at byte {each.offset:,}")  # noqa: TRY004 - of the file, not of a type
        rows += each.record.rec_type in {"response", "resource"}
    return Found(rows)


def _checksums(path: Path, _: dict[str, Any], __: dict[str, Any]) -> Found:
    return Found(_size(contents.checksums(path)))


def _size(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


_READERS: dict[str, Callable[[Path, dict[str, Any], dict[str, Any]], Found]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "parquet": _parquet,
    "sqlite": _sqlite,
    "markdown": _checksums,
    "warc": _warc,
}
