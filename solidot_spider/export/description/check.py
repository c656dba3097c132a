"""Checks a dataset against its descriptor: every file is there with its bytes, hash, rows and keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from solidot_spider.export import contents
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.description import contents_check
from solidot_spider.export.description.descriptor import with_checksum
from solidot_spider.export.description.resources import digest
from solidot_spider.export.errors import ExportError


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
    faults = [fault for each in found["resources"] for fault in _faults(directory, each, found)]
    faults += [f"{name}: no export made this file" for name in contents.strangers(directory)]
    with suppress(KeyError, TypeError):  # told for each file
        faults += _count_faults(found)
    if (directory / contents.DESCRIPTOR).read_bytes() != with_checksum(found):
        faults.append(f"{contents.DESCRIPTOR}: other bytes than the export wrote")
    return Checked(sum(1 for _ in contents.made(directory)), int(found["counts"]["stories"]), faults)


def _faults(directory: Path, resource: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
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
    try:
        yield from contents_check.faults(path, resource, found)
    except (OSError, EOFError, ValueError, sqlite3.Error) as error:
        yield f"{name}: {error}"
    except (KeyError, TypeError) as error:
        yield f"{contents.DESCRIPTOR}: no {error} of {name}; another version of the program wrote it"


def _document_faults(path: Path) -> Iterator[str]:
    for expected, name in contents.checksums(path):
        document = path.parent / name
        if not document.is_file():
            yield f"{name}: missing"
        elif digest(document) != f"sha256:{expected}":
            yield f"{name}: other bytes than the export wrote"


def _count_faults(found: dict[str, Any]) -> Iterator[str]:
    rows: dict[tuple[str, str], int] = {}
    for each in found["resources"]:
        if "table" in each:
            suffix = "".join(Path(each["path"]).suffixes) or each["format"]
            rows[suffix, each["table"]] = rows.get((suffix, each["table"]), 0) + each["rowCount"]
    for (suffix, table), count in rows.items():
        if count != found["counts"].get(table, count):
            yield f"{suffix.lstrip('.')}: {count:,} {table}, not {found['counts'][table]:,}"
