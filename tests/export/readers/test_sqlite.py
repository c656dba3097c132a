"""The database of an export, as Datasette and sqlite-utils serve it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from solidot_spider.export.description import datasette
from tests import documents
from tests.export.readers.conftest import LINES, Records
from tests.export.readers.programs import PATIENCE, program


@pytest.fixture(scope="module")
def served(exported: Path) -> Iterator[str]:
    """The address where Datasette serves the dataset, by the page's line."""
    line = program(f"{documents.rows(LINES)['Datasette']} --port 0")
    with subprocess.Popen(line, cwd=exported, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            said = next(each for each in process.stderr if "running on" in each)
            yield said.split("running on ")[1].split()[0]
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def asked(served: str, path: str) -> Any:
    with urlopen(f"{served}{quote(path, safe='/?&=._')}", timeout=PATIENCE) as answer:
        return json.load(answer)


def sids(rows: list[dict[str, Any]]) -> set[int]:
    return {row["sid"] for row in rows}


@pytest.mark.parametrize(("words", "found"), [("苹果", {2, 3}), ("iphone", {2}), ("没有", set())])
def test_datasette_searches(served: str, words: str, found: set[int]) -> None:
    assert sids(asked(served, f"/stories/stories.json?_shape=array&_search={words}")) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [("苹果", {2, 3}), ("苹果公司", {2}), ("公司 苹果", {2, 3}), ("苹果公司 iPhone", {2}), ("树", {3}), ("没有", set()),
     ("", set()), ('"', set()), ("苹果*-公司:", {2, 3})],
)  # fmt: skip
def test_its_query_searches_words_of_any_length(served: str, words: str, found: set[int]) -> None:
    assert sids(asked(served, f"/stories/search.json?_shape=array&words={words}")) == found


def test_it_has_facets(served: str, records: Records) -> None:
    answer = asked(served, "/stories/links.json")
    assert set(answer["facet_results"]) == {"host", "form", "placement"}
    hosts = {each["value"]: each["count"] for each in answer["facet_results"]["host"]["results"]}
    assert sum(hosts.values()) == sum(len(record["source_links"]) for record in records)


def test_it_counts_the_hosts_of_a_year(served: str, records: Records) -> None:
    rows = asked(served, "/stories/hosts_by_year.json?_shape=array&year=2023")
    expected: dict[str, set[int]] = {}
    for record in records:
        for link in record["source_links"]:
            if record["published_at"].startswith("2023"):
                expected.setdefault(link["host"], set()).add(record["sid"])
    assert {row["host"]: row["stories"] for row in rows} == {host: len(of) for host, of in expected.items()}


def test_it_shows_a_story_with_its_key_and_its_links(served: str, records: Records) -> None:
    (row,) = asked(served, "/stories/stories/90001.json?_shape=array")
    assert row["title"] == records[-1]["title"]
    assert row["withdrawn_at"] == records[-1]["withdrawn_at"]
    rows = asked(served, "/stories/labels.json?_shape=array&sid=90001&_labels=on")
    assert [each["label"] for each in rows] == records[-1]["source_labels"]
    assert rows[0]["sid"] == {"value": 90_001, "label": records[-1]["title"]}


def test_its_pages_say_what_tables_and_columns_mean(served: str) -> None:
    with urlopen(f"{served}/stories/links", timeout=PATIENCE) as answer:
        page = answer.read().decode()
    assert "told by position and never verified" in page
    assert datasette.LICENCE in page


def test_every_table_and_column_is_described(exported: Path) -> None:
    described = json.loads((exported / "dataset/metadata.json").read_text(encoding="utf-8"))
    tables = described["databases"]["stories"]["tables"]
    sqlite_utils = pytest.importorskip("sqlite_utils")
    database = sqlite_utils.Database(exported / "dataset/stories.db")
    for table in database.tables:
        if not table.name.startswith("stories_fts"):
            assert list(tables[table.name]["columns"]) == [column.name for column in table.columns]
    assert set(database.view_names()) < set(tables)
    database.close()


@pytest.mark.parametrize("words", ["苹果", "'\"苹果 果公 公司\"'"])
def test_sqlite_utils_searches(exported: Path, words: str) -> None:
    line = documents.rows(LINES)["sqlite-utils"]
    assert line.endswith(" 苹果")
    ran = subprocess.run(
        program(line.replace("苹果", words)), cwd=exported, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert sids(json.loads(ran.stdout)) == ({2, 3} if words == "苹果" else {2})
