"""Describes the files of a dataset as resources of a Data Package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from solidot_spider.export.description.descriptions import FIELDS
from solidot_spider.export.forms import columns, parquet
from solidot_spider.export.forms.columns import BEIJING_TEXT, Column, Kind
from solidot_spider.export.forms.packing import GZIP, ZSTANDARD
from solidot_spider.export.outputs import Output
from solidot_spider.export.revisions import DESCRIPTIONS, REVISIONS
from solidot_spider.export.selection import COMMENTS

_MEDIA_TYPES = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
    "markdown": "text/plain",
    "warc": "application/warc",
}
_PACKED = {GZIP: "application/gzip", ZSTANDARD: "application/zstd"}
_SUFFIXES = {
    ".json": "application/json",
    ".md": "text/markdown",
    ".cff": "application/yaml",
    ".py": "text/x-python",
    ".cdxj": "text/plain",
}
_TYPES = {
    Kind.INTEGER: "integer",
    Kind.TEXT: "string",
    Kind.TIME: "datetime",
    Kind.STRUCT: "object",
    Kind.LIST: "array",
}
_KEYS = {"stories": ["sid"], COMMENTS: ["sid", "id"]}
_NESTED = frozenset({"jsonl", "parquet"})
_DESCRIPTIONS: Mapping[str, Mapping[str, str]] = {
    "stories": {**FIELDS, "editor": "Who posted it.", BEIJING_TEXT: "The same as text, with Beijing's offset."},
    COMMENTS: {
        "sid": "The story that it belongs to.",
        **{name.removeprefix("comments."): text for name, text in FIELDS.items() if name.startswith("comments.")},
    },
    REVISIONS: DESCRIPTIONS,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a dataset.

    Attributes:
        path: its path within the dataset.
        output: its form and packing.
        table: ``stories``, ``comments``, ``revisions`` or ``pages``.
        rows: how many stories (or comments, or edits) it holds.
        columns: what each has; of JSON Lines, its keys.
        size: bytes of its rows as lines of JSON.
        sids: the lowest and the highest sid of its rows; empty if there is none.
    """

    path: str
    output: Output
    table: str
    rows: int
    columns: tuple[Column, ...]
    size: int = 0
    sids: tuple[int, ...] = ()


def digest(path: Path) -> str:
    """The hash of a file, as a descriptor has it.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return f"sha256:{file_digest(file, 'sha256').hexdigest()}"


def of_file(directory: Path, path: str) -> dict[str, Any]:
    """The resource of a file that holds no rows.

    Raises:
        OSError: it cannot be read.
    """
    return {"name": _name(path), **_file(directory, path), "mediatype": _SUFFIXES[Path(path).suffix]}


def of_part(directory: Path, part: Part) -> dict[str, Any]:
    """The resource of a part.

    Raises:
        OSError: it cannot be read.
    """
    form, packing = part.output.form.name, part.output.packing
    is_table = form == "csv" and packing != ZSTANDARD
    made = {
        "name": _name(part.path),
        # Readers of Data Packages take a file for a table by its name. What has lists in its cells, or is packed by
        # Zstandard, they cannot read; as a file they check its bytes and its hash.
        "type": "table" if is_table else "file",
        **_file(directory, part.path),
        "format": form,
        "mediatype": _PACKED.get(packing, _MEDIA_TYPES[form]),
        **({"compression": "gz"} if packing == GZIP else {}),
        "table": part.table,
        **({"rows": part.rows} if is_table else {}),
        "rowCount": part.rows,
        "sids": list(part.sids),
    }
    if form in {"sqlite", "markdown", "warc"}:
        return made
    return {**made, "encoding": "utf-8", "schema": table_schema(columns_of(part), part.table)}


def columns_of(part: Part) -> tuple[Column, ...]:
    """The columns that a part has in its form."""
    of = part.columns if part.output.form.name in _NESTED else columns.flat(part.columns)
    return parquet.parquet_columns(of) if part.output.form.name == "parquet" else tuple(of)


def table_schema(of: Iterable[Column], table: str) -> dict[str, Any]:
    """The Table Schema of columns."""
    fields = [_field(each, table) | _constraints(each) for each in of]
    return {"fields": fields, **({"primaryKey": _KEYS[table]} if table in _KEYS else {})}


def fields(part: Part) -> Iterator[dict[str, str]]:
    """Each column of a part with name, type and description; those of nested values behind their own."""
    for each in columns_of(part):
        yield _field(each, part.table)
        (inner,) = each.inner if each.kind is Kind.LIST else (each,)
        for nested in inner.inner:
            yield _field(nested, part.table, f"{each.name}.")


def _field(column: Column, table: str, prefix: str = "") -> dict[str, str]:
    described, name = _DESCRIPTIONS.get(table, {}), f"{prefix}{column.name}"
    text = described.get(name) or described.get(name.replace("_", ".", 1))
    return {"name": name, "type": _TYPES[column.kind], **({"description": text} if text else {})}


def _constraints(column: Column) -> dict[str, Any]:
    # Not for texts: an empty one is told from none in no CSV.
    is_required = not column.nullable and column.kind is not Kind.TEXT
    return {"constraints": {"required": True}} if is_required else {}


def _file(directory: Path, path: str) -> dict[str, Any]:
    return {"path": path, "bytes": (directory / path).stat().st_size, "hash": digest(directory / path)}


def _name(path: str) -> str:
    return path.lower().replace("/", "-").replace(".", "-")


def rows_of(parts: Sequence[Part], table: str) -> int:
    """How many rows a table has in the form that comes first."""
    found = [each for each in parts if each.table == table]
    return sum(each.rows for each in found if each.output == found[0].output)
