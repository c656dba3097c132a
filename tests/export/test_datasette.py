"""What describes a database: all of it, nothing that it does not have, and queries that answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base.options import Options
from solidot_spider.export import dataset, outputs
from solidot_spider.export.description import datasette
from solidot_spider.export.description.descriptions import FIELDS
from solidot_spider.export.forms import columns
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.selection import FIELDS as RECORD
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target


def paths(of: Iterable[Column], above: str = "") -> Iterator[str]:
    for each in of:
        path = f"{above}{each.name}"
        inner = each.inner[0].inner if each.kind is Kind.LIST else each.inner
        if each.kind is not Kind.STRUCT:
            yield path
        yield from paths(inner, f"{path}.")


def test_every_field_of_a_record_is_described() -> None:
    assert list(paths(columns.of_stories((*RECORD, columns.CHANGE)))) == list(FIELDS)


@pytest.fixture
def made(searchable: Options, tmp_path: Path) -> Path:
    dataset.export(searchable, Target.of(str(tmp_path / "dataset"), outputs.of_formats("sqlite")))
    return tmp_path / "dataset"


def described(directory: Path) -> Any:
    return json.loads((directory / datasette.METADATA).read_text(encoding="utf-8"))["databases"]


def rows(directory: Path, query: str, **values: str) -> list[Any]:
    with closing(sqlite3.connect(directory / "stories.db")) as database:
        database.row_factory = sqlite3.Row
        return database.execute(described(directory)["stories"]["queries"][query]["sql"], values).fetchall()


@pytest.mark.parametrize(
    ("words", "sids"),
    [
        ("苹果", {1, 2}),
        ("苹果公司", {1}),
        ("公司 苹果", {1, 2}),
        ("果", {1, 2, 3}),
        ("树", {2}),
        ("苹果 IPHONE", {1}),
        ("苹果-公司", {1, 2}),
        ("公司iphone", {1}),
        ("title:没有", set()),
        ("AND", set()),
        ('"', set()),
        ("*", set()),
        (" ", set()),
        ("", set()),
    ],
)
def test_words_of_any_length_are_found(made: Path, words: str, sids: set[int]) -> None:
    assert {row["sid"] for row in rows(made, "search", words=words)} == sids


def test_the_hosts_of_a_year_are_counted(made: Path) -> None:
    hosts = {row["host"]: (row["stories"], row["links"]) for row in rows(made, "hosts_by_year", year="2023")}
    assert hosts["news.example.org"] == (3, 3)
    assert "example.org" not in hosts
    assert [row["host"] for row in rows(made, "hosts_by_year", year="2024")] == ["example.org"]
    assert rows(made, "hosts_by_year", year="2022") == []


def test_what_is_left_out_is_not_described(made: Path, chosen: Options) -> None:
    formats = outputs.of_formats("sqlite")
    dataset.export(chosen, Target.of(str(made), formats), Selection(fields=("sid", "url", "topics")))
    (found,) = described(made).values()
    assert set(found["tables"]) == {"stories", "topics"}
    assert list(found["tables"]["stories"]["columns"]) == ["sid", "url"]
    assert "queries" not in found


def test_each_part_of_a_split_is_described(made: Path, chosen: Options) -> None:
    dataset.export(chosen, Target.of(str(made), outputs.of_formats("jsonl,sqlite.gz"), "year"))
    assert list(described(made)) == ["stories-2023", "stories-2024"]


def test_a_directory_without_a_database_has_no_metadata(made: Path, chosen: Options) -> None:
    dataset.export(chosen, Target.of(str(made), outputs.of_formats("jsonl")))
    assert not (made / datasette.METADATA).exists()
