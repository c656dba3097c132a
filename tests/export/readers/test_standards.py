"""What reads and checks published datasets takes ours as it is: each in an environment that has the library."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.export import dataset, outputs
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store.store import Store
from tests.export.conftest import hard, visit
from tests.stores import NOW, fields, run, stored

SETS = {
    "default": ("jsonl.zst,parquet", ""),
    "every": ("jsonl,jsonl.gz,jsonl.zst,csv,csv.gz,csv.zst,parquet,sqlite,sqlite.gz,markdown", ""),
    "by-year": ("parquet,csv", "year"),
    "lines": ("jsonl.zst", ""),
    "sheets": ("csv.gz", ""),
    "databases": ("sqlite", "month"),
    "documents": ("markdown", "year"),
}
READ = ("default", "by-year", "lines", "sheets")
"""Those with files that the hub reads."""

BARE: dict[str, Any] = {
    "source_labels": [],
    "source_links": [],
    "withdrawn_at": None,
    "submitter": None,
    "comments": [],
}


def needs(library: str) -> pytest.MarkDecorator:
    """Skips a test before its datasets are made."""
    return pytest.mark.skipif(find_spec(library) is None, reason=f"{library} is not installed")


LEAKS = pytest.mark.filterwarnings("ignore:unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning")
"""frictionless does not close packed files."""

STORIES, LAST = 1_300, 99_999


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a dataset for each set of forms; what is rare comes last, and two stories were edited."""
    scratch = tmp_path_factory.mktemp("made")
    chosen = Options(data_dir=scratch / "data")
    bare = [{**fields(1), **BARE, "sid": sid} for sid in range(1, STORIES)]
    with Store.opened(chosen, create=True) as store:
        run(store, *map(visit, bare), visit(hard(LAST)), stored(70_000))
        run(store, stored(70_000, NOW + timedelta(hours=1), title="新"), at=NOW + timedelta(hours=1))
    for name, (formats, split) in SETS.items():
        selection = Selection(revisions=name != "documents")
        dataset.export(chosen, Target.of(f"{scratch / name}/", outputs.of_formats(formats), split), selection)
    return scratch


@needs("frictionless")
@LEAKS
@pytest.mark.parametrize("name", SETS)
def test_frictionless(made: Path, name: str) -> None:
    frictionless = importlib.import_module("frictionless")
    report = frictionless.validate(str(made / name / "datapackage.json"))
    assert report.flatten(["name", "type", "note"]) == []
    checked = {task.place: task.stats for task in report.tasks}
    described = json.loads((made / name / "datapackage.json").read_text())["resources"]
    assert list(checked) == [each["path"] for each in described]
    assert [f"sha256:{each.get('sha256')}" for each in checked.values()] == [each["hash"] for each in described]


@needs("frictionless")
@LEAKS
@pytest.mark.parametrize("path", ["stories.parquet", "stories.jsonl.zst", "stories.csv.gz", "README.md", "stories.db"])
def test_frictionless_tells_a_damaged_byte(made: Path, path: str, tmp_path: Path) -> None:
    frictionless = importlib.import_module("frictionless")
    described = json.loads((made / "every" / "datapackage.json").read_text())
    described["resources"] = [each for each in described["resources"] if each["path"] == path]
    held = bytearray((made / "every" / path).read_bytes())
    held[len(held) // 2] ^= 1
    (tmp_path / path).write_bytes(held)
    (tmp_path / "datapackage.json").write_text(json.dumps(described))
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


@needs("datasets")
@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("config", ["stories", "revisions"])
def test_the_hub_reads_the_directory_with_right_types(made: Path, name: str, config: str, tmp_path: Path) -> None:
    datasets = importlib.import_module("datasets")
    read = datasets.load_dataset(str(made / name), config, cache_dir=str(tmp_path))
    rows = read["train"]
    if config == "revisions":
        assert [(row["sid"], row["field"]) for row in rows] == [(70_000, "title")]
        return
    assert rows.num_rows == STORIES + 1
    (last,) = (row for row in rows.select(range(rows.num_rows - 2, rows.num_rows)) if row["sid"] == LAST)
    expected = hard(LAST)
    if name == "sheets":
        assert json.loads(last["source_labels"]) == expected["source_labels"]
        return
    assert last["source_labels"] == expected["source_labels"]
    assert last["source_links"] == expected["source_links"]
    assert last["published_at"] == datetime.fromisoformat(expected["published_at"])
    assert last["withdrawn_at"] is None


@needs("datasets")
def test_the_hub_finds_the_configs(made: Path, tmp_path: Path) -> None:
    datasets = importlib.import_module("datasets")
    assert datasets.get_dataset_config_names(str(made / "default")) == ["stories", "comments", "revisions"]
    builder = datasets.load_dataset_builder(str(made / "default"), cache_dir=str(tmp_path))
    assert (builder.config.name, builder.info.splits["train"].num_examples) == ("stories", STORIES + 1)
    comments = datasets.load_dataset(str(made / "default"), "comments", split="train", cache_dir=str(tmp_path))
    assert [row["id"] for row in comments] == [each["id"] for each in hard(LAST)["comments"]]
    assert comments[1]["posted_at"].astimezone(clock.BEIJING).isoformat() == hard(LAST)["comments"][1]["posted_at"]


@needs("huggingface_hub")
@pytest.mark.parametrize("name", SETS)
def test_the_hub_reads_the_card(made: Path, name: str) -> None:
    hub = importlib.import_module("huggingface_hub")
    card = hub.DatasetCard.load(made / name / "README.md")
    assert (card.data.license, card.data.language, card.data.size_categories) == ("other", ["zh"], ["1K<n<10K"])
    found: list[dict[str, Any]] = card.data.to_dict().get("configs", [])
    expected = ["stories", "comments", "revisions"] if name in {"default", "every", "by-year", "sheets"} else []
    assert [each["config_name"] for each in found] == (["stories", "revisions"] if name == "lines" else expected)
    assert card.text.startswith("\n# Solidot")


@needs("cffconvert")
@pytest.mark.parametrize("name", ["default", "documents"])
def test_the_citation_is_valid(made: Path, name: str) -> None:
    command = [sys.executable, "-c", "from cffconvert.cli.cli import cli; cli()", "--validate"]
    done = subprocess.run(command, cwd=made / name, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Citation metadata are valid according to schema version 1.2.0.\n"), (
        done
    )
