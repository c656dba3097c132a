"""``solidot export NEW --apply DELTA --to OLD``: what a fresh export of the store gives, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.export import dataset, outputs
from solidot_spider.export.description import check
from solidot_spider.export.errors import ExportError
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store import schema
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests.crawling import solidot
from tests.export.conftest import hard, visit
from tests.export.test_directory import EVERY, whole
from tests.export.test_forms import read_lines
from tests.stores import NOW, fields, heard, run, stored

NOWHERE = "http://127.0.0.1:9"
LINES = ("--format", "jsonl.zst")
STEPS = 3
STORIES = 30


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLIDOT_CLOCK", clock.iso(NOW + timedelta(days=100)))


def move(store: Store, random: Random, step: int, *, loses: bool = True) -> None:
    """A run that hears anything of any story; afterwards the store loses one."""
    at = NOW + timedelta(days=2 * step)
    makes: list[Callable[[int], Visit]] = [
        lambda sid: stored(sid, at),
        lambda sid: stored(sid, at, title=f"标题 {step}", views=step),
        lambda sid: visit(hard(sid, fetched_at=clock.iso(at))),
        lambda sid: heard(sid, Outcome.MISSING, at=at),
        lambda sid: heard(sid, Outcome.MISSING, at=at),
        lambda sid: heard(sid, Outcome.FAILED, at=at),
    ]
    chosen = sorted(random.sample(range(1, STORIES), STORIES // 2))
    run(store, *(random.choice(makes)(sid) for sid in chosen), at=at, counts="{}")
    if loses:
        with store.writing() as connection:
            connection.execute(delete(schema.stories).where(schema.stories.c.sid == random.randrange(1, STORIES)))


class Made:
    """Exports of a store as it moved on, and the deltas between them."""

    def __init__(self, store: Store, chosen: Options, directory: Path, target: Callable[[Path], Target]) -> None:
        self.datasets: list[Path] = []
        self.deltas: list[Path] = []
        random = Random(20)
        for step in range(STEPS + 1):
            for _ in range(1 + step % 2):
                move(store, random, step)
            path = directory / f"{step}"
            dataset.export(chosen, target(path))
            if self.datasets:
                self.deltas.append(directory / f"delta-{step}")
                dataset.export_delta(chosen, target(self.deltas[-1]), str(self.datasets[-1]))
            self.datasets.append(path)


def lines_at(path: Path) -> Target:
    """A directory of the form that is made at once."""
    return Target.of(str(path), outputs.of_formats("jsonl.zst"))


def every(split: str) -> Callable[[Path], Target]:
    forms = [each for each in EVERY if each.form is not outputs.WARC]  # pages are in the store alone
    return lambda path: Target.of(str(path), forms, split)


@pytest.fixture
def made(store: Store, chosen: Options, tmp_path: Path) -> Made:
    return Made(store, chosen, tmp_path, lambda path: Target.of(str(path), outputs.of_formats("jsonl.zst,csv")))


@pytest.mark.long
@pytest.mark.parametrize("split", ["", "month"])
def test_every_file_is_that_of_a_fresh_export(store: Store, chosen: Options, tmp_path: Path, split: str) -> None:
    made = Made(store, chosen, tmp_path, every(split))
    new = tmp_path / "new"
    for old, deltas in ((2, made.deltas[2:]), (1, made.deltas[1:]), (0, made.deltas)):
        dataset.apply(deltas, made.datasets[old], every(split)(new))
        assert whole(new) == whole(made.datasets[-1])
    assert check.check(new).faults == []


def test_a_dataset_may_be_replaced_by_what_it_becomes(made: Made, tmp_path: Path) -> None:
    target = Target.of(str(made.datasets[0]), outputs.of_formats("jsonl.zst,csv"))
    for step, each in enumerate(made.deltas, 1):
        dataset.apply([each], made.datasets[0], target)
        assert whole(made.datasets[0]) == whole(made.datasets[step])
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "data") == sorted(
        path.name for path in (*made.datasets, *made.deltas)
    )


def test_a_single_file_is_a_dataset_and_a_delta_too(made: Made, chosen: Options, tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("old.jsonl.gz", "delta.jsonl.zst", "new.jsonl", "fresh.jsonl")]
    dataset.export(chosen, names[3])
    dataset.export_delta(chosen, names[1], str(made.datasets[0]))
    dataset.apply(made.deltas, made.datasets[0], names[2])
    assert names[2].read_bytes() == names[3].read_bytes()
    dataset.apply(made.deltas[:1], made.datasets[0], names[0])
    dataset.apply(made.deltas[1:], names[0], names[2])
    assert names[2].read_bytes() == names[3].read_bytes()
    dataset.apply([names[1]], made.datasets[0], names[2])
    assert names[2].read_bytes() == names[3].read_bytes()


@pytest.mark.parametrize(
    "selection", [Selection(fields=("sid", "published_at", "title")), Selection(withdrawn=False), Selection(topic="19")]
)
def test_a_selection_stays_the_selection(store: Store, chosen: Options, tmp_path: Path, selection: Selection) -> None:
    old, made, new, fresh = (tmp_path / name for name in ("old", "delta", "new", "fresh"))
    random = Random(4)
    move(store, random, 0)
    dataset.export(chosen, lines_at(old), selection)
    move(store, random, 1)
    move(store, random, 2)
    dataset.export_delta(chosen, lines_at(made), str(old), selection)
    dataset.export(chosen, lines_at(fresh), selection)
    dataset.apply([made], old, lines_at(new))
    assert whole(new) == whole(fresh)


def test_a_delta_since_a_run_or_a_time_leads_there_as_well(store: Store, chosen: Options, tmp_path: Path) -> None:
    old, new, fresh = (tmp_path / name for name in ("old", "new", "fresh"))
    run(store, *(stored(sid) for sid in range(1, 9)), counts="{}")
    dataset.export(chosen, lines_at(old))
    at = NOW + timedelta(days=1)
    run(store, stored(4, at, title="新标题"), stored(9, at), heard(5, Outcome.MISSING, at=at), at=at, counts="{}")
    dataset.export(chosen, lines_at(fresh))
    for since in ("story-x", clock.iso(at)):
        made = tmp_path / "delta"
        dataset.export_delta(chosen, lines_at(made), since)
        dataset.apply([made], old, lines_at(new))
        assert whole(new) == whole(fresh)
        dataset.apply([made, made], old, lines_at(new))  # what it says twice it says once
        assert whole(new) == whole(fresh)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_time_and_a_dataset_tell_the_same_changes(store: Store, chosen: Options, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    for step in range(6):
        move(store, random, step, loses=False)
    old, new, fresh = (tmp_path / name for name in ("old", "new", "fresh"))
    dataset.export(chosen, lines_at(old))
    for step in range(6, 9):
        move(store, random, step, loses=False)
    dataset.export(chosen, lines_at(fresh))
    told = []
    for since in (str(old), clock.iso(NOW + timedelta(days=12))):
        dataset.export_delta(chosen, lines_at(tmp_path / "delta"), since)
        told.append(read_lines(tmp_path / "delta" / "stories.jsonl.zst"))
        dataset.apply([tmp_path / "delta"], old, lines_at(new))
        assert whole(new) == whole(fresh)
    assert told[0] == told[1]
    assert {each["change"] for each in told[0]} > {"changed", "withdrawn", "refetched"}


def test_what_a_time_does_not_know_is_not_lost_silently(store: Store, chosen: Options, tmp_path: Path) -> None:
    old, made = tmp_path / "old", tmp_path / "delta"
    run(store, *(stored(sid) for sid in range(1, 9)))
    dataset.export(chosen, lines_at(old))
    run(store, stored(9, NOW + timedelta(days=1)))
    with store.writing() as connection:
        connection.execute(delete(schema.stories).where(schema.stories.c.sid == 4))
    dataset.export_delta(chosen, lines_at(made), clock.iso(NOW + timedelta(days=1)))
    with pytest.raises(ExportError, match=f"--apply {made}: it leads to the records sha256:.*--changed-since DIR"):
        dataset.apply([made], old, lines_at(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_an_empty_delta_changes_nothing(made: Made, chosen: Options, tmp_path: Path) -> None:
    last = made.datasets[-1]
    for name in ("none", "none.jsonl", "none.jsonl.gz"):
        none = tmp_path / name
        assert dataset.export_delta(chosen, none if none.suffix else lines_at(none), str(last)).counts == {}
        dataset.apply([none], last, Target.of(str(tmp_path / "new"), outputs.of_formats("jsonl.zst,csv")))
        assert whole(tmp_path / "new") == whole(last)


def test_from_nothing_to_everything_and_back(store: Store, chosen: Options, tmp_path: Path) -> None:
    empty, full, there, back = (tmp_path / name for name in ("empty", "full", "there", "back"))
    dataset.export(chosen, lines_at(empty))
    run(store, stored(1), stored(2))
    dataset.export(chosen, lines_at(full))
    dataset.export_delta(chosen, lines_at(there), str(empty))
    with store.writing() as connection:
        connection.execute(delete(schema.stories))
    dataset.export_delta(chosen, lines_at(back), str(full))
    assert (back / "removed.jsonl").read_bytes().count(b"\n") == 2
    out = tmp_path / "out"
    assert dataset.apply([there], empty, lines_at(out)) == 2
    assert whole(out) == whole(full)
    with pytest.raises(ExportError, match="--force"):
        dataset.apply([back], out, lines_at(out))
    dataset.apply([back], out, lines_at(out), force=True)
    assert whole(out) == whole(empty)


def test_deltas_that_do_not_fit_are_refused_by_their_names(made: Made, tmp_path: Path) -> None:
    new = tmp_path / "new"
    one, two, three = made.deltas
    for deltas, old, refused in (
        ([two], 0, two), ([one, three], 0, three), ([two, one], 0, two), ([one], 1, one), ([three, two], 2, two),
    ):  # fmt: skip
        with pytest.raises(ExportError, match=f"--apply {refused}: it begins with"):
            dataset.apply(deltas, made.datasets[old], new)
    with pytest.raises(ExportError, match=f"--apply {made.datasets[0]}: no delta"):
        dataset.apply([made.datasets[0]], made.datasets[0], new)
    with pytest.raises(ExportError, match=f"--to {one}: it is a delta"):
        dataset.apply([two], one, new)
    assert not new.exists()


def lines(path: Path, *made: dict[str, Any]) -> Path:
    path.write_bytes(b"".join(items.line(each) + b"\n" for each in made))
    return path


def test_files_show_by_themselves_that_they_do_not_fit(tmp_path: Path) -> None:
    old = lines(tmp_path / "old.jsonl", fields(1), fields(3))
    day = timedelta(days=1)
    new = tmp_path / "new.jsonl"
    for values, says in (
        ({**fields(2), "change": "changed"}, "story 2 is changed, and is not there"),
        ({"sid": 2, "change": "removed"}, "story 2 is removed, and is not there"),
        ({**fields(3, NOW - day), "change": "refetched"}, "a later delta was applied before it"),
        ({**fields(3), "change": "moved"}, "its last key is not 'change', or none of new, changed"),
        ({"sid": 3, "title": "x", "change": "changed"}, "its fields are sid, title"),
    ):
        with pytest.raises(ExportError, match=says):
            dataset.apply([lines(tmp_path / "delta.jsonl", values)], old, new)
    lines(tmp_path / "delta.jsonl", {**fields(3), "change": "refetched"})
    with pytest.raises(ExportError, match="story 1 is behind story 3"):
        dataset.apply([tmp_path / "delta.jsonl"], lines(tmp_path / "old.jsonl", fields(3), fields(1)), new)
    assert not new.exists()


def test_a_cut_file_is_refused(made: Made, chosen: Options, tmp_path: Path) -> None:
    new = tmp_path / "new.jsonl"
    for name in ("delta.jsonl", "delta.jsonl.gz", "delta.jsonl.zst"):
        path = tmp_path / name
        dataset.export_delta(chosen, path, str(made.datasets[0]))
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(ExportError, match=f"{path}: line "):
            dataset.apply([path], made.datasets[0], new)
        assert not new.exists()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a store, and a dataset of it as it was a day before."""
    directory = tmp_path_factory.mktemp("filled")
    with Store.opened(Options(data_dir=directory / "data"), create=True) as opened:
        run(opened, *(stored(sid) for sid in range(1, 20)))
        assert solidot(NOWHERE, directory / "data", "export", "old", *LINES).status == 0
        at = NOW + timedelta(days=1)
        run(opened, stored(4, at, title="新标题"), stored(30, at), at=at)
    return directory


@pytest.fixture
def data(tmp_path: Path, filled: Path) -> Path:
    return shutil.copytree(filled, tmp_path, dirs_exist_ok=True) / "data"


@pytest.mark.parametrize(
    "words", [["--format", "jsonl,csv.gz,sqlite", "--split", "month"], ["--format", "jsonl.zst,markdown"]]
)
def test_the_forms_are_those_of_the_old_dataset(data: Path, words: list[str]) -> None:
    assert solidot(NOWHERE, data, "export", "whole", *words).status == 0
    before = whole(data.parent / "whole")
    assert solidot(NOWHERE, data, "export", "none.jsonl", "--changed-since", "whole").status == 0
    assert solidot(NOWHERE, data, "export", "whole", "--apply", "none.jsonl", "--to", "whole").status == 0
    assert whole(data.parent / "whole") == before


def test_it_is_one_command_that_needs_no_store(data: Path) -> None:
    told = solidot(NOWHERE, data, "export", "delta", "--changed-since", "old", *LINES)
    assert (told.status, told.out, told.err) == (0, "", "delta: 1 new, 1 changed\n")
    shown = solidot(NOWHERE, data, "export", "-", "--changed-since", "2025-11-09")
    assert (shown.status, shown.out.count("\n"), shown.err) == (0, 2, "")
    assert solidot(NOWHERE, data, "export", "fresh", *LINES).status == 0
    nowhere = data.parent / "nowhere"
    told = solidot(NOWHERE, nowhere, "export", "new", "--apply", "delta", "--to", "old")
    assert (told.status, told.out, told.err) == (0, "", "new: 20 stories\n")
    assert whole(data.parent / "new") == whole(data.parent / "fresh")
    shown = solidot(NOWHERE, nowhere, "export", "-", "--apply", "delta", "--to", "old")
    assert (shown.status, shown.out.count("\n"), shown.err) == (0, 20, "")
    assert not nowhere.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["new", "--apply", "delta"], "--to OLD"),
        (["new", "--to", "old"], "--apply DELTA"),
        (["new", "--apply", "delta", "--to", "none.jsonl"], "none.jsonl"),
        (["new", "--apply", "delta", "--to", "old", "--topic", "x"], "leave the options"),
        (["new", "--apply", "delta", "--to", "old", "--changed-since", "old"], "leave the options"),
        (["new", "--apply", "old", "--to", "old"], "no delta"),
        (["new", "--changed-since", "never"], "--changed-since never"),
        (["new", "--changed-since", "3000-01-01T00:00:00Z"], "future"),
        (["old", "--changed-since", "old"], "--force"),
    ],
)
def test_what_cannot_be_done_is_one_line(data: Path, words: list[str], says: str) -> None:
    before = whole(data.parent)
    done = solidot(NOWHERE, data, "export", *words)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("solidot: ")
    assert says in done.err
    assert whole(data.parent) == before
