"""``solidot export -``: JSON Lines on standard output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from solidot_spider.base.options import Options
from solidot_spider.store.store import Store
from tests.crawling import environment, solidot
from tests.stores import fields, run, stored
from tests.terminal import on_a_terminal

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("filled") / "data"
    with Store.opened(Options(data_dir=data), create=True) as opened:
        run(opened, *(stored(sid) for sid in range(1, 200)))
    return data


@pytest.mark.parametrize("words", [["-"], ["--stdout"]])
def test_the_stories_are_the_whole_of_what_is_said(data: Path, words: list[str]) -> None:
    done = solidot(NOWHERE, data, "export", *words, "--sids", "3-9")
    assert (done.status, done.err) == (0, "")
    assert [json.loads(line) for line in done.out.splitlines()] == [fields(sid) for sid in range(3, 10)]


def test_it_ends_quietly_when_its_reader_does(data: Path) -> None:
    command = [sys.executable, "-m", "solidot_spider", "export", "-"]
    with subprocess.Popen(
        command, env=environment(NOWHERE, data), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_what_cannot_be_written_is_said(data: Path) -> None:
    for redirected in (">/dev/full", ">&-"):
        command = f"{sys.executable} -m solidot_spider export - {redirected}"
        done = subprocess.run(
            command, shell=True, env=environment(NOWHERE, data), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr.count("\n")) == (4, 1)
        assert done.stderr.startswith("solidot: ")


def test_a_terminal_shows_how_far_it_is(data: Path) -> None:
    status, shown = on_a_terminal(NOWHERE, data, "export", "stories.csv")
    assert status == 0
    assert "stories.csv: 100%|" in shown or "stories.csv:   0%|" in shown
    assert shown.rstrip().endswith("stories.csv: 199 stories")
