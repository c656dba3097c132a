"""Pairs of a page and its record: what ``solidot record`` saves, the tests of the parser take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.reparse import pairs
from solidot_spider.store.store import Store
from tests import stores
from tests.crawling import environment, solidot
from tests.stores import NOW, heard, run, stored

NOBODY = "http://127.0.0.1:9"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(data: Path) -> Path:
    """Two stories, and a page that is none."""
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, stored(5), stored(6), heard(7, Outcome.UNPARSED, "no-block"))
    return data


def test_a_pair_is_the_page_and_what_the_parser_makes_of_it(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "records"
    done = solidot(NOBODY, filled, "record", "5", str(out))
    assert done.status == 0, done.err
    assert done.err == f"{out}/5.html: {stores.STORIES[5].title}\n"
    assert (out / "5.html").read_bytes() == stores.page(5)
    assert json.loads((out / "5.json").read_bytes()) == stores.fields(5)
    assert json.loads((out / "5.answer.json").read_bytes())["fetched_at"] == clock.iso(NOW)
    data, answer, wanted = pairs.load(out, "5", "")
    assert pairs.parsed(data, answer) == wanted


def test_a_pair_that_is_saved_again_says_what_changed(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "records"
    solidot(NOBODY, filled, "record", "5", str(out))
    expected = out / "5.json"
    wanted = expected.read_bytes()
    expected.write_bytes(wanted.replace(stores.STORIES[5].title.encode(), b"x"))
    done = solidot(NOBODY, filled, "record", "5", str(out))
    assert done.err.splitlines()[1:] == [f"  title: 'x' → {stores.STORIES[5].title!r}"]
    assert expected.read_bytes() == wanted


def test_a_page_that_cannot_be_read_is_a_pair_too(filled: Path, tmp_path: Path) -> None:
    done = solidot(NOBODY, filled, "record", "7", str(tmp_path))
    assert done.err == f"{tmp_path}/7.html: unparsed: no-block\n"
    data, answer, wanted = pairs.load(tmp_path, "7", "")
    assert pairs.parsed(data, answer) == wanted == {"unparsed": "no-block"}


def test_what_cannot_be_saved_is_said(filled: Path, tmp_path: Path) -> None:
    done = solidot(NOBODY, filled, "record", "8", str(tmp_path))
    assert (done.status, done.err) == (1, "solidot: no page of story 8 is kept\n")
    (tmp_path / "file").write_text("in the way")
    done = solidot(NOBODY, filled, "record", "5", str(tmp_path / "file"))
    assert done.status == 4
    assert "file" in done.err


@pytest.mark.long
def test_the_tests_of_the_parser_run_over_a_users_pairs(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "records"
    for sid in ("5", "6", "7"):
        solidot(NOBODY, filled, "record", sid, str(out))
    page = out / "6.html"
    page.write_bytes(page.read_bytes().replace(stores.STORIES[6].title.encode(), "改了的标题".encode()))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-k",
            "records/5 or records/6 or records/7",
            "tests/parsing/test_records.py",
        ],
        cwd=ROOT,
        env=environment(NOBODY, filled) | {"SOLIDOT_RECORDS": str(out)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 2 passed" in done.stdout
    assert "test_records.py::test_a_page_gives_the_record_expected_of_it[records/6]" in done.stdout
