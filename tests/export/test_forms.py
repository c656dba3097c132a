"""Every form gives the records back, and the same bytes each time."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import duckdb
import pytest

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.export import dataset, outputs
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms import columns, csv_table, packing, parquet, sqlite
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.selection import FIELDS, Selection
from solidot_spider.export.target import Target
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.export.conftest import hard, visit
from tests.stores import fields, run

Records = list[dict[str, Any]]


def read_lines(path: Path) -> Records:
    with packing.unpacked(path) as file:
        return [json.loads(line) for line in file.read().decode().split("\n")[:-1]]


def read_csv(path: Path, of: tuple[Column, ...] = columns.of_stories()) -> Records:
    with packing.unpacked(path) as file, TextIOWrapper(file, encoding="utf-8", newline="") as text:
        return [_record(row, of) for row in csv.DictReader(text)]


def _record(row: dict[str, str], of: tuple[Column, ...]) -> dict[str, Any]:
    def value(column: Column, name: str) -> Any:
        text = row[name]
        if column.kind is Kind.LIST:
            return json.loads(text)
        if not text:
            return None if column.nullable else ""
        return int(text) if column.kind is Kind.INTEGER else csv_table.unguarded(text)

    made: dict[str, Any] = {}
    for column in of:
        if column.kind is Kind.STRUCT:
            made[column.name] = {each.name: value(each, f"{column.name}_{each.name}") for each in column.inner}
        else:
            made[column.name] = value(column, column.name)
    return made


def read_parquet(path: Path) -> Records:
    with duckdb.connect() as database:
        database.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [name for name, *_ in database.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in database.fetchall()]
    for row in rows:
        if "published_at" in row:
            assert datetime.fromisoformat(row.pop("published_at_beijing")) == row["published_at"]
    return [{name: _plain(name, value) for name, value in row.items()} for row in rows]


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        zone = UTC if name in {"fetched_at", "withdrawn_at"} else clock.BEIJING
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, dict):
        return {inner: _plain(inner, each) for inner, each in value.items()}
    return [_plain("", each) for each in value] if isinstance(value, list) else value


def read_sqlite(path: Path) -> Records:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        stories = {row["sid"]: dict(row) for row in database.execute("SELECT * FROM stories ORDER BY sid")}
        for story in stories.values():
            story["editor"] = {"name": story["editor_name"], "uid": story["editor_uid"]}
            story.update({name: [] for name in sqlite.LISTS})
        for name, table in sqlite.LISTS.items():
            for row in database.execute(f"SELECT * FROM {table} ORDER BY sid, position"):
                value = {key: row[key] for key in row.keys()[2:]}
                stories[row["sid"]][name].append(value[sqlite.ELEMENTS[name]] if name in sqlite.ELEMENTS else value)
    return [{name: story[name] for name in FIELDS} for story in stories.values()]


def with_comments(stories: Records, comments: Records) -> Records:
    """The records of a form that has the comments in a table of their own."""
    of: dict[int, Records] = {story["sid"]: [] for story in stories}
    for each in comments:
        of[each.pop("sid")].append(each)
    return [{name: {**story, "comments": of[story["sid"]]}[name] for name in FIELDS} for story in stories]


READERS: dict[str, Callable[[Path], Records]] = {
    "stories.jsonl": read_lines,
    "stories.jsonl.gz": read_lines,
    "stories.jsonl.zst": read_lines,
    "stories.csv": read_csv,
    "stories.csv.zst": read_csv,
    "stories.parquet": read_parquet,
    "stories.db": read_sqlite,
}


@pytest.mark.parametrize("name", READERS)
def test_every_record_comes_back(records: Records, chosen: Options, tmp_path: Path, name: str) -> None:
    assert dataset.export(chosen, tmp_path / name) == len(records)
    assert READERS[name](tmp_path / name) == records


def test_every_record_comes_back_from_a_directory(records: Records, chosen: Options, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    dataset.export(chosen, Target.of(str(out), outputs.of_formats("jsonl.zst,csv,parquet,sqlite")))
    assert read_lines(out / "stories.jsonl.zst") == read_sqlite(out / "stories.db") == records
    plain = tuple(each for each in columns.of_stories() if each.name != "comments")
    tables = read_csv(out / "stories.csv", plain), read_csv(out / "comments.csv", columns.of_comments())
    assert with_comments(*tables) == records
    assert with_comments(read_parquet(out / "stories.parquet"), read_parquet(out / "comments.parquet")) == records


def test_the_facts_of_a_document_are_those_of_the_record(records: Records, chosen: Options, tmp_path: Path) -> None:
    out = tmp_path / "stories.md"
    dataset.export(chosen, out)
    for record in records:
        text = (out / record["published_at"][:4] / f"{record['sid']}.md").read_bytes().decode()
        front = text.removeprefix("---\n").partition("\n---\n")[0].split("\n")
        facts = {key: json.loads(value) for key, _, value in (line.partition(": ") for line in front)}
        assert facts.pop("source") == "solidot.org"
        for key, name in (("date", "published_at"), ("fetch_date", "fetched_at")):
            assert facts.pop(key) == record[name]
        assert facts == {key: record[key] for key in facts}
        assert {"title", "url", "submitter", "source_links", "source_labels"} < facts.keys()


@pytest.mark.parametrize("name", READERS)
def test_the_order_of_the_crawl_does_not_show(records: Records, chosen: Options, tmp_path: Path, name: str) -> None:
    other = Options(data_dir=tmp_path / "other")
    with Store.opened(other, create=True) as store:
        for record in records:
            run(store, visit(record))
    dataset.export(other, tmp_path / f"other-{name}")
    (tmp_path / "later").mkdir()
    dataset.export(chosen, tmp_path / "later" / name)
    assert (tmp_path / "later" / name).read_bytes() == (tmp_path / f"other-{name}").read_bytes()
    assert {path.suffix for path in tmp_path.iterdir()} == {Path(name).suffix, ""}


EVERY = outputs.of_formats("jsonl,jsonl.gz,jsonl.zst,csv,csv.zst,parquet,sqlite,sqlite.gz,markdown")


@needs_postgres
@pytest.mark.long
@pytest.mark.parametrize("split", ["", "year"])
def test_neither_the_order_nor_the_database_shows_in_a_directory(postgres: str, tmp_path: Path, split: str) -> None:
    made = [hard(sid) if sid % 3 == 0 else fields(sid) for sid in (*range(1, 60), *range(99_000, 99_030))]
    trees = []
    for name, url, runs in (
        ("a", "", [made]),
        ("b", postgres, [[each] for each in made[::-1]]),
        ("c", "", [made[::-1]]),
    ):
        chosen = Options(data_dir=tmp_path / name, database_url=url)
        with Store.opened(chosen, create=True) as store:
            for each in runs:
                run(store, *map(visit, each))
        out = tmp_path / f"{name}-dataset"
        dataset.export(chosen, Target.of(str(out), EVERY, split))
        trees.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert trees[0].keys() == trees[1].keys() == trees[2].keys()
    assert [path for path in trees[0] if not trees[0][path] == trees[1][path] == trees[2][path]] == []


@pytest.mark.usefixtures("records")
def test_a_packed_file_tells_no_time_and_no_name(chosen: Options, tmp_path: Path) -> None:
    dataset.export(chosen, tmp_path / "a.jsonl.gz")
    head = (tmp_path / "a.jsonl.gz").read_bytes()[:10]
    assert head[3] == 0  # no name
    assert head[4:8] == b"\0\0\0\0"
    dataset.export(chosen, tmp_path / "a.jsonl")
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == (tmp_path / "a.jsonl").read_bytes()


def test_duckdb_shows_no_progress_on_standard_output() -> None:
    with parquet.connect() as database:
        assert database.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


@pytest.mark.parametrize("name", ["stories.csv", "stories.jsonl.gz", "stories.jsonl.zst", "stories.parquet"])
def test_a_file_without_stories_may_replace_another(store: Store, chosen: Options, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert [dataset.export(chosen, out), dataset.export(chosen, out)] == [0, 0]
    assert READERS[name](out) == []
    run(store, visit(fields(5)))
    dataset.export(chosen, out)
    before = out.read_bytes()
    with pytest.raises(ExportError, match="--force"):
        dataset.export(chosen, out, Selection(topic="none"))
    assert out.read_bytes() == before


def test_types_do_not_depend_on_what_is_there(store: Store, chosen: Options, tmp_path: Path) -> None:
    bare: dict[str, Any] = {"source_labels": [], "source_links": [], "images": [], "topics": [], "related_sids": [], "views": None,
            "submitter": None, "comments": [], "comment_count": 0}  # fmt: skip
    run(store, *(visit({**fields(sid), **bare}) for sid in range(1, 4)))
    types = []
    for name in ("bare.parquet", "full.parquet"):
        dataset.export(chosen, tmp_path / name)
        with duckdb.connect() as database:
            described = database.execute(f"DESCRIBE SELECT * FROM '{tmp_path / name}'").fetchall()
        types.append({row[0]: row[1] for row in described})
        run(store, visit(hard(4)))
    assert types[0] == types[1]
    assert types[0]["source_labels"] == "VARCHAR[]"
    assert types[0]["withdrawn_at"] == types[0]["published_at"] == "TIMESTAMP WITH TIME ZONE"
    assert "archive_of VARCHAR" in types[0]["source_links"]
    assert "posted_at TIMESTAMP WITH TIME ZONE" in types[0]["comments"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_begins_a_formula(text: str) -> None:
    for given in (text, f"'{text}", f"''{text}"):
        assert csv_table.guarded(given) == f"'{given}"
        assert csv_table.unguarded(f"'{given}") == given


@pytest.mark.parametrize("text", ["", "x", "'x'", "1-1", " =1"])
def test_other_cells_are_as_they_were(text: str) -> None:
    assert csv_table.guarded(text) == csv_table.unguarded(text) == text


def test_the_extra_is_named_where_it_is_missing(
    records: Records, chosen: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert records
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ExportError, match=r"pip install 'solidot_spider\[parquet\]'"):
        dataset.export(chosen, tmp_path / "stories.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) in (["data"], [])


@pytest.mark.long
def test_a_group_of_rows_has_a_size(store: Store, chosen: Options, tmp_path: Path) -> None:
    run(store, *(visit({**fields(1), "sid": sid}) for sid in range(1, parquet.ROW_GROUP + 3)))
    dataset.export(chosen, tmp_path / "stories.parquet")
    with duckdb.connect() as database:
        database.execute(
            "SELECT count(DISTINCT row_group_id) FROM parquet_metadata(?)", [str(tmp_path / "stories.parquet")]
        )
        assert database.fetchall() == [(2,)]
