"""What a dataset says of itself: true, complete, and the same bytes whenever the records are the same."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import parse
from solidot_spider.export import dataset, outputs
from solidot_spider.export.description import check
from solidot_spider.export.errors import ExportError
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store import sites
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.export.conftest import hard, visit
from tests.export.test_directory import EVERY, whole
from tests.stores import NOW, fields, heard, run, stored

DAY = timedelta(days=1)
EDITED = {"title": "新标题", "views": 900}


def fill(store: Store, *, backwards: bool = False) -> None:
    """Stories of two years, one edited twice, one withdrawn, between ids that are missing, and ids that failed."""
    sites.claim(store, "https://www.solidot.org")
    first = [visit(hard(5)), stored(1), stored(2), stored(9), visit({**fields(99_000), "submitter": "乙"})]
    for each in reversed(first) if backwards else first:
        run(store, each)
    others = [heard(3, Outcome.MISSING), heard(4, Outcome.FAILED), heard(8, Outcome.MISSING), heard(7, Outcome.REFUSED)]
    run(store, *(reversed(others) if backwards else others))
    run(store, stored(2, NOW + DAY, title="旧题"), at=NOW + DAY)
    run(store, stored(2, NOW + 2 * DAY, title="新题"), at=NOW + 2 * DAY)
    for days in (1, 3):
        run(store, heard(9, Outcome.MISSING, at=NOW + days * DAY), at=NOW + days * DAY)


@pytest.fixture
def filled(chosen: Options) -> Options:
    with Store.opened(chosen, create=True) as store:
        fill(store)
    return chosen


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "dataset"


def described(out: Path) -> dict[str, Any]:
    return msgspec.json.decode((out / "datapackage.json").read_bytes(), type=dict[str, Any])


def test_it_says_what_there_is_and_what_is_missing(filled: Options, out: Path) -> None:
    dataset.export(filled, out)
    found = described(out)
    assert found["counts"] == {"stories": 5, "comments": 2, "withdrawn": 1, "by_year": {"2023": 4, "2024": 1}}
    assert found["sids"] == [1, 99_000]
    assert found["published_at"] == [fields(1)["published_at"], fields(99_000)["published_at"]]
    assert found["fetched_at"] == ["2025-11-08T04:00:00+00:00", "2025-11-10T04:00:00+00:00"]
    assert found["missing"] == {"count": 2, "sids": "3,8"}
    assert found["gaps"] == {"count": 99_000 - 7, "sids": "4,6-7,10-98999"}
    assert found["withdrawn"] == "9"
    assert found["site"] == "https://www.solidot.org"
    assert found["selection"]["fields"][0] == "sid"
    assert list(found["parser_versions"].values()) == [5]
    assert found["filled"]["title"] == 1
    assert found["filled"]["comments"] == found["filled"]["withdrawn_at"] == 0.2
    assert parse(found["gaps"]["sids"])


def test_it_has_what_the_standard_names(filled: Options, out: Path) -> None:
    dataset.export(filled, out)
    found = described(out)
    for name in (
        "name",
        "title",
        "description",
        "homepage",
        "version",
        "licenses",
        "sources",
        "contributors",
        "keywords",
    ):
        assert found[name], name
    stories = next(each for each in found["resources"] if each["path"] == "stories.parquet")
    assert (stories["rowCount"], stories["sids"]) == (5, [1, 99_000])
    assert all(field["description"] for field in stories["schema"]["fields"])
    assert stories["schema"]["primaryKey"] == ["sid"]
    assert "rows" not in stories


def test_the_revision_is_the_hash_of_all_lines(filled: Options, out: Path) -> None:
    dataset.export(filled, out.with_suffix(".jsonl"))
    digest = hashlib.sha256(out.with_suffix(".jsonl").read_bytes()).hexdigest()
    for formats, split in (("jsonl", ""), ("parquet", "year"), ("csv", ""), ("markdown", "month"), ("sqlite", "")):
        dataset.export(filled, Target.of(f"{out}/", outputs.of_formats(formats), split))
        found = described(out)
        assert found["revision"] == f"sha256:{digest}"
        assert found["version"].endswith(f"+{digest[:12]}")
        assert found["counts"]["comments"] == 2
        assert check.check(out).faults == []


@pytest.mark.long
def test_the_order_of_filling_and_the_database_change_nothing(
    out: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    stores = [Options(data_dir=tmp_path / "one"), Options(data_dir=tmp_path / "other")]
    if not needs_postgres.args[0]:
        stores.append(Options(data_dir=tmp_path / "third", database_url=request.getfixturevalue("postgres")))
    made = []
    for number, chosen in enumerate(stores):
        with Store.opened(chosen, create=True) as store:
            fill(store, backwards=bool(number))
        dataset.export(chosen, Target.of(str(out), EVERY), Selection(revisions=True))
        made.append(whole(out))
    assert all(each == made[0] for each in made)


def test_what_is_heard_again_changes_nothing(filled: Options, out: Path) -> None:
    dataset.export(filled, out)
    before = whole(out)
    with Store.opened(filled) as store:
        run(store, heard(3, Outcome.MISSING, at=NOW + 9 * DAY), heard(7, Outcome.FAILED), at=NOW + 9 * DAY)
    dataset.export(filled, out)
    assert whole(out) == before


def test_a_selection_is_told_and_its_gaps_are_its_own(filled: Options, out: Path) -> None:
    dataset.export(filled, out, Selection(sids=parse("1-5,8"), fields=("sid", "title"), withdrawn=False))
    found = described(out)
    assert found["selection"] == {"sids": "1-5,8", "without": "withdrawn", "fields": ["sid", "title"]}
    assert (found["gaps"]["sids"], found["missing"]["sids"]) == ("4", "3")
    assert found["counts"] == {"stories": 3}
    assert set(found["filled"]) == {"sid", "title"}
    card = (out / "README.md").read_text()
    assert "Not all stories were selected: sids 1-5,8, without withdrawn." in card
    assert check.check(out).faults == []


def test_an_empty_store_has_a_dataset_too(chosen: Options, out: Path) -> None:
    with Store.opened(chosen, create=True):
        pass
    assert dataset.export(chosen, Target.of(str(out), EVERY), Selection(revisions=True)) == 0
    found = described(out)
    assert (found["counts"]["stories"], found["sids"], found["gaps"]["count"]) == (0, [], 0)
    assert check.check(out).faults == []


def test_it_says_no_time_of_its_own(filled: Options, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset.export(filled, out)
    before = whole(out)
    monkeypatch.setenv("SOLIDOT_CLOCK", "2031-05-06T07:08:09+00:00")
    dataset.export(filled, out)
    assert whole(out) == before
    assert not [name for name, data in before.items() if b"2031" in data]


@pytest.mark.parametrize("out_name", ["stories.jsonl", "stories.db", "stories.md"])
def test_a_table_of_edits_needs_a_directory_of_tables(filled: Options, tmp_path: Path, out_name: str) -> None:
    with pytest.raises(ExportError, match="--with revisions"):
        dataset.export(filled, tmp_path / out_name, Selection(revisions=True))


def test_the_card_has_each_field_with_its_meaning(filled: Options, out: Path) -> None:
    dataset.export(filled, Target.of(str(out), outputs.of_formats("jsonl,parquet,csv")), Selection(revisions=True))
    card = (out / "README.md").read_text(encoding="utf-8")
    for name in (*(set(fields(1)) - {"comments"}), "published_at_beijing", "source_links.archive_of", "old_value"):
        rows = [line for line in card.splitlines() if line.startswith(f"| `{name}` | ")]
        assert any(len(line.split("|")) == 5 and line.split("|")[3].strip() for line in rows), name
    assert "| `stories.csv` | 5 stories |" in card
    assert "| `revisions.csv` | 2 revisions |" in card
    assert json.dumps(described(out)["version"]).strip('"') in card
    assert "$" not in card
