"""Checks a dataset against its descriptor: every file is there with its bytes, hash, rows and keys."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from solidot_spider import items
from solidot_spider.export import contents, parquet
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.descriptor import digest
from solidot_spider.export.errors import ExportError
from solidot_spider.export.packing import unpacked
from solidot_spider.export.selection import FIELDS

LONGEST_CELL = 1 << 30


class Checked(NamedTuple):
    """What a check found: how many files and stories there are, and what is wrong, one line each."""

    files: int
    stories: int
    faults: list[str]


def check(directory: Path) -> Checked:
    """Check a dataset.

    Raises:
        ExportError: it is no directory that an export made.
    """
    found = contents.descriptor(directory)
    if found is None:
        raise ExportError(f"{directory}: no dataset: there is no {contents.DESCRIPTOR} of an export in it")
    faults = [fault for each in found["resources"] for fault in _faults(directory, each)]
    faults += [f"{name}: no export made this file" for name in contents.strangers(directory)]
    faults += _count_faults(found)
    return Checked(sum(1 for _ in contents.made(directory)), int(found["counts"]["stories"]), faults)


def _faults(directory: Path, resource: dict[str, Any]) -> Iterator[str]:
    name, path = resource["path"], directory / resource["path"]
    if not path.is_file():
        yield f"{name}: missing"
        return
    size = path.stat().st_size
    if size != resource["bytes"]:
        yield f"{name}: {size:,} bytes, not {resource['bytes']:,}"
        return
    if digest(path) != resource["hash"]:
        yield f"{name}: other bytes than the export wrote"
        return
    if path.name == CHECKSUMS:
        yield from _document_faults(path)
    count = _COUNTS.get(resource.get("format", ""))
    if count:
        try:
            rows = count(path, resource)
        except (OSError, EOFError, ValueError, sqlite3.Error) as error:
            yield f"{name}: {error}"
            return
        if rows != resource["rows"]:
            yield f"{name}: {rows:,} rows, not {resource['rows']:,}"


def _document_faults(path: Path) -> Iterator[str]:
    for expected, name in contents.checksums(path):
        document = path.parent / name
        if not document.is_file():
            yield f"{name}: missing"
        elif digest(document) != f"sha256:{expected}":
            yield f"{name}: other bytes than the export wrote"


def _count_faults(found: dict[str, Any]) -> Iterator[str]:
    by_form: dict[tuple[str, str], int] = {}
    for each in found["resources"]:
        if each.get("table") == "stories":
            key = (each["format"], each.get("compression", ""))
            by_form[key] = by_form.get(key, 0) + each["rows"]
    for (form, packing), rows in by_form.items():
        if rows != found["counts"]["stories"]:
            yield f"{form}{'.' * bool(packing)}{packing}: {rows:,} stories, not {found['counts']['stories']:,}"


def _json_lines(path: Path, resource: dict[str, Any]) -> int:
    names = [each["name"] for each in resource["schema"]["fields"]]
    count = 0
    with unpacked(path) as file:
        for line in file:
            count += 1
            if tuple(names) == FIELDS:
                items.read_line(line)
            elif list(msgspec.json.decode(line, type=dict[str, msgspec.Raw])) != names:
                raise ValueError(f"line {count:,} has other keys than {', '.join(names)}")
    return count


def _csv(path: Path, _: dict[str, Any]) -> int:
    csv.field_size_limit(LONGEST_CELL)
    with unpacked(path) as file, TextIOWrapper(file, encoding="utf-8", newline="") as text:
        return _size(csv.reader(text)) - 1


def _parquet(path: Path, _: dict[str, Any]) -> int:
    with parquet.connect() as database:
        return int(database.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()[0][0])


def _sqlite(path: Path, resource: dict[str, Any]) -> int:
    if resource.get("compression"):
        return int(resource["rows"])  # its bytes are as they were
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM stories").fetchone()[0])


def _checksums(path: Path, _: dict[str, Any]) -> int:
    return _size(contents.checksums(path))


def _size(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


_COUNTS: dict[str, Callable[[Path, dict[str, Any]], int]] = {
    "jsonl": _json_lines,
    "csv": _csv,
    "parquet": _parquet,
    "sqlite": _sqlite,
    "markdown": _checksums,
}
