"""Each recipe gives what a direct count of the records gives."""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import documents
from tests.export.readers.conftest import FORMATS, Records, imported
from tests.export.readers.programs import PATIENCE, program

pytestmark = pytest.mark.usefixtures("beside")


def recipe(heading: str, number: int = 0) -> Any:
    """What a recipe gives: the value of its last expression, or the rows that its command prints."""
    language, code = documents.blocks(documents.section(documents.PAGES["recipes"], heading))[number]
    if language == "sh":
        ran = subprocess.run(program(code), capture_output=True, text=True, check=True, timeout=PATIENCE)
        return json.loads(ran.stdout)
    names = imported(code)
    *body, last = ast.parse(code).body
    exec(compile(ast.Module(body, []), heading, "exec"), names)
    return eval(compile(ast.Expression(last.value), heading, "eval"), names) if isinstance(last, ast.Expr) else None


def year(record: dict[str, Any]) -> str:
    return str(record["published_at"][:4])


def test_the_dataset_is_made_by_the_first_line() -> None:
    (_, line), *_ = documents.blocks(documents.PAGES["recipes"])
    assert line == f"solidot export dataset --format {FORMATS}"


def test_stories_by_day(records: Records) -> None:
    days = Counter(record["published_at"][:10] for record in records)
    assert [(row["day"], row["stories"]) for row in recipe("Stories by day")] == sorted(days.items())


def test_the_top_hosts_of_each_year(records: Records) -> None:
    counts = Counter(
        (year(record), host) for record in records for host in {link["host"] for link in record["source_links"]}
    )
    expected: list[tuple[str, str, int]] = []
    for each in sorted({year for year, _ in counts}):
        hosts = [(each, host, count) for (of, host), count in counts.items() if of == each]
        expected += sorted(hosts, key=lambda row: (-row[2], row[1]))[:10]
    assert recipe("The top source hosts of each year").fetchall() == expected


def test_what_a_topic_wrote_about(records: Records) -> None:
    rows = recipe("What a topic wrote about").rows()
    assert rows == [
        (record["sid"], record["published_at"], record["title"])
        for record in records
        if any(topic["name"] == "Linux" for topic in record["topics"])
    ]
    assert rows
    names = Counter(topic["name"] for record in records for topic in record["topics"])
    found = recipe("What a topic wrote about", 1)
    assert {row["name"]: row["stories"] for row in found} == names
    assert [row["stories"] for row in found] == sorted(names.values(), reverse=True)


@pytest.mark.parametrize(("number", "words"), [(0, "苹果"), (1, "苹果公司"), (2, "苹果公司")])
def test_full_text_search(records: Records, number: int, words: str) -> None:
    found = {row["sid"] for row in recipe("Full-text search", number)}
    assert found == {record["sid"] for record in records if words in record["title"] + record["body"]}
    assert found


def test_stories_with_an_archived_source(records: Records) -> None:
    expected = {
        record["sid"]: [link["url"] for link in record["source_links"] if link["archive_of"]] for record in records
    }
    rows = recipe("Stories with an archived source").fetchall()
    found = {sid: [link["url"] for link in archived] for sid, _, archived in rows}
    assert found == {sid: urls for sid, urls in expected.items() if urls}
    assert found


def test_a_sample_for_labelling(records: Records, beside: Path) -> None:
    def sample() -> list[dict[str, str]]:
        recipe("A sample for labelling")
        with (beside / "sample.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    rows = sample()
    assert rows == sample()
    by_sid = {str(record["sid"]): record for record in records}
    assert Counter(year(by_sid[row["sid"]]) for row in rows) == {
        each: min(20, count) for each, count in Counter(map(year, records)).items()
    }
    assert all(row["body"] == by_sid[row["sid"]]["body"] for row in rows)


def test_comments(records: Records) -> None:
    counts = [(record["sid"], record["title"], len(record["comments"])) for record in records]
    assert recipe("Comments").fetchall() == sorted(counts, key=lambda row: (-row[2], row[0]))[:20]


def test_every_recipe_is_tested() -> None:
    headings = re.findall(r"^## (.+)$", documents.PAGES["recipes"], re.MULTILINE)
    tests = Path(__file__).read_text(encoding="utf-8")
    for heading in headings:
        count = len(documents.blocks(documents.section(documents.PAGES["recipes"], heading)))
        assert f'recipe("{heading}"' in tests
        assert count == 1 or heading in {"What a topic wrote about", "Full-text search"}
