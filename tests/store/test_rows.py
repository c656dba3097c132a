"""Rows: they have the columns of their tables, in their order."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table

from solidot_spider.store import schema
from solidot_spider.store.rows import PageRow, RevisionRow, StoryRow, UnprovenRow, VisitRow
from solidot_spider.store.runs import RunEnd, RunStart
from solidot_spider.store.state import SidState


@pytest.mark.parametrize(
    ("row", "table"),
    [
        (SidState, schema.sids),
        (StoryRow, schema.stories),
        (PageRow, schema.pages),
        (VisitRow, schema.visits),
        (RevisionRow, schema.revisions),
        (UnprovenRow, schema.unproven),
    ],
)
def test_a_row_has_the_columns_of_its_table(row: Any, table: Table) -> None:
    assert row._fields == tuple(table.columns.keys())


def test_a_run_is_written_at_its_start_and_at_its_end() -> None:
    at_start = {*RunStart._fields, "program", "parser_version"}
    assert at_start | RunEnd.__annotations__.keys() | {"id"} == set(schema.runs.columns.keys())
