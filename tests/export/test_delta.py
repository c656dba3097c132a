"""``solidot export --changed-since``: what is new, changed, withdrawn, back, fetched again or removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import ArgumentError, Sids
from solidot_spider.export import contents, dataset, outputs
from solidot_spider.export.description import check
from solidot_spider.export.errors import ExportError
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store import known_answers, schema
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests.stores import NOW, fields, heard, stored

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FORMS = outputs.of_formats("jsonl,csv,parquet,sqlite,markdown")
LINES = outputs.of_formats("jsonl")
"""The form that is made at once."""


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLIDOT_CLOCK", clock.iso(NOW + 30 * DAY))


class Runs:
    """Makes runs of names that are told."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.count = 0

    def __call__(self, *visits: Visit, at: datetime, spider: str = "story") -> str:
        self.count += 1
        name = f"{spider}-{self.count}"
        run_id = self.store.begin(RunStart(name, spider, "{}", "http://127.0.0.1:9", clock.iso(at)))
        self.store.write(visits, run_id)
        self.store.end(run_id, ended_at=clock.iso(at))
        return name


@pytest.fixture
def run(store: Store) -> Runs:
    return Runs(store)


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


class History:
    """A store whose stories have all changed in their ways since ``run`` and ``time``, of which ``base`` was made."""

    def __init__(self, run: Runs, chosen: Options, directory: Path, selection: Selection = dataset.ALL) -> None:
        run(*(stored(sid, NOW - 10 * DAY) for sid in range(1, 9)), at=NOW - 10 * DAY)
        for days in (9, 7):  # story 4 is withdrawn
            run(heard(4, Outcome.MISSING, at=NOW - days * DAY), at=NOW - days * DAY)
        self.run = run(heard(3, Outcome.MISSING, at=NOW), heard(8, Outcome.FAILED, at=NOW), at=NOW)
        self.time = clock.iso(NOW + HOUR)
        self.base = directory / "base"
        dataset.export(chosen, Target.of(str(self.base), LINES), selection)
        at = NOW + HOUR
        run(
            stored(9, at), stored(1, at, title="新标题"), stored(5, at, views=7), heard(6, Outcome.FAILED, at=at), at=at
        )
        at = NOW + DAY
        run(heard(3, Outcome.MISSING, at=at), stored(4, at), heard(7, Outcome.MISSING, at=at), at=at)
        self.kinds = {1: "changed", 3: "withdrawn", 4: "back", 5: "refetched", 9: "new"}


@pytest.fixture
def history(run: Runs, chosen: Options, tmp_path: Path) -> History:
    return History(run, chosen, tmp_path)


def read(path: Path) -> dict[int, dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [each["sid"] for each in lines] == sorted(each["sid"] for each in lines)
    return {each["sid"]: each for each in lines}


def kinds(chosen: Options, since: str | Path, out: Path, selection: Selection = dataset.ALL) -> dict[int, str]:
    made = dataset.export_delta(chosen, out, str(since), selection)
    found = {sid: each["change"] for sid, each in read(out).items()}
    assert made.counts == {kind: list(found.values()).count(kind) for kind in made.counts}
    assert sum(made.counts.values()) == len(found)
    return found


def test_each_change_has_its_name_since_a_dataset_a_run_and_a_time(
    history: History, chosen: Options, tmp_path: Path
) -> None:
    out = tmp_path / "delta.jsonl"
    for since in (history.base, history.run, history.time):
        assert kinds(chosen, since, out) == history.kinds
    made = read(out)
    assert list(made[9]) == [*fields(9), "change"]
    assert made[9] == {**fields(9, NOW + HOUR), "change": "new"}
    assert made[3]["withdrawn_at"] == clock.iso(NOW)


def test_a_second_counts_as_a_whole(history: History, chosen: Options, tmp_path: Path) -> None:
    out = tmp_path / "delta.jsonl"
    assert kinds(chosen, clock.iso(NOW + HOUR), out) == history.kinds
    assert kinds(chosen, "2025-11-08T13:00:01+08:00", out) == {3: "withdrawn", 4: "back"}
    assert kinds(chosen, "2025-11-09", out) == {3: "withdrawn", 4: "back"}
    assert kinds(chosen, "2025-11-10", out) == {}


def test_what_is_in_the_store_no_more_is_removed(
    history: History, store: Store, chosen: Options, tmp_path: Path
) -> None:
    with store.writing() as connection:
        connection.execute(delete(schema.stories).where(schema.stories.c.sid.in_([2, 8])))
    out = tmp_path / "delta.jsonl"
    assert kinds(chosen, history.base, out) == {**history.kinds, 2: "removed", 8: "removed"}
    assert read(out)[2] == {"sid": 2, "change": "removed"}
    assert kinds(chosen, history.run, out) == history.kinds
    made = dataset.export_delta(chosen, out, history.run)
    assert not made.knows_removed
    assert "not known" in made.told


def test_what_was_taken_back_is_as_it_was(run: Runs, store: Store, chosen: Options, tmp_path: Path) -> None:
    name = run(stored(1, NOW), at=NOW)
    run_id = store.begin(RunStart("story-x", "story", "{}", "http://127.0.0.1:9", clock.iso(NOW)))
    at = NOW + HOUR
    store.write([stored(1, at, title="登录"), stored(2, at, title="登录")], run_id, keeps_aside=True)
    store.end(run_id, ended_at=clock.iso(at))
    base, out = tmp_path / "base", tmp_path / "delta.jsonl"
    dataset.export(chosen, Target.of(str(base), LINES))
    known_answers.take_back(store)
    assert kinds(chosen, base, out) == {1: "changed", 2: "removed"}
    for since in (name, "story-x", clock.iso(NOW + DAY)):
        assert kinds(chosen, since, out) == {1: "refetched"}
    assert read(out)[1] == {**fields(1), "change": "refetched"}


def test_runs_that_write_at_the_same_time_are_not_lost(
    run: Runs, store: Store, chosen: Options, tmp_path: Path
) -> None:
    early = store.begin(RunStart("story-early", "story", "{}", "http://127.0.0.1:9", clock.iso(NOW)))
    store.write([stored(1, NOW)], early)
    name = run(stored(2, NOW + HOUR), at=NOW + HOUR)
    store.write([stored(3, NOW + 2 * HOUR)], early)
    out = tmp_path / "delta.jsonl"
    assert kinds(chosen, name, out) == {3: "new"}
    assert kinds(chosen, "story-early", out) == {1: "new", 2: "new", 3: "new"}  # it has no end, and may write on


def test_a_late_import_of_an_old_page_is_new(run: Runs, chosen: Options, tmp_path: Path) -> None:
    name = run(stored(1, NOW), at=NOW)
    run(stored(2, NOW - 100 * DAY), at=NOW + HOUR, spider="import")
    for since in (name, clock.iso(NOW + HOUR)):
        assert kinds(chosen, since, tmp_path / "delta.jsonl") == {2: "new"}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(sids=Sids([(1, 3), (7, 9)])), {1: "changed", 3: "withdrawn", 9: "new"}),
        (Selection(withdrawn=False), {1: "changed", 3: "removed", 4: "new", 5: "refetched", 9: "new"}),
        (Selection(fields=("sid", "title", "views")), {1: "changed", 5: "refetched", 9: "new"}),
        (Selection(topic="19"), {5: "refetched"}),
    ],
)
def test_a_selection_is_compared_with_the_same_one(
    run: Runs, chosen: Options, tmp_path: Path, selection: Selection, expected: dict[int, str]
) -> None:
    base = History(run, chosen, tmp_path, selection).base
    assert kinds(chosen, base, tmp_path / "delta.jsonl", selection) == expected
    with pytest.raises(ExportError, match="was asked for"):
        dataset.export_delta(chosen, tmp_path / "other.jsonl", str(base))


def test_a_story_that_leaves_a_selection_by_an_edit_is_removed(run: Runs, chosen: Options, tmp_path: Path) -> None:
    first = {**fields(5), "topics": [{"tid": 1, "name": "甲"}]}
    name = run(_visit(first, NOW), at=NOW)
    selection = Selection(topic="甲")
    base, out = tmp_path / "base", tmp_path / "delta.jsonl"
    dataset.export(chosen, Target.of(str(base), LINES), selection)
    at = NOW + HOUR
    run(_visit({**first, "topics": [{"tid": 2, "name": "乙"}], "fetched_at": clock.iso(at)}, at), at=at)
    for since in (base, name):
        assert kinds(chosen, since, out, selection) == {5: "removed"}


def _visit(values: dict[str, Any], at: datetime) -> Visit:
    record = items.confirmed({**values})
    return Visit(record["sid"], clock.iso(at), Outcome.STORED, status=200, record=record)


def test_every_form_holds_the_delta(history: History, store: Store, chosen: Options, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.execute(delete(schema.stories).where(schema.stories.c.sid == 2))
    out = tmp_path / "delta"
    made = dataset.export_delta(chosen, Target.of(str(out), FORMS, "year"), str(history.base))
    found = check.check(out)
    assert (found.stories, found.faults) == (5, [])
    described = contents.descriptor(out)
    assert described
    assert described["delta"]["changes"] == made.counts == {
        "new": 1, "changed": 1, "withdrawn": 1, "back": 1, "refetched": 1, "removed": 1,
    }  # fmt: skip
    assert read(out / "stories-2023.jsonl").keys() == history.kinds.keys()
    assert (out / "removed.jsonl").read_text() == '{"sid":2,"change":"removed"}\n'
    assert (out / "stories-2023.csv").read_text(encoding="utf-8").partition("\n")[0].endswith(",schema_version,change")
    record = json.loads((out / "schemas/record.json").read_text())["$defs"]["Story"]
    assert record["required"][-1] == "change"


@pytest.mark.long
@pytest.mark.parametrize("name", ["delta.csv", "delta.parquet", "delta.db", "delta.jsonl.gz", "delta"])
def test_the_same_delta_has_the_same_bytes(history: History, chosen: Options, tmp_path: Path, name: str) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        dataset.export_delta(chosen, tmp_path / folder / name, str(history.base))
    trees = [
        {
            path.relative_to(tmp_path / folder): path.read_bytes()
            for path in (tmp_path / folder).rglob("*.*")
            if path.is_file()
        }
        for folder in ("a", "b")
    ]
    assert trees[0]
    assert trees[0] == trees[1]


@pytest.mark.parametrize("name", ["delta.jsonl", "delta.jsonl.zst", "delta/"])
def test_an_empty_delta_replaces_a_delta_and_no_dataset(
    history: History, chosen: Options, tmp_path: Path, name: str
) -> None:
    out = Target.of(f"{tmp_path}/{name}", LINES if name.endswith("/") else ())
    dataset.export_delta(chosen, out, str(history.base))
    assert dataset.export_delta(chosen, out, "2025-11-20").counts == {}
    assert dataset.export_delta(chosen, out, "2025-11-20").counts == {}
    dataset.export(chosen, out, force=True)
    for since in ("2025-11-20", str(history.base)):
        with pytest.raises(ExportError, match="--force"):
            dataset.export_delta(chosen, out, since)
    dataset.export_delta(chosen, out, str(history.base), force=True)
    assert dataset.export(chosen, out) == 9


def test_an_empty_delta_replaces_no_table(history: History, chosen: Options, tmp_path: Path) -> None:
    out = tmp_path / "delta.csv"
    dataset.export_delta(chosen, out, str(history.base))
    with pytest.raises(ExportError, match="--force"):
        dataset.export_delta(chosen, out, "2025-11-20")
    dataset.export_delta(chosen, out, "2025-11-20", force=True)


def test_the_base_itself_is_not_replaced(history: History, chosen: Options) -> None:
    with pytest.raises(ExportError, match="no delta"):
        dataset.export_delta(chosen, history.base, str(history.base))
    assert check.check(history.base).faults == []


@pytest.mark.parametrize(
    ("since", "says"),
    [
        ("2026-11-08T00:00:00Z", "in the future"),
        ("2026-11-08", "not between"),
        ("2025-11-08T00:00:00", "without an offset"),
        ("2025-13-08", "not a day"),
        ("story-99", "no run of the store"),
        ("", "no run of the store"),
        ("none/base", "no directory"),
        (".", "no dataset"),
    ],
)
def test_what_no_delta_begins_with_is_refused(  # noqa: PLR0913, PLR0917 - fixtures
    history: History, chosen: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ExportError, ArgumentError), match=says):
        dataset.export_delta(chosen, Path("delta.jsonl"), since)
    assert sorted(path.name for path in tmp_path.iterdir()) in (["base"], ["base", "data"])
    assert history.run


def test_a_reparse_between_is_refused(history: History, run: Runs, chosen: Options, tmp_path: Path) -> None:
    name = run(at=NOW + 2 * DAY, spider="reparse")
    out = tmp_path / "delta.jsonl"
    for since in (history.run, history.time):
        with pytest.raises(ExportError, match=name):
            dataset.export_delta(chosen, out, since)
    for since in (name, clock.iso(NOW + 3 * DAY)):
        assert kinds(chosen, since, out) == {}
    assert kinds(chosen, history.base, out) == history.kinds  # it has changed nothing


def test_another_parser_between_is_refused(history: History, store: Store, chosen: Options, tmp_path: Path) -> None:
    out = tmp_path / "delta.jsonl"
    with store.writing() as connection:
        connection.execute(update(schema.runs).where(schema.runs.c.id == 1).values(parser_version=2))
    for since in (history.run, history.time):
        with pytest.raises(ExportError, match="parser version 2"):
            dataset.export_delta(chosen, out, since)
    row = {"name": "reparse-0", "spider": "reparse", "arguments": "{}", "is_single": 0, "site": "", "program": "",
           "parser_version": 3, "started_at": clock.iso(NOW - DAY), "ended_at": clock.iso(NOW - DAY)}  # fmt: skip
    with store.writing() as connection:
        connection.execute(insert(schema.runs).values(row))
    assert kinds(chosen, history.time, out) == history.kinds  # which had read those of version 2 again before


def test_a_dataset_of_another_parser_is_refused(
    history: History, store: Store, chosen: Options, tmp_path: Path
) -> None:
    out = tmp_path / "delta.jsonl"
    with store.writing() as connection:
        connection.execute(update(schema.stories).where(schema.stories.c.sid == 9).values(parser_version=4))
    assert kinds(chosen, history.base, out) == history.kinds  # no old story was read again
    with store.writing() as connection:
        connection.execute(update(schema.stories).where(schema.stories.c.sid == 1).values(parser_version=4))
    with pytest.raises(ExportError, match="another version of the parser"):
        dataset.export_delta(chosen, out, str(history.base))


def test_a_dataset_with_a_table_of_revisions_is_refused(history: History, chosen: Options, tmp_path: Path) -> None:
    base, made = tmp_path / "edits", tmp_path / "delta.jsonl"
    dataset.export(chosen, Target.of(str(base), LINES), Selection(revisions=True))
    with pytest.raises(ExportError, match="a table of revisions, which no delta holds"):
        dataset.export_delta(chosen, made, str(base))
    dataset.export_delta(chosen, made, history.run)
    with pytest.raises(ExportError, match="a table of revisions, which no delta holds"):
        dataset.apply([made], base, tmp_path / "new.jsonl")


def test_a_dataset_without_json_lines_or_of_other_bytes_is_refused(
    history: History, chosen: Options, tmp_path: Path
) -> None:
    base, out = tmp_path / "tables", tmp_path / "delta.jsonl"
    dataset.export(chosen, Target.of(str(base), outputs.of_formats("csv")))
    with pytest.raises(ExportError, match="no JSON Lines"):
        dataset.export_delta(chosen, out, str(base))
    with (history.base / "stories.jsonl").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ExportError, match="not as the export wrote it"):
        dataset.export_delta(chosen, out, str(history.base))
    dataset.export_delta(chosen, Target.of(str(tmp_path / "delta"), LINES), history.run)
    with pytest.raises(ExportError, match="it is a delta"):
        dataset.export_delta(chosen, out, str(tmp_path / "delta"))
