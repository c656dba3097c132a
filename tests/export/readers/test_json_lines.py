"""JSON Lines by the types that a dataset has for its readers: the first label of 30,000 stories comes last."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solidot_spider import items
from solidot_spider.export.description import reader_schemas
from solidot_spider.export.forms import columns, packing
from tests import documents
from tests.export.conftest import hard
from tests.export.readers import arrow_types, plain
from tests.export.readers.conftest import LINES, WITHDRAWN, evaluated
from tests.stores import fields

MANY = 30_000
BARE: dict[str, Any] = {
    "body": "x",
    "body_html": "x",
    "submitter": None,
    "source_links": [],
    "source_labels": [],
    "comments": [],
    "withdrawn_at": None,
}
LAST = {**hard(MANY), "withdrawn_at": WITHDRAWN}
CODE = documents.blocks(LINES)[0][1]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a dataset whose last story alone has labels, links, comments, and was withdrawn."""
    made = tmp_path_factory.mktemp("lines")
    (made / "dataset/schemas").mkdir(parents=True)
    bare = items.line({**fields(1), **BARE}) + b"\n"
    with (made / "dataset/stories.jsonl.zst").open("wb") as file, packing.packed(file, packing.ZSTANDARD) as lines:
        lines.write(bare * (MANY - 1) + items.line(LAST) + b"\n")
    for path, data in reader_schemas.files(columns.of_stories()).items():
        (made / "dataset" / path).write_bytes(data)
    return made


@pytest.fixture(autouse=True)
def _beside(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory)


def read(tool: str) -> Any:
    """What the page's statement for a tool gives."""
    (line,) = (line for line in documents.statements(CODE) if line.startswith(f"{tool}."))
    return evaluated(line)


def of_duckdb(rows: Any) -> dict[str, Any]:
    (row,) = rows.filter(f"sid = {MANY}").fetchall()
    return dict(zip(rows.columns, row, strict=True))


LASTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "duckdb": of_duckdb,
    "datasets": lambda found: found["train"][-1],
    "polars": lambda frame: frame.row(-1, named=True),
}


@pytest.mark.parametrize("tool", LASTS)
def test_no_label_is_lost(tool: str) -> None:
    found = read(tool)
    counts = {"duckdb": len, "datasets": lambda found: found["train"].num_rows, "polars": len}
    assert counts[tool](found) == MANY
    assert plain.record(LASTS[tool](found)) == LAST


def test_hugging_face_has_its_types() -> None:
    features = read("datasets")["train"].features.arrow_schema
    assert dict(zip(features.names, features.types, strict=True)) == arrow_types.of_json_lines()


def test_polars_has_its_types() -> None:
    frame = read("polars")
    assert dict(frame.schema) == runpy.run_path("dataset/schemas/polars.py")["SCHEMA"]


def test_duckdb_has_its_types() -> None:
    rows = read("duckdb")
    types = {name: str(kind) for name, kind in zip(rows.columns, rows.types, strict=True)}
    assert types["source_labels"] == "VARCHAR[]"
    assert types["withdrawn_at"] == "TIMESTAMP WITH TIME ZONE"
