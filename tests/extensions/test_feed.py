"""Files that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base.part_file import PartFile, is_being_written
from solidot_spider.extensions.feed_storage import PartFileStorage
from tests.small_disk import SMALL, small_disk

SPIDER: Any = None


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def storage(target: Path, **options: Any) -> PartFileStorage:
    return PartFileStorage(str(target), feed_options={"part": str(target) + ".run.part", **options})


def written(target: Path, text: bytes, *, is_good: bool = True, **options: Any) -> PartFileStorage:
    made = storage(target, **options)
    file = made.open(SPIDER)
    file.write(text)
    made.store(file)
    made.publish() if is_good or made.is_journal else made.leave()
    return made


def test_a_line_that_does_not_fit_is_taken_back(tmp_path: Path) -> None:
    file = PartFile(tmp_path / "a.part")
    line = b"x" * (SMALL // 4 * 3 - 1) + b"\n"
    file.write(line)
    with small_disk(), pytest.raises(OSError, match="File too large"):
        file.write(line)
    file.close()
    assert (tmp_path / "a.part").read_bytes() == line


def test_a_part_is_made_once(tmp_path: Path) -> None:
    PartFile(tmp_path / "a.part").close()
    with pytest.raises(FileExistsError):
        PartFile(tmp_path / "a.part")


def test_a_part_tells_whether_its_run_lives(tmp_path: Path) -> None:
    file = PartFile(tmp_path / "a.part")
    assert is_being_written(tmp_path / "a.part")
    file.close()
    assert not is_being_written(tmp_path / "a.part")


def test_replacing_shows_the_old_file_until_the_end(tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    target.write_bytes(b"old\n")
    made = storage(target, overwrite=True)
    file = made.open(SPIDER)
    file.write(b"new\n")
    made.store(file)
    assert target.read_bytes() == b"old\n"
    made.publish()
    assert target.read_bytes() == b"new\n"
    assert names(tmp_path) == ["all.jsonl"]


def test_adding_joins_old_and_new(tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    target.write_bytes(b"old without an end")
    written(target, b"new\n")
    assert target.read_bytes() == b"old without an end\nnew\n"
    assert names(tmp_path) == ["all.jsonl"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_bad_run_leaves_the_old_file_and_names_the_part(tmp_path: Path, overwrite: bool) -> None:
    target = tmp_path / "all.jsonl"
    target.write_bytes(b"old\n")
    made = written(target, b"new\n", is_good=False, overwrite=overwrite)
    assert target.read_bytes() == b"old\n"
    assert made.left is not None
    assert made.left.read_bytes() == b"new\n"


def test_the_journal_of_a_bad_run_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "run.jsonl"
    made = written(target, b"new\n", is_good=False, journal=True)
    assert made.left is None
    assert target.read_bytes() == b"new\n"


def test_joining_on_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    old = b"o" * (SMALL - 1) + b"\n"
    target.write_bytes(old)
    made = storage(target)
    file = made.open(SPIDER)
    file.write(b"new\n")
    made.store(file)
    with small_disk(), pytest.raises(OSError, match="File too large"):
        made.publish()
    assert target.read_bytes() == old
    assert made.left is not None
    assert made.left.read_bytes() == b"new\n"
    assert names(tmp_path) == ["all.jsonl", "all.jsonl.run.part"]
