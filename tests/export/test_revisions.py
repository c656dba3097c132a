"""The table of edits: each field that an edit changed, with the value that it had."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from solidot_spider.base.options import Options
from solidot_spider.export import dataset, outputs
from solidot_spider.export.description import check
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store.store import Store
from tests.export.conftest import HARD, hard, visit
from tests.stores import NOW, run, stored

LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
TABLES = outputs.of_formats("jsonl.gz,csv,parquet,sqlite")


@pytest.fixture
def edited(chosen: Options) -> Options:
    """A store with two edits of one story, of which one changes two fields, and one of another year's story."""
    with Store.opened(chosen, create=True) as store:
        run(store, visit(hard(5)), stored(7), stored(99_000))
        later = {"fetched_at": "2025-11-08T05:00:00+00:00"}
        latest = {"fetched_at": "2025-11-08T06:00:00+00:00", "content_hash": "1" * 64}
        run(store, visit({**hard(5), **later, "title": "甲", "submitter": None, "content_hash": "0" * 64}), at=LATER)
        run(store, visit({**hard(5), **latest, "title": "乙", "submitter": None}), stored(99_000, LATEST, title="丙"))
        run(store, stored(7, LATER, views=4711), at=LATER)
    return chosen


def rows(out: Path) -> list[dict[str, Any]]:
    """The table as each form gives it back; all are equal."""
    with (out / "revisions.csv").open(encoding="utf-8", newline="") as file:
        from_csv = [{**row, "sid": int(row["sid"])} for row in csv.DictReader(file)]
    with closing(sqlite3.connect(out / "stories.db")) as database:
        database.row_factory = sqlite3.Row
        from_sqlite = [dict(row) for row in database.execute("SELECT * FROM revisions ORDER BY rowid")]
    found = duckdb.execute(
        "SELECT sid, strftime(seen_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S+00:00'), field, old_value FROM read_parquet(?)",
        [str(out / "revisions.parquet")],
    )
    from_parquet = [dict(zip(("sid", "seen_at", "field", "old_value"), row, strict=True)) for row in found.fetchall()]
    assert from_csv == from_sqlite == from_parquet
    return from_csv


def test_each_form_has_all_edits_in_order(edited: Options, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    dataset.export(edited, Target.of(str(out), TABLES), Selection(revisions=True))
    made = rows(out)
    assert [(row["sid"], row["field"], json.loads(row["old_value"])) for row in made] == [
        (5, "title", HARD),
        (5, "submitter", "@甲"),
        (5, "title", "甲"),
        (99_000, "title", stored(99_000).record["title"]),  # type: ignore[index]
    ]
    assert made[0]["seen_at"] <= made[2]["seen_at"]
    metadata = json.loads((out / "metadata.json").read_text())
    assert set(metadata["databases"]["stories"]["tables"]["revisions"]["columns"]) == set(made[0])
    assert check.check(out).faults == []


def test_they_are_of_the_selected_stories_and_fields(edited: Options, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    for selection, expected in (
        (Selection(fields=("sid", "submitter"), revisions=True), [(5, "submitter")]),
        (Selection(since=NOW.date().replace(year=2024, month=1), revisions=True), [(99_000, "title")]),
        (Selection(topic="none", revisions=True), []),
    ):
        dataset.export(edited, Target.of(str(out), TABLES), selection, force=True)
        assert [(row["sid"], row["field"]) for row in rows(out)] == expected
        assert check.check(out).faults == []


def test_a_split_leaves_them_whole(edited: Options, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    dataset.export(edited, Target.of(str(out), outputs.of_formats("csv,sqlite"), "year"), Selection(revisions=True))
    with (out / "revisions.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 4
    for year, count in (("2023", 3), ("2024", 1)):
        with closing(sqlite3.connect(out / f"stories-{year}.db")) as database:
            assert database.execute("SELECT count(*) FROM revisions").fetchone() == (count,)
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert check.check(out).faults == []


def test_a_lost_edit_is_told(edited: Options, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    dataset.export(edited, Target.of(str(out), TABLES), Selection(revisions=True))
    (out / "revisions.parquet").unlink()
    assert check.check(out).faults == ["revisions.parquet: missing"]
