"""Fixed pages and the records expected of them: one pair for each kind of page.

The expected records were checked by eye. When one changes on purpose, raise ``PARSER_VERSION`` and set the digest below.
``SOLIDOT_RECORDS`` names directories of further pairs, as ``solidot record`` saves them, parted as those of ``PATH``.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from solidot_spider import items, record
from solidot_spider.base import clock, site
from solidot_spider.reparse import pairs

RECORDS = Path(__file__).parent / "records"
NAMES = sorted(path.stem for path in RECORDS.glob("*.html"))
NOW = datetime(2025, 11, 5, 4, tzinfo=UTC)
DIRECTORIES = [RECORDS, *map(Path, filter(None, os.environ.get("SOLIDOT_RECORDS", "").split(os.pathsep)))]
PAIRS = [(directory, path.stem) for directory in DIRECTORIES for path in sorted(directory.glob("*.html"))]
VERSION, DIGEST = 3, "c5227e15c49d24bd"


def expected(name: str) -> bytes:
    return (RECORDS / f"{name}.json").read_bytes()


def made(name: str) -> items.Story:
    sid = json.loads(expected(name))["sid"]
    story = record.record((RECORDS / f"{name}.html").read_bytes(), site.story_url(sid), NOW)
    assert isinstance(story, items.Story), story
    return story


@pytest.mark.parametrize(("directory", "name"), PAIRS, ids=[f"{each.name}/{name}" for each, name in PAIRS])
def test_a_page_gives_the_record_expected_of_it(directory: Path, name: str) -> None:
    data, answer, wanted = pairs.load(directory, name, clock.iso(NOW))
    assert wanted.get("body") or wanted["unparsed"], "an empty expectation would prove nothing"
    assert pairs.parsed(data, answer) == wanted


def test_each_directory_has_pairs() -> None:
    assert {directory for directory, _ in PAIRS} == set(DIRECTORIES)


def test_there_is_a_page_of_each_kind() -> None:
    assert len(NAMES) >= 20


def test_the_parser_version_is_raised_when_records_change() -> None:
    parsed = [json.loads(items.line(made(name))) for name in NAMES]
    for each in parsed:
        del each["origin"], each["schema_version"]  # of which no parser knows
    digest = hashlib.sha256(json.dumps(parsed, ensure_ascii=False).encode()).hexdigest()[:16]
    assert (items.PARSER_VERSION, digest) == (VERSION, DIGEST), "raise items.PARSER_VERSION, then set both here"


def test_the_shipped_schema_is_that_of_the_types() -> None:
    shipped = Path(items.__file__).with_name("story.schema.json").read_text(encoding="utf-8")
    assert shipped == json.dumps(items.schema(), ensure_ascii=False, indent=2) + "\n", "write items.schema() there"


def test_keys_are_in_the_schemas_order() -> None:
    keys = list(json.loads(items.line(made(NAMES[0]))))
    properties = items.schema()["$defs"]["Story"]["properties"]
    assert keys == list(properties)
    assert items.schema()["$defs"]["Story"]["required"] == keys


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sid", 0),
        ("sid", "79532"),
        ("title", ""),
        ("body", ""),
        ("published_at", "2024-10-18T22:58:00Z"),
        ("editor", {"name": "", "uid": 1}),
        ("url", "https://www.solidot.org/"),
        ("source_links", None),
        ("content_hash", "x"),
        ("origin", "press"),
        ("schema_version", 3),
    ],
)
def test_a_record_that_breaks_the_schema_is_refused_with_its_field(field: str, value: object) -> None:
    values = json.loads(items.line(made(NAMES[0])))
    values[field] = value
    with pytest.raises(items.RecordError, match=field):
        items.read_line(json.dumps(values))


def test_the_hash_is_over_what_an_edit_changes_and_nothing_else() -> None:
    values = json.loads(items.line(made(NAMES[0])))
    hashed = {name: values[name] for name in items.HASHED}
    text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert values["content_hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert not {"views", "comments", "comment_count", "fetched_at", "body_html"} & set(items.HASHED)
