"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import pytest

from solidot_spider.base.files import replacing
from tests.small_disk import SMALL, small_disk

OLD = b"what was there before\n"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "out.txt"
    path.write_bytes(OLD)
    return path


def test_the_old_file_is_there_until_the_end(target: Path) -> None:
    with target.open("rb") as reader:
        with replacing(target) as file:
            file.write(b"new\n")
            file.flush()
            assert target.read_bytes() == OLD
        assert target.read_bytes() == b"new\n"
        assert reader.read() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    with replacing(tmp_path / "new.txt") as file:
        assert [path.name for path in tmp_path.iterdir()] == [Path(file.name).name]
        assert Path(file.name).name.startswith("new.txt.")
        file.write(b"new\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"new.txt": b"new\n"}


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_no_part(target: Path, error: type[BaseException]) -> None:
    def fail(file: IO[bytes]) -> None:
        file.write(b"new\n")
        raise error

    with pytest.raises(error), replacing(target) as file:
        fail(file)
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("size", [SMALL + 1, 100 * SMALL])
def test_a_full_disk_leaves_the_old_file_and_no_part(target: Path, size: int) -> None:
    with small_disk(), pytest.raises(OSError, match="File too large"), replacing(target) as file:
        file.write(b"x" * size)
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_the_new_file_is_on_the_disk_before_it_takes_its_place(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[int, bytes]] = []

    def fsync(fd: int) -> None:
        synced.append((os.fstat(fd).st_size, target.read_bytes()))

    monkeypatch.setattr(os, "fsync", fsync)
    with replacing(target) as file:
        file.write(b"new\n")
    assert synced == [(4, OLD)]


def test_two_writers_share_no_part(target: Path) -> None:
    with replacing(target) as one, replacing(target) as other:
        one.write(b"one\n")
        other.write(b"other\n")
    assert target.read_bytes() == b"one\n"
    assert list(target.parent.iterdir()) == [target]


def test_what_cannot_be_replaced_stays(tmp_path: Path) -> None:
    (tmp_path / "directory").mkdir()
    with pytest.raises(OSError), replacing(tmp_path / "directory") as file:
        file.write(b"new\n")
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "none" / "out.txt"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["directory"]
