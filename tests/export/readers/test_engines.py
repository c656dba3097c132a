"""The page on engines: what it tells to type makes the records that the store has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from solidot_spider.base.options import Options
from solidot_spider.export import dataset
from solidot_spider.store.store import Store
from tests import documents
from tests.crawling import solidot
from tests.export.readers.programs import PATIENCE
from tests.forked import ROOT
from tests.stores import run, stored

ENGINES = documents.PAGES["engines"]


def blocks(heading: str) -> str:
    ((_, code),) = documents.blocks(documents.section(ENGINES, heading))
    return code


@pytest.mark.long
def test_dask_makes_the_same_records(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    chosen = Options(data_dir=tmp_path / "data")
    with Store.opened(chosen, create=True) as store:
        run(store, *(stored(sid) for sid in (*range(1, 20), *range(90_000, 90_020))))
    (_, line), *_ = documents.blocks(ENGINES)
    prompt, program, *words = line.split()
    assert (prompt, program) == ("$", "solidot")
    assert solidot("http://127.0.0.1:9", chosen.data_dir, *words).status == 0
    assert len(list((tmp_path / "dataset").glob("pages-*.warc.gz"))) > 1
    (tmp_path / "pages.py").write_text(blocks("The function"), encoding="utf-8")
    (tmp_path / "on_dask.py").write_text(blocks("Dask"), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    subprocess.run([sys.executable, "on_dask.py"], cwd=tmp_path, env=env, check=True, timeout=PATIENCE)
    dataset.export(chosen, tmp_path / "wanted.jsonl")
    assert (tmp_path / "stories.jsonl").read_bytes() == (tmp_path / "wanted.jsonl").read_bytes()


@pytest.mark.parametrize("engine", ["Ray", "Spark"])
def test_other_engines_are_a_line_of_python(engine: str) -> None:
    line = documents.rows(documents.section(ENGINES, "Ray, Spark"))[engine]
    compile(line, engine, "eval")
    assert "records" in line
