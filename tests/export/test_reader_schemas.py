"""Readers of JSON Lines get every type right, wherever the first value is."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.export import columns, reader_schemas
from tests.export.conftest import hard
from tests.stores import fields

BARE: dict[str, Any] = {
    "source_labels": [],
    "source_links": [],
    "withdrawn_at": None,
    "submitter": None,
    "comments": [],
}
MANY = 30_000


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """JSON Lines whose first label and first archived source come last, and their schemas."""
    made = tmp_path_factory.mktemp("dataset")
    bare = items.line({**fields(1), **BARE, "body": "x", "body_html": "x"}) + b"\n"
    last = items.line({**hard(MANY), "withdrawn_at": "2025-11-08T04:00:00+00:00"}) + b"\n"
    (made / "stories.jsonl").write_bytes(bare * (MANY - 1) + last)
    (made / "schemas").mkdir()
    for path, data in reader_schemas.files(columns.of_stories()).items():
        (made / path).write_bytes(data)
    yield made
    (made / "stories.jsonl").unlink()


def right(record: dict[str, Any]) -> None:
    """The last record as it was written."""
    expected = hard(MANY)
    assert record["source_labels"] == expected["source_labels"]
    assert record["source_links"] == expected["source_links"]
    assert record["topics"] == expected["topics"]
    assert record["editor"] == expected["editor"]
    assert record["comments"][1]["parent_id"] == expected["comments"][1]["parent_id"]


def test_duckdb(dataset: Path) -> None:
    types = json.loads((dataset / "schemas/duckdb.json").read_text())
    with duckdb.connect() as database:
        rows = database.read_json(str(dataset / "stories.jsonl"), columns=types, format="newline_delimited")
        (row,) = database.execute("SELECT * FROM rows WHERE sid = ?", [MANY]).fetchall()
        record = dict(zip(rows.columns, row, strict=True))
    right(record)
    assert record["withdrawn_at"] == datetime(2025, 11, 8, 12, tzinfo=clock.BEIJING)


def test_polars(dataset: Path) -> None:
    polars = pytest.importorskip("polars")
    schema = runpy.run_path(str(dataset / "schemas/polars.py"))["SCHEMA"]
    frame = polars.read_ndjson(dataset / "stories.jsonl", schema=schema)
    assert frame.height == MANY
    assert dict(frame.schema) == schema
    right(frame.row(-1, named=True))


def test_hugging_face(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(dataset / "cache"))
    datasets = pytest.importorskip("datasets")
    features = datasets.Features.from_dict(json.loads((dataset / "schemas/huggingface.json").read_text()))
    rows = datasets.load_dataset(
        "json",
        data_files=str(dataset / "stories.jsonl"),
        features=features,
        split="train",
        cache_dir=str(dataset / "c"),
    )
    assert len(rows) == MANY
    right(rows[MANY - 1])
