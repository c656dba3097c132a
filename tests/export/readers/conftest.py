"""A dataset as a reader has it: a directory beside which the lines of the pages are run."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base.options import Options
from solidot_spider.export import dataset, outputs
from solidot_spider.export.target import Target
from solidot_spider.store.store import Store
from tests import documents
from tests.export.conftest import hard, visit
from tests.stores import fields, run

LINES = documents.section(documents.PAGES["dataset"], "Load them")
FORMATS = "jsonl.zst,parquet,sqlite"
"""Those of the page on datasets and of the recipes."""

WITHDRAWN = "2025-11-08T04:00:00+00:00"
Records = list[dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def _offline(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hugging Face's library asks no network, and keeps what it converts where the tests are.

    It reads this when it is imported, which the tests themselves do.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HOME"] = str(tmp_path_factory.mktemp("hugging-face"))


@pytest.fixture(scope="session")
def records() -> Records:
    """Records that are plain, hard and Chinese, of two years and one minute before midnight in Beijing."""
    made = [fields(sid) for sid in range(1, 7)] + [fields(sid) for sid in range(50_000, 50_040)]
    made[1] |= {"title": "苹果公司发布 iPhone", "published_at": "2023-12-31T23:59:00+08:00", "views": None}
    made[2] |= {"title": "公司种苹果树", "published_at": "2024-01-01T00:05:00+08:00", "source_labels": []}
    return [*made, hard(90_000), {**hard(90_001), "withdrawn_at": WITHDRAWN}]


@pytest.fixture(scope="session")
def exported(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that holds ``dataset``."""
    made = tmp_path_factory.mktemp("exported")
    chosen = Options(data_dir=made / "data")
    with Store.opened(chosen, create=True) as store:
        run(store, *map(visit, records))
    assert f"--format {FORMATS}" in LINES
    dataset.export(chosen, Target.of(str(made / "dataset"), outputs.of_formats(FORMATS)))
    return made


@pytest.fixture
def beside(exported: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same; the process is there."""
    monkeypatch.chdir(exported)
    return exported


def loaded(tool: str) -> Any:
    """What the page's line for a tool gives."""
    return evaluated(documents.rows(LINES)[tool])


def evaluated(line: str) -> Any:
    """The value of a line of Python, whose modules are imported before."""
    return eval(line, imported(line))


def imported(code: str) -> dict[str, Any]:
    """The modules that a line of Python names; the test is skipped without one."""
    names = "datasets duckdb json pandas polars pyarrow runpy".split()
    modules = {name: pytest.importorskip(name) for name in names if f"{name}." in code}
    if "pyarrow.parquet" in code:
        importlib.import_module("pyarrow.parquet")
    return {**modules, "Path": Path}
