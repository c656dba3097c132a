"""A directory of an export: whole, described, and never a mixture."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from solidot_spider.base.options import Options
from solidot_spider.export import contents, dataset, outputs, part_directory
from solidot_spider.export.description import check
from solidot_spider.export.description.descriptor import with_checksum
from solidot_spider.export.errors import ExportError
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store.store import Store
from tests.crawling import solidot, start
from tests.export.conftest import visit
from tests.export.test_forms import read_lines
from tests.stores import fields, run

NOWHERE = "http://127.0.0.1:9"
SMALL = 36 << 10
"""Bytes: room for what SQLite maps beside the store, and for no export."""
EVERY = outputs.of_formats("jsonl,jsonl.gz,csv,csv.zst,parquet,sqlite,sqlite.gz,markdown,warc")


def whole(directory: Path) -> dict[str, bytes]:
    """Every file of a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "dataset"


def test_it_holds_json_lines_and_parquet(records: list[dict[str, Any]], chosen: Options, out: Path) -> None:
    assert dataset.export(chosen, out) == len(records)
    assert sorted(whole(out)) == [
        "CITATION.cff", "README.md", "comments.parquet", "datapackage.json", "schemas/duckdb.json",
        "schemas/huggingface.json", "schemas/polars.py", "schemas/record.json", "stories.jsonl.zst", "stories.parquet",
    ]  # fmt: skip
    assert read_lines(out / "stories.jsonl.zst") == records
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.long
@pytest.mark.parametrize("split", ["", "year", "month"])
def test_every_form_is_as_it_was_made(records: list[dict[str, Any]], chosen: Options, out: Path, split: str) -> None:
    target = Target.of(str(out), EVERY, split)
    assert dataset.export(chosen, target) == len(records)
    found = check.check(out)
    assert (found.stories, found.faults) == (len(records), [])
    first = whole(out)
    assert len(first) == found.files
    dataset.export(chosen, target)
    assert whole(out) == first
    part = {"": "", "year": "-2023", "month": "-2023-01"}[split]
    assert read_lines(out / f"stories{part}.jsonl") == records
    with (out / f"comments{part}.csv").open(encoding="utf-8", newline="") as file:
        comments = list(csv.DictReader(file))
    assert [(row["sid"], row["id"]) for row in comments] == [
        (str(record["sid"]), str(each["id"])) for record in records for each in record["comments"]
    ]
    folder = "2023-01" if split == "month" else "2023"
    assert (out / "markdown" / folder / "5.md").read_text(encoding="utf-8").startswith('---\ntitle: "=1+1 ')


def test_a_split_has_a_file_for_each_year(store: Store, chosen: Options, out: Path) -> None:
    run(store, *(visit(fields(sid)) for sid in (1, 2, 99_000)))
    dataset.export(chosen, Target.of(str(out), outputs.of_formats("jsonl"), "year"))
    assert {name: data.count(b"\n") for name, data in whole(out).items() if name.endswith(".jsonl")} == {
        "stories-2023.jsonl": 2,
        "stories-2024.jsonl": 1,
    }


def test_the_descriptor_and_the_schema_know_the_fields_that_are_kept(
    records: list[dict[str, Any]], chosen: Options, out: Path
) -> None:
    assert records
    dataset.export(
        chosen, Target.of(str(out), outputs.of_formats("jsonl,csv")), Selection(fields=("sid", "title", "editor"))
    )
    described = json.loads((out / "datapackage.json").read_text())
    names = {
        each["path"]: [field["name"] for field in each.get("schema", {}).get("fields", [])]
        for each in described["resources"]
    }
    assert names == {
        "stories.jsonl": ["sid", "title", "editor"],
        "stories.csv": ["sid", "title", "editor_name", "editor_uid"],
        "schemas/record.json": [],
        **{path: [] for path in ("schemas/duckdb.json", "schemas/huggingface.json", "schemas/polars.py")},
        "CITATION.cff": [],
        "README.md": [],
    }
    schema = json.loads((out / "schemas/record.json").read_text())
    assert schema["$defs"]["Story"]["required"] == ["sid", "title", "editor"]
    assert check.check(out).faults == []


def test_a_directory_of_documents_has_them_at_its_top(
    records: list[dict[str, Any]], chosen: Options, out: Path
) -> None:
    name = out.with_suffix(".md")
    assert dataset.export(chosen, name) == len(records)
    assert (name / "2023" / "1.md").is_file()
    done = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=name, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    assert dataset.export(chosen, name) == len(records)


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("name", ["notes.txt", ".git/config", "markdown/2023/x.md"])
def test_files_of_others_are_never_replaced(chosen: Options, out: Path, name: str) -> None:
    dataset.export(chosen, Target.of(str(out), EVERY))
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text("mine")
    before = whole(out)
    with pytest.raises(ExportError, match=f"no export made: {name}"):
        dataset.export(chosen, out, force=True)
    assert whole(out) == before
    assert check.check(out).faults == [f"{name}: no export made this file"]


@pytest.mark.usefixtures("records")
def test_a_descriptor_of_others_does_not_give_their_files_away(chosen: Options, out: Path) -> None:
    out.mkdir()
    (out / "a.csv").write_text("a\n")
    for described in (
        {"resources": [{"path": "a.csv"}]},
        {"program": {"name": "solidot_spider"}, "resources": [{"path": "../a.csv"}]},
    ):
        (out / "datapackage.json").write_text(json.dumps(described))
        with pytest.raises(ExportError, match=r"a\.csv"):
            dataset.export(chosen, out, force=True)


@pytest.mark.usefixtures("records")
def test_a_directory_keeps_its_link_and_its_mode(chosen: Options, out: Path) -> None:
    real = out.with_name("real")
    real.mkdir(mode=0o750)
    out.symlink_to("real")
    dataset.export(chosen, out)
    dataset.export(chosen, out)
    assert out.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in out.parent.iterdir()) == ["dataset", "real"]
    assert check.check(out).faults == []


def test_nothing_replaces_something_only_by_force(store: Store, chosen: Options, out: Path) -> None:
    dataset.export(chosen, out)
    dataset.export(chosen, out)
    run(store, visit(fields(1)))
    dataset.export(chosen, out)
    before = whole(out)
    with pytest.raises(ExportError, match="--force"):
        dataset.export(chosen, out, Selection(topic="none"))
    assert whole(out) == before
    assert dataset.export(chosen, out, Selection(topic="none"), force=True) == 0
    assert check.check(out).faults == []


def test_a_failed_export_leaves_the_old_one(
    records: list[dict[str, Any]], chosen: Options, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert records
    dataset.export(chosen, out)
    before = whole(out)
    monkeypatch.setitem(sys.modules, "markdownify", None)
    with pytest.raises(ExportError, match=r"\[markdown\]"):
        dataset.export(chosen, Target.of(str(out), outputs.of_formats("jsonl,markdown")))
    assert whole(out) == before
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.usefixtures("records")
def test_where_names_cannot_be_exchanged_two_renames_do_it(
    chosen: Options, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_directory, "exchange", lambda *_: False)
    dataset.export(chosen, out)
    dataset.export(chosen, Target.of(str(out), outputs.of_formats("csv")))
    assert "stories.csv" in whole(out)
    assert check.check(out).faults == []
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.usefixtures("records")
def test_a_kill_between_two_renames_is_healed(chosen: Options, out: Path) -> None:
    dataset.export(chosen, out)
    before = whole(out)
    out.rename(f"{out}.{'a' * 16}.old")
    unfinished = Path(f"{out}.{'b' * 16}.part")
    unfinished.mkdir()
    (unfinished / "stories.jsonl.zst").write_text("half of it")
    with pytest.raises(ExportError, match="--force"):
        dataset.export(chosen, out, Selection(topic="none"))
    assert whole(out) == before
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.usefixtures("records")
def test_what_another_export_builds_is_left_alone(chosen: Options, out: Path) -> None:
    with part_directory.replacing(out) as other:
        (other / "half").touch()
        dataset.export(chosen, out)
        assert (other / "half").exists()
        shutil.copytree(out, other, dirs_exist_ok=True)
        (other / "half").unlink()
    assert check.check(out).faults == []
    assert list(out.parent.iterdir()) == [out]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("filled") / "data"
    with Store.opened(Options(data_dir=data), create=True) as opened:
        run(opened, *(visit(fields(sid)) for sid in range(1, 119)))
        run(opened, visit({**fields(119), "body": Random(1).randbytes(2 * SMALL).hex()}))  # none can pack it
    return data


@pytest.fixture
def data(tmp_path: Path, filled: Path) -> Path:
    return shutil.copytree(filled, tmp_path / "data")


FORMS = ("--format", "jsonl,csv,parquet,markdown")


@pytest.mark.long
def test_a_kill_leaves_the_old_or_the_new_one(data: Path, out: Path) -> None:
    assert solidot(NOWHERE, data, "export", str(out), *FORMS).status == 0
    old = whole(out)
    with Store.opened(Options(data_dir=data)) as opened:
        run(opened, visit({**fields(7), "title": "新标题"}))
    assert solidot(NOWHERE, data, "export", f"{out}2", *FORMS).status == 0
    new = whole(Path(f"{out}2"))
    shutil.rmtree(f"{out}2")
    for number in range(12):
        process = start(NOWHERE, data, "export", str(out), *FORMS)
        seen = set[str]()
        while process.poll() is None and len(seen) < number * 12:  # the further it is, the more names there are
            seen |= {path.name for path in out.parent.rglob("*")}
            seen |= {f"{len(seen)}"}
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert whole(out) in (old, new)
    assert solidot(NOWHERE, data, "export", str(out), *FORMS).status == 0
    assert whole(out) == new
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.long
def test_a_termination_leaves_nothing_beside(data: Path, out: Path) -> None:
    # The signal may come between the opening of a file and the block that closes it.
    warnings = {"PYTHONWARNINGS": "error,ignore::ResourceWarning"}
    process = start(NOWHERE, data, "export", str(out), *FORMS, env=warnings)
    while not list(out.parent.glob("*.part/*")):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, f"solidot: interrupted; {out} is as it was\n")
    assert list(out.parent.iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("name", ["dataset", "stories.parquet", "stories.db", "stories.csv", "stories.jsonl.gz"])
def test_a_full_disk_leaves_the_old_one(data: Path, out: Path, name: str) -> None:
    target = out.with_name(name)
    assert solidot(NOWHERE, data, "export", str(target)).status == 0
    before = whole(out.parent)
    process = start(NOWHERE, data, "export", str(target), limits={"RLIMIT_FSIZE": SMALL})
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n")) == (4, 1)
    assert err.startswith(f"solidot: {target}: ")
    assert whole(out.parent) == before
    assert [path.name for path in out.parent.iterdir()] == [name]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["stories.csv", "--format", "jsonl"], "stories/"),
        (["stories.csv", "--split", "year"], "stories/"),
        (["new", "--format", "xlsx"], "jsonl, csv, parquet, sqlite, markdown"),
        (["new", "--format", "csv.bz2"], "csv.bz2"),
        (["new", "--format", "parquet.gz"], "leave .gz out"),
        (["new", "--format", ""], "no form of files"),
        (["new", "--bom"], "has none"),
        (["ids", "--format", "csv"], "ids is a file"),
        (["-", "--format", "csv"], "JSON Lines only"),
        (["-", "--split", "year"], "JSON Lines only"),
        (["-", "--with", "revisions"], "JSON Lines only"),
        (["new", "--with", "edits"], "give revisions"),
        (["--check", "data"], "no dataset"),
        (["--check", "none"], "no dataset"),
        (["--check", "none", "new"], "leave OUT"),
    ],
)
def test_what_cannot_be_done_is_one_line(data: Path, words: list[str], says: str) -> None:
    (data.parent / "ids").write_text("mine")
    done = solidot(NOWHERE, data, "export", *words)
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert says in done.err
    assert sorted(path.name for path in data.parent.iterdir()) == ["data", "ids"]


def damage(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


def miscount(path: Path) -> None:
    described = json.loads(path.read_text())
    described["resources"][0]["rowCount"] += 1
    path.write_text(json.dumps(described))


def retitle(path: Path) -> None:
    path.write_text(path.read_text().replace('"title": "Solidot', '"title": "Solidat'))


def recount(path: Path) -> None:
    described = json.loads(path.read_text())
    described["counts"]["stories"] -= 1
    path.write_bytes(with_checksum(described))


def of_before(path: Path) -> None:
    described = json.loads(path.read_text())
    for each in described["resources"]:
        each.pop("rowCount", None)
    path.write_bytes(with_checksum(described))


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("stories.jsonl", damage, "stories.jsonl: other bytes"),
        ("stories.parquet", Path.unlink, "stories.parquet: missing"),
        ("stories.csv", lambda path: path.write_text("sid\n"), "stories.csv: 4 bytes, not "),
        ("markdown/2023/3.md", damage, "2023/3.md: other bytes"),
        ("markdown/2023/3.md", Path.unlink, "2023/3.md: missing"),
        ("README.md", damage, "README.md: other bytes"),
        ("CITATION.cff", Path.unlink, "CITATION.cff: missing"),
        ("datapackage.json", miscount, "stories.jsonl: 119 rows, not 120"),
        ("datapackage.json", retitle, "datapackage.json: other bytes"),
        ("datapackage.json", recount, "jsonl: 119 stories, not 118"),
        ("datapackage.json", of_before, "datapackage.json: no 'rowCount' of stories.jsonl"),
    ],
)
def test_a_check_tells_what_is_not_as_it_was(data: Path, out: Path, name: str, change: Any, says: str) -> None:
    assert solidot(NOWHERE, data, "export", str(out), *FORMS).status == 0
    done = solidot(NOWHERE, data, "export", "--check", str(out))
    assert (done.status, done.err) == (0, f"{out}: {len(whole(out))} files, 119 stories, as they were made\n")
    change(out / name)
    done = solidot(NOWHERE, data, "export", "--check", str(out))
    assert done.status == 1
    assert done.err.startswith(says)


def test_a_byte_order_mark_is_written_where_it_is_asked_for(data: Path, out: Path) -> None:
    for words in (["stories.csv", "--bom"], ["new", "--format", "csv", "--bom"]):
        assert solidot(NOWHERE, data, "export", *words).status == 0
    for path in ("stories.csv", "new/stories.csv"):
        assert (data.parent / path).read_bytes().startswith(b"\xef\xbb\xbfsid,url")
    assert not out.exists()
    assert contents.descriptor(data.parent / "new")
