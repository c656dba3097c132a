"""Parquet in one line: every type and every instant right, and every record whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.export.forms import columns
from solidot_spider.export.selection import COMMENTS
from tests import documents
from tests.export.readers import arrow_types, plain
from tests.export.readers.conftest import LINES, Records, loaded

pytestmark = pytest.mark.usefixtures("beside")

MIDNIGHT = datetime(2023, 12, 31, 15, 59, tzinfo=UTC)
"""The instant of ``2023-12-31T23:59:00+08:00``."""


def of_pandas(frame: Any) -> Records:
    rows: Records = pytest.importorskip("pyarrow").Table.from_pandas(frame, preserve_index=False).to_pylist()
    return rows


def of_duckdb(rows: Any) -> Records:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


ROWS: dict[str, Callable[[Any], Records]] = {
    "pandas": of_pandas,
    "polars": lambda frame: frame.to_dicts(),
    "duckdb": of_duckdb,
    "pyarrow": lambda table: table.to_pylist(),
    "datasets": list,
}


@pytest.mark.parametrize("tool", ROWS)
def test_every_record_is_whole(tool: str, records: Records) -> None:
    rows = ROWS[tool](loaded(tool))
    assert rows[1]["published_at"] == MIDNIGHT
    assert rows[1]["published_at_beijing"] == "2023-12-31T23:59:00+08:00"
    bare = [{name: value for name, value in record.items() if name != COMMENTS} for record in records]
    assert [plain.record(row) for row in rows] == bare


def test_pandas_has_types_of_arrow() -> None:
    frame = loaded("pandas")
    assert {name: kind.pyarrow_dtype for name, kind in frame.dtypes.items()} == arrow_types.of_parquet()
    assert frame["views"].isna().sum() == 1
    assert frame["published_at"].dt.tz_convert("Asia/Shanghai").dt.year.tolist()[1:3] == [2023, 2024]


def test_polars_has_its_types() -> None:
    frame = loaded("polars")
    assert {name: frame[name].to_arrow().type for name in frame.columns}.keys() == arrow_types.of_parquet().keys()
    assert str(frame.schema["published_at"]) == "Datetime(time_unit='us', time_zone='UTC')"
    assert str(frame.schema["source_labels"]) == "List(String)"
    assert str(frame.schema["views"]) == "Int64"
    beijing = frame["published_at"].dt.convert_time_zone("Asia/Shanghai").dt.year()
    assert beijing.to_list()[1:3] == [2023, 2024]


def test_duckdb_has_its_types() -> None:
    rows = loaded("duckdb")
    types = {name: str(kind) for name, kind in zip(rows.columns, rows.types, strict=True)}
    assert types["published_at"] == types["withdrawn_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["source_labels"] == "VARCHAR[]"
    assert types["topics"] == 'STRUCT(tid BIGINT, "name" VARCHAR)[]'
    beijing = rows.project("year(timezone('Asia/Shanghai', published_at))").fetchall()
    assert beijing[1:3] == [(2023,), (2024,)]


def test_arrow_has_its_types() -> None:
    table = loaded("pyarrow")
    assert dict(zip(table.schema.names, table.schema.types, strict=True)) == arrow_types.of_parquet()


def test_hugging_face_has_its_types() -> None:
    features = loaded("datasets").features.arrow_schema
    assert dict(zip(features.names, features.types, strict=True)) == arrow_types.of_parquet()


def test_comments_are_a_table_of_their_own(beside: Path, records: Records) -> None:
    table = pytest.importorskip("pyarrow.parquet").read_table(beside / "dataset/comments.parquet")
    assert dict(zip(table.schema.names, table.schema.types, strict=True)) == arrow_types.types(columns.of_comments())
    comments = [{"sid": record["sid"], **each} for record in records for each in record["comments"]]
    assert [plain.record(row) for row in table.to_pylist()] == comments


R_ARROW = {"INT64", "BYTE_ARRAY"}
"""Physical types of which R has vectors; its ``arrow`` reads lists and structs by the same code as ``pyarrow``."""


@pytest.mark.parametrize("name", ["stories", "comments"])
def test_r_knows_every_type(beside: Path, name: str) -> None:
    assert documents.rows(LINES)["R"] == 'arrow::read_parquet("dataset/stories.parquet")'
    file = pytest.importorskip("pyarrow.parquet").ParquetFile(beside / f"dataset/{name}.parquet")
    leaves = [file.schema.column(number) for number in range(len(file.schema))]
    assert {leaf.physical_type for leaf in leaves} <= R_ARROW
    assert {leaf.logical_type.type for leaf in leaves} <= {"STRING", "INT", "TIMESTAMP", "NONE"}
    # nanoparquet reads no lists of structs: the comments, which are flat, are for it as well.
    assert name != "comments" or {leaf.max_repetition_level for leaf in leaves} == {0}
    encodings = {
        encoding
        for group in range(file.num_row_groups)
        for number in range(len(leaves))
        for encoding in file.metadata.row_group(group).column(number).encodings
    }
    assert encodings <= {"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY"}
