"""``solidot export``: every story once, in a file that changes whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.export import dataset
from solidot_spider.export.errors import ExportError
from solidot_spider.store import records
from solidot_spider.store.errors import StoreError
from solidot_spider.store.store import Store
from tests.crawling import Crawl, environment, solidot
from tests.stores import NOW, fields, heard, run, stored

OLD = b"what was there before\n"


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "stories.jsonl"


def lines(*sids: int) -> bytes:
    return b"".join(items.line(fields(sid)) + b"\n" for sid in sids)


def test_every_story_is_there_once_sorted_by_sid(
    store: Store, chosen: Options, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "RECORDS_AT_ONCE", 2)
    run(store, stored(70), stored(9), heard(10, Outcome.FAILED), heard(11, Outcome.MISSING))
    run(store, stored(100), stored(9), stored(8), heard(70, Outcome.FAILED), heard(12, Outcome.UNPARSED))
    assert dataset.export(chosen, out) == 4
    assert out.read_bytes() == lines(8, 9, 70, 100)


def test_the_newest_record_is_exported(store: Store, chosen: Options, out: Path) -> None:
    later = NOW + timedelta(days=1)
    run(store, stored(5))
    run(store, stored(5, later, title="新标题", views=7))
    dataset.export(chosen, out)
    assert out.read_bytes() == items.line(fields(5, later, title="新标题", views=7)) + b"\n"


def test_an_unchanged_store_gives_the_same_bytes(store: Store, chosen: Options, out: Path) -> None:
    run(store, *(stored(sid) for sid in (3, 1, 2)))
    dataset.export(chosen, out)
    first = out.read_bytes()
    run(store, heard(2, Outcome.FAILED), heard(9, Outcome.MISSING))
    dataset.export(chosen, out)
    assert out.read_bytes() == first


def test_a_withdrawn_story_says_since_when(store: Store, chosen: Options, out: Path) -> None:
    run(store, stored(5))
    for hours in (1, 25):
        run(store, heard(5, Outcome.MISSING, at=NOW + timedelta(hours=hours)))
    dataset.export(chosen, out)
    assert out.read_bytes() == items.line({**fields(5), "withdrawn_at": clock.iso(NOW + timedelta(hours=1))}) + b"\n"


def test_a_reader_sees_the_old_file_or_the_whole_new_one(store: Store, chosen: Options, out: Path) -> None:
    run(store, stored(5))
    out.write_bytes(OLD)
    with out.open("rb") as reader:
        dataset.export(chosen, out)
        assert reader.read() == OLD
    assert out.read_bytes() == lines(5)
    assert list(out.parent.iterdir()) == [out]


def test_nothing_replaces_something_only_by_force(store: Store, chosen: Options, out: Path) -> None:
    run(store, heard(5, Outcome.MISSING))
    out.write_bytes(OLD)
    with pytest.raises(ExportError, match="--force"):
        dataset.export(chosen, out)
    assert out.read_bytes() == OLD
    assert dataset.export(chosen, out, force=True) == 0
    assert out.read_bytes() == b""
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.usefixtures("store")
def test_nothing_may_replace_nothing(chosen: Options, out: Path) -> None:
    assert [dataset.export(chosen, out), dataset.export(chosen, out)] == [0, 0]
    assert out.read_bytes() == b""


@pytest.mark.parametrize("name", ["stories.xlsx", "stories.gz", "stories.parquet.gz", ".jsonl"])
def test_a_form_that_there_is_not_is_refused(store: Store, chosen: Options, out: Path, name: str) -> None:
    run(store, stored(5))
    with pytest.raises(ExportError, match=r"\.jsonl, \.jl, \.ndjson|is not packed"):
        dataset.export(chosen, out.with_name(name), force=True)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["stories.jl", "stories.ndjson"])
def test_json_lines_have_several_names(store: Store, chosen: Options, out: Path, name: str) -> None:
    run(store, stored(5))
    dataset.export(chosen, out.with_name(name))
    assert out.with_name(name).read_bytes() == lines(5)


def test_a_directory_that_is_not_there_is_an_error(store: Store, chosen: Options, out: Path) -> None:
    run(store, stored(5))
    with pytest.raises(FileNotFoundError):
        dataset.export(chosen, out.parent / "none" / out.name)
    assert list(out.parent.iterdir()) == []


def test_a_failure_leaves_no_part_behind(store: Store, chosen: Options, out: Path) -> None:
    run(store, stored(5))
    out.mkdir()
    with pytest.raises(ExportError, match="there is a directory"):
        dataset.export(chosen, out)
    assert list(out.iterdir()) == []
    assert list(out.parent.iterdir()) == [out]


def test_where_there_is_no_store_none_is_made(chosen: Options, out: Path) -> None:
    out.write_bytes(OLD)
    for _ in range(2):
        with pytest.raises(StoreError, match="no store here yet"):
            dataset.export(chosen, out, force=True)
    assert not chosen.data_dir.exists()
    assert out.read_bytes() == OLD


def test_an_empty_file_is_no_store_either(tmp_path: Path, out: Path) -> None:
    (tmp_path / "solidot.db").touch()
    with pytest.raises(StoreError, match="no store here yet"):
        dataset.export(Options(data_dir=tmp_path), out)
    assert (tmp_path / "solidot.db").read_bytes() == b""
    assert not out.exists()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data directory of an SQLite store with a story."""
    with Store.opened(Options(data_dir=tmp_path / "data"), create=True) as opened:
        run(opened, stored(5))
    return tmp_path / "data"


def command(data: Path, *words: str) -> Crawl:
    return solidot("http://127.0.0.1:9", data, "export", *words)


def test_a_file_that_was_made_is_told_with_its_stories(data: Path, out: Path) -> None:
    done = command(data, str(out))
    assert (done.status, done.out, done.err) == (0, "", f"{out}: 1 stories\n")
    assert out.read_bytes() == lines(5)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["stories.xlsx"], 2, "stories.xlsx"),
        ([], 2, "--stdout"),
        (["--stdout", "stories.jsonl"], 2, "not both"),
        (["stories.jsonl", "--since", "2025"], 2, "--since=2025"),
        (["stories.jsonl", "--since", "2025-10-02", "--until", "2025-10-01"], 2, "2025-10-02"),
        (["stories.jsonl", "--sids", "7-x"], 2, "'7-x'"),
        (["stories.jsonl", "--fields", "title,texts"], 2, "'texts'"),
        (["stories.jsonl", "--without", "withdrawn,views"], 2, "'views'"),
        (["stories.jsonl", "--topic", "none"], 2, "--force"),
        (["stories.jsonl", "-s", "SOLIDOT_DATABASE_URL=none"], 2, "SOLIDOT_DATABASE_URL=none"),
        (["stories.jsonl", "-s", "SOLIDOT_DATABASE_URL=mysql://x"], 2, "SOLIDOT_DATABASE_URL=mysql"),
        (["none/stories.jsonl"], 4, "none/stories.jsonl"),
        (["stories.jsonl", "-s", "SOLIDOT_DATA_DIR=elsewhere"], 4, "elsewhere/solidot.db"),
        (["stories.jsonl", "-s", "SOLIDOT_DATABASE_URL=postgresql://u:secret@127.0.0.1:9/x"], 4, "127.0.0.1:9"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_a_status(data: Path, words: list[str], status: int, says: str) -> None:
    (data.parent / "stories.jsonl").write_bytes(OLD)
    done = command(data, *words)
    assert (done.status, done.out, done.err.count("\n")) == (status, "", 1)
    assert done.err.startswith("solidot: ")
    assert says in done.err
    assert "secret" not in done.err
    assert (data.parent / "stories.jsonl").read_bytes() == OLD
    assert {path.name for path in data.parent.iterdir()} == {"data", "stories.jsonl"}


def test_an_empty_store_is_refused_and_says_how_to_force_it(tmp_path: Path, out: Path) -> None:
    data = tmp_path / "data"
    with Store.opened(Options(data_dir=data), create=True):
        pass
    out.write_bytes(OLD)
    refused = command(data, str(out))
    assert (refused.status, refused.err.count("\n"), "--force" in refused.err) == (2, 1, True)
    assert out.read_bytes() == OLD
    assert command(data, str(out), "--force").status == 0
    assert out.read_bytes() == b""


@pytest.mark.parametrize("words", [["export", "stories.jsonl"], ["status"], ["status", "--json"]])
def test_what_only_reads_the_store_does_not_import_scrapy(data: Path, words: list[str]) -> None:
    program = (
        "import sys;from solidot_spider.cli import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "print([name for name in ('scrapy', 'twisted') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=environment("http://127.0.0.1:9", data),
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("[]\n")
