"""Describes the files of a dataset in a ``datapackage.json`` (Data Package 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

import msgspec

from solidot_spider import items
from solidot_spider.export import columns, contents, datasette, parquet, reader_schemas
from solidot_spider.export.columns import Column, Kind
from solidot_spider.export.outputs import Output

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "schemas/record.json"
"""The JSON Schema of the records, with the fields that are kept."""

_MEDIA_TYPES = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
    "markdown": "text/plain",
}
_TYPES = {
    Kind.INTEGER: "integer",
    Kind.TEXT: "string",
    Kind.TIME: "datetime",
    Kind.STRUCT: "object",
    Kind.LIST: "array",
}
_NESTED = frozenset({"jsonl", "parquet"})


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a dataset.

    Attributes:
        path: its path within the dataset.
        output: its form and packing.
        table: ``stories`` or ``comments``.
        rows: how many stories (or comments) it holds.
        columns: what each has; of JSON Lines, its keys.
    """

    path: str
    output: Output
    table: str
    rows: int
    columns: tuple[Column, ...]


def write(directory: Path, parts: Sequence[Part], fields: Sequence[str]) -> None:
    """Write the schemas of the records, what describes databases and, last, the descriptor.

    Args:
        directory: the dataset, with all its parts.
        parts: the parts.
        fields: the fields of a record that are kept.

    Raises:
        OSError: a file cannot be read or written.
    """
    resources = [_resource(directory, part) for part in parts]
    schemas = {SCHEMA: _json(_schema(fields)), **_reader_schemas(parts)}
    for path, data in {**schemas, **_datasette(parts)}.items():
        (directory / path).parent.mkdir(exist_ok=True)
        (directory / path).write_bytes(data)
        resources.append({"name": _name(path), **_file(directory, path)})
    stories = max((_stories(parts, each.output) for each in parts), default=0)
    described = {
        "$schema": PROFILE,
        "name": "solidot",
        "title": "Solidot (奇客)",
        "program": contents.PROGRAM,
        "counts": {"stories": stories},
        "resources": resources,
    }
    (directory / contents.DESCRIPTOR).write_bytes(_json(described))


def digest(path: Path) -> str:
    """The hash of a file, as a descriptor has it.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return f"sha256:{file_digest(file, 'sha256').hexdigest()}"


def table_schema(of: Iterable[Column], key: Sequence[str] = ()) -> dict[str, Any]:
    """The Table Schema of columns."""
    fields = [{"name": each.name, "type": _TYPES[each.kind], **_required(each)} for each in of]
    return {"fields": fields, **({"primaryKey": list(key)} if key else {})}


def _required(column: Column) -> dict[str, Any]:
    # Not for texts: an empty one is told from none in no CSV.
    is_required = not column.nullable and column.kind is not Kind.TEXT
    return {"constraints": {"required": True}} if is_required else {}


def _stories(parts: Iterable[Part], output: Output) -> int:
    return sum(each.rows for each in parts if each.output == output and each.table == "stories")


def _resource(directory: Path, part: Part) -> dict[str, Any]:
    form, packing = part.output.form.name, part.output.packing
    made = {
        "name": _name(part.path),
        **_file(directory, part.path),
        "format": form,
        "mediatype": _MEDIA_TYPES[form],
        **({"compression": packing[1:]} if packing else {}),
        "table": part.table,
        "rows": part.rows,
    }
    if form in {"sqlite", "markdown"}:
        return made
    of = part.columns if form in _NESTED else columns.flat(part.columns)
    if form == "parquet":
        of = parquet.parquet_columns(of)
    schema = table_schema(of, ("sid",) if part.table == "stories" else ("sid", "id"))
    return {**made, "encoding": "utf-8", "schema": schema}


def _file(directory: Path, path: str) -> dict[str, Any]:
    return {"path": path, "bytes": (directory / path).stat().st_size, "hash": digest(directory / path)}


def _schema(fields: Sequence[str]) -> dict[str, Any]:
    """The JSON Schema of records that keep these fields only."""
    made = items.schema()
    story = made["$defs"]["Story"]
    story["properties"] = {name: each for name, each in story["properties"].items() if name in fields}
    story["required"] = [name for name in story["required"] if name in fields]
    return made


def _reader_schemas(parts: Iterable[Part]) -> dict[str, bytes]:
    lines = next((each for each in parts if each.output.form.name == "jsonl"), None)
    return reader_schemas.files(lines.columns) if lines else {}


def _datasette(parts: Iterable[Part]) -> dict[str, bytes]:
    databases = {
        each.path.removesuffix(each.output.suffix): each.columns for each in parts if each.output.form.name == "sqlite"
    }
    return datasette.files(databases)


def _name(path: str) -> str:
    return path.lower().replace("/", "-").replace(".", "-")


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
