"""An export, a delta or its application that is killed at any instant, or finds the disk full."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired

import pytest

from solidot_spider.base.options import Options
from solidot_spider.export.description import check
from solidot_spider.store.store import Store
from tests.crawling import solidot, start
from tests.export.conftest import hard, visit
from tests.export.test_directory import whole
from tests.stores import fields, run

pytestmark = pytest.mark.long

NOWHERE = "http://127.0.0.1:9"
KILLS = 12
SMALL = 36 << 10
"""Bytes: room for what SQLite maps beside the store, and for no export."""
FORMS = ("--format", "jsonl.zst,csv,parquet,sqlite,markdown", "--split", "year")
PAGES = ("--format", "warc")
STORIES = range(1, 200)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store that has moved on since ``old`` was made of it; ``delta`` leads there."""
    data = tmp_path / "data"
    with Store.opened(Options(data_dir=data), create=True) as opened:
        run(opened, *(visit(hard(sid) if sid % 5 == 0 else fields(sid)) for sid in STORIES))
        assert solidot(NOWHERE, data, "export", "old", "--format", "jsonl").status == 0
        noise = {"body": Random(1).randbytes(2 * SMALL).hex()}  # none can pack it
        run(opened, *(visit({**fields(sid), "title": "新标题", **noise}) for sid in STORIES[::20]))
    assert solidot(NOWHERE, data, "export", "delta", "--format", "jsonl", "--changed-since", "old").status == 0
    return data


SINCE, APPLIED = ("--changed-since", "../old"), ("--apply", "../delta", "--to", "../old")
MADE = [
    ("dataset", (*FORMS,)),
    ("dataset", PAGES),
    ("dataset", (*FORMS, *SINCE)),
    ("dataset", (*FORMS, *APPLIED)),
    ("stories.db", ()),
    ("stories.jsonl.gz", APPLIED),
    ("stories.parquet", SINCE),
]


def older(data: Path, out: Path, name: str) -> dict[str, bytes]:
    """Write what is there before: the first stories, in all forms of what comes."""
    out.mkdir()
    forms = FORMS if name == "dataset" else ()
    assert solidot(NOWHERE, data, "export", name, *forms, "--sids", "1-150", cwd=out).status == 0
    return whole(out)


@pytest.mark.parametrize(("name", "words"), MADE)
def test_a_kill_leaves_the_old_or_the_new_one(data: Path, tmp_path: Path, name: str, words: tuple[str, ...]) -> None:
    fresh, out = tmp_path / "fresh", tmp_path / "out"
    fresh.mkdir()
    begun = time.monotonic()
    assert solidot(NOWHERE, data, "export", name, *words, cwd=fresh).status == 0
    took, new = time.monotonic() - begun, whole(fresh)
    old = older(data, out, name)
    random, killed = Random(name), 0
    while killed < KILLS:
        process = start(NOWHERE, data, "export", name, *words, "--force", cwd=out)
        try:
            process.wait(random.uniform(0.02, took))
        except TimeoutExpired:
            process.kill()
            killed += 1
        process.communicate(timeout=60)
        held = {path: data for path, data in whole(out).items() if Path(path).parts[0] == name}
        assert held in (old, new)
        if (out / name).is_dir():
            assert check.check(out / name).faults == []
    assert solidot(NOWHERE, data, "export", name, *words, "--force", cwd=out).status == 0
    assert whole(out) == new
    assert list(out.iterdir()) == [out / name]


@pytest.mark.parametrize(("name", "words"), MADE)
def test_a_full_disk_leaves_the_old_one(data: Path, tmp_path: Path, name: str, words: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    old = older(data, out, name)
    process = start(NOWHERE, data, "export", name, *words, "--force", cwd=out, limits={"RLIMIT_FSIZE": SMALL})
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.count("\n")) == (4, 1)
    assert err.startswith(f"solidot: {name}: ")
    assert whole(out) == old
    assert list(out.iterdir()) == [out / name]
