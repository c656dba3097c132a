"""The database of an export answers the questions of readers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base.options import Options
from solidot_spider.export import dataset
from solidot_spider.export.forms.search_words import search_words
from solidot_spider.export.selection import Selection


@pytest.fixture
def made(searchable: Options, tmp_path: Path) -> Path:
    dataset.export(searchable, tmp_path / "stories.db")
    return tmp_path / "stories.db"


def rows(path: Path, query: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query, values).fetchall()


@pytest.mark.parametrize(
    ("words", "sids"),
    [("苹果", [1, 2]), ('"苹果"', [1, 2]), ('"苹果 果公 公司"', [1]), ("iphone", [1]), ("果公", [1, 3]), ("树", [2])],
)
def test_words_of_two_characters_are_found(made: Path, words: str, sids: list[int]) -> None:
    query = "SELECT rowid FROM stories_fts WHERE stories_fts MATCH 'title:' || ? ORDER BY rowid"
    assert [sid for (sid,) in rows(made, query, words)] == sids


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("苹果公司的 iPhone", "苹果 果公 公司 司的 的 iPhone"),
        ("C语言", "C 语言 言"),
        ("的", "的"),
        ("", ""),
        ("𠮷野家。", "𠮷野 野家 家 。"),
    ],
)
def test_ideographs_are_pairs(text: str, words: str) -> None:
    assert search_words(text).split() == words.split()


def test_views_count_by_day_and_by_host(made: Path) -> None:
    days = rows(made, "SELECT * FROM stories_by_day")
    assert sum(count for _, count in days) == 4
    assert len(days) == 2
    hosts = {host: (links, stories) for host, links, stories in rows(made, "SELECT * FROM links_by_host")}
    assert hosts["example.org"] == (2, 1)
    assert hosts["news.example.org"] == (3, 3)


def test_a_field_that_is_left_out_has_no_table(made: Path, chosen: Options) -> None:
    names = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'stories_fts%'"
    assert {name for (name,) in rows(made, names)} == {
        "stories", "topics", "links", "labels", "related", "images", "comments", "stories_by_day", "links_by_host"
    }  # fmt: skip
    dataset.export(chosen, made, Selection(fields=("sid", "url", "topics")))
    assert [name for (name,) in rows(made, "SELECT name FROM sqlite_master WHERE type = 'table'")] == [
        "stories",
        "topics",
    ]
    assert [name for _, name, *_ in rows(made, "PRAGMA table_info(stories)")] == ["sid", "url"]


def test_its_readers_find_the_search(made: Path) -> None:
    sqlite_utils = pytest.importorskip("sqlite_utils")
    table = sqlite_utils.Database(made)["stories"]
    assert table.detect_fts() == "stories_fts"
    assert {row["sid"] for row in table.search("苹果", quote=True)} == {1, 2}
