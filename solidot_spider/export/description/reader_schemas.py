"""Gives readers of JSON Lines the types of a table: they would guess them from the first lines, and guess wrong.

For DuckDB ``columns`` of ``read_json``, for Hugging Face the ``Features``, for Polars a ``schema``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from solidot_spider.export.forms.columns import Column, Kind

_DUCKDB = {Kind.INTEGER: "BIGINT", Kind.TEXT: "VARCHAR", Kind.TIME: "TIMESTAMP WITH TIME ZONE"}
_POLARS = {Kind.INTEGER: "pl.Int64", Kind.TEXT: "pl.String", Kind.TIME: "pl.String"}
_FEATURES = {Kind.INTEGER: "int64", Kind.TEXT: "string", Kind.TIME: "timestamp[us, tz=UTC]"}


def files(of: Iterable[Column]) -> dict[str, bytes]:
    """The files of a dataset that tell readers the types of its JSON Lines, by their paths."""
    made = tuple(of)
    return {
        "schemas/duckdb.json": _json(duckdb_columns(made)),
        "schemas/huggingface.json": _json(features(made)),
        "schemas/polars.py": polars_schema(made).encode(),
    }


def duckdb_columns(of: Iterable[Column]) -> dict[str, str]:
    """The types by which DuckDB's ``read_json`` reads a table; a time is an instant."""
    return {each.name: _duckdb(each) for each in of}


def features(of: Iterable[Column]) -> dict[str, Any]:
    """What ``datasets.Features.from_dict`` of Hugging Face takes; a time is an instant.

    As text it would lose its offset: the library takes it for a time before it looks at the features.
    """
    return {each.name: _feature(each) for each in of}


def polars_schema(of: Iterable[Column]) -> str:
    """A Python module whose ``SCHEMA`` Polars reads a table by; a time is text."""
    lines = "".join(f'    "{each.name}": {_polars(each)},\n' for each in of)
    return f"import polars as pl\n\nSCHEMA = {{\n{lines}}}\n"


def _duckdb(column: Column) -> str:
    if column.kind is Kind.LIST:
        return f"{_duckdb(column.inner[0])}[]"
    if column.kind is Kind.STRUCT:
        fields = (f'"{each.name}" {_duckdb(each)}' for each in column.inner)
        return f"STRUCT({', '.join(fields)})"
    return _DUCKDB[column.kind]


def _feature(column: Column) -> dict[str, Any]:
    if column.kind is Kind.LIST:
        return {"feature": _feature(column.inner[0]), "_type": "List"}
    if column.kind is Kind.STRUCT:
        return features(column.inner)
    return {"dtype": _FEATURES[column.kind], "_type": "Value"}


def _polars(column: Column) -> str:
    if column.kind is Kind.LIST:
        return f"pl.List({_polars(column.inner[0])})"
    if column.kind is Kind.STRUCT:
        fields = (f'"{each.name}": {_polars(each)}' for each in column.inner)
        return f"pl.Struct({{{', '.join(fields)}}})"
    return _POLARS[column.kind]


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
