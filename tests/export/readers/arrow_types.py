"""The types of Arrow that the columns of the dataset must have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from solidot_spider.export.forms import columns, parquet
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.selection import COMMENTS


def of_parquet() -> dict[str, Any]:
    """The types of the stories of a directory, whose comments are a table of their own."""
    return types(parquet.parquet_columns(each for each in columns.of_stories() if each.name != COMMENTS))


def of_json_lines() -> dict[str, Any]:
    """The types of JSON Lines, whose stories have their comments."""
    return types(columns.of_stories())


def types(of: Iterable[Column]) -> dict[str, Any]:
    """The type of each column."""
    return {each.name: _type(each) for each in of}


def _type(column: Column) -> Any:
    arrow = pytest.importorskip("pyarrow")
    if column.kind is Kind.LIST:
        return arrow.list_(_type(column.inner[0]))
    if column.kind is Kind.STRUCT:
        return arrow.struct([(each.name, _type(each)) for each in column.inner])
    plain = {Kind.INTEGER: arrow.int64(), Kind.TEXT: arrow.string(), Kind.TIME: arrow.timestamp("us", tz="UTC")}
    return plain[column.kind]
