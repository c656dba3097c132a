"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import pytest

from solidot_spider.base import devices
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


def test_a_link_stays_and_leads_to_the_new_file(target: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.txt"
    link.symlink_to("../out.txt")
    with replacing(link) as file:
        assert Path(file.name).parent == tmp_path
        file.write(b"new\n")
    assert link.is_symlink()
    assert target.read_bytes() == b"new\n"


def test_a_link_to_nothing_yet_makes_what_it_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to("new.txt")
    with replacing(link) as file:
        file.write(b"new\n")
    assert link.is_symlink()
    assert (tmp_path / "new.txt").read_bytes() == b"new\n"


def test_links_in_a_circle_are_left(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    with pytest.raises(OSError, match="Too many levels"), replacing(tmp_path / "one"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_a_new_file_has_the_mode_of_the_old_one(target: Path, mode: int) -> None:
    target.chmod(mode)
    with replacing(target) as file:
        file.write(b"new\n")
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_new_file_has_the_group_of_the_old_one(target: Path) -> None:
    os.chown(target, 65534, 65533)
    with replacing(target) as file:
        file.write(b"new\n")
    assert (target.stat().st_uid, target.stat().st_gid) == (65534, 65533)


def test_a_group_that_cannot_be_kept_gives_its_rights_to_no_other(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise PermissionError

    target.chmod(0o674)
    monkeypatch.setattr(os, "fchown", refuse)
    with replacing(target) as file:
        file.write(b"new\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    for umask in (0o002, 0o077):
        before = os.umask(umask)
        try:
            with replacing(tmp_path / f"{umask}.txt"):
                pass
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / f"{umask}.txt").stat().st_mode) == 0o666 & ~umask


def test_a_device_is_written_through(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    for path in (Path(os.devnull), link):
        with replacing(path) as file:
            file.write(b"new\n")
        assert path.is_char_device()
    with pytest.raises(OSError, match="No space left"), replacing(Path("/dev/full")) as file:
        file.write(b"new\n")
    assert list(tmp_path.iterdir()) == [link]


def test_a_pipe_is_written_through_to_a_reader_that_comes_late(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with replacing(pipe) as file:
        file.write(b"new\n" * 100_000)
    reader.join()
    assert read == [b"new\n" * 100_000]
    assert list(tmp_path.iterdir()) == [pipe]
    assert pipe.is_fifo()


def test_a_pipe_that_nobody_reads_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(devices, "PATIENCE", 0.1)
    with pytest.raises(OSError, match="a pipe that nobody reads"), replacing(tmp_path / "pipe"):
        pass


def test_a_descriptor_of_our_own_is_written_through(target: Path) -> None:
    with target.open("ab") as opened:
        for name in (f"/dev/fd/{opened.fileno()}", f"/proc/self/fd/{opened.fileno()}"):
            with replacing(Path(name)) as file:
                file.write(b"new\n")
    assert target.read_bytes() == OLD + b"new\n" * 2
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("name", ["n" * 255, "名" * 85])
def test_the_longest_name_can_be_replaced(tmp_path: Path, name: str) -> None:
    with replacing(tmp_path / name) as file:
        file.write(b"new\n")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(OSError, match="File name too long"), replacing(tmp_path / (name + "n")):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]


KILLED = """
import os, signal, sys
from pathlib import Path
from solidot_spider.base.files import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_part_of_a_killed_writer_goes_with_the_next_one_and_no_other_does(target: Path) -> None:
    others = [target.with_name(name) for name in ("out.txt.story-x.part", "other.txt.0123456789abcdef.part")]
    for path in others:
        path.write_bytes(b"of somebody else\n")
    subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    assert len(list(target.parent.glob("out.txt.????????????????.part"))) == 1
    with replacing(target) as living:
        living.write(b"one\n")
        with replacing(target) as file:
            file.write(b"new\n")
        assert Path(living.name).exists()
    assert sorted(target.parent.iterdir()) == sorted([target, *others])
    assert target.read_bytes() == b"one\n"
