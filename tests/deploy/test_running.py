"""What the page on running says of backups, and of the copy of the code that runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from solidot_spider.base.options import Options
from solidot_spider.store.store import Store
from tests import documents
from tests.crawling import solidot, status, stored
from tests.stores import run
from tests.stores import stored as story

RUNNING = documents.PAGES["running"]


def block(heading: str) -> str:
    """The lines for a shell in a section."""
    (code,) = [code for language, code in documents.blocks(documents.section(RUNNING, heading)) if language == "sh"]
    return code


@pytest.mark.long
def test_a_backup_is_restored(tmp_path: Path, data: Path) -> None:
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, story(5), story(6))
    backup, _, _ = documents.commands(documents.section(RUNNING, "Backup"))
    assert solidot("http://127.0.0.1:9", data, *backup.split()[1:], cwd=tmp_path).status == 0
    with Store.opened(Options(data_dir=data)) as store:
        run(store, story(7))
    subprocess.run(["sh", "-c", block("Backup")], cwd=tmp_path, check=True)
    assert stored(data) == [5, 6]
    assert status(data)["stories"] == 2


@pytest.mark.long
def test_a_copy_is_brought_back(tmp_path: Path, data: Path) -> None:
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, story(5), story(6))
    _, copy, back = documents.commands(documents.section(RUNNING, "Backup"))
    assert solidot("http://127.0.0.1:9", data, *copy.split()[1:], cwd=tmp_path).status == 0
    shutil.rmtree(data)
    told = solidot("http://127.0.0.1:9", data, *back.split()[1:], cwd=tmp_path)
    assert told.status == 0, told.err
    assert stored(data) == [5, 6]


def test_it_is_told_which_copy_runs(tmp_path: Path) -> None:
    (line,) = re.findall(r"^\.venv/bin/python (.+)$", block("Where it is installed"), re.MULTILINE)
    told = subprocess.run(
        ["sh", "-c", f"{sys.executable} {line}"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout == f"{documents.ROOT / 'solidot_spider' / '__init__.py'}\n"
