"""Writes files: a file is replaced whole or not at all, and what is no file (a device, a pipe) is written through."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO

from solidot_spider.base import part_file
from solidot_spider.base.devices import is_file, open_through

LONGEST_NAME = 255
"""Bytes of a file's name, on all usual file systems."""

_TOKEN = re.compile(r"[0-9a-f]{16}\.part")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` when the ``with`` block ends.

    Links are followed. The new file is written beside the old one, under a name that nobody can guess, so that the
    rename stays within one file system and two writers do not share a part. It is on the disk before the rename, and
    has the old file's mode and group. If anything fails, in the block too, the old file stays as it is and the part is
    removed; the part of a writer that was killed is removed by the next one. A device or a pipe cannot be replaced: it
    is written through.

    Args:
        path: the file to make or to replace; its directory must exist.

    Yields:
        The new file, opened for writing bytes.

    Raises:
        OSError: the file cannot be written or put in place.
    """
    if not is_file(path):
        with open_through(path) as through:
            yield through
        return
    target = followed(path)
    _remove_left(target)
    file, part = _new_part(target)
    with file:
        try:
            yield file
            file.flush()
            put_in_place(file.fileno(), part, target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


def put_in_place(fd: int, part: Path, target: Path) -> None:
    """Rename a part to its target, when it is on the disk and has the mode and group of the file that it replaces.

    Args:
        fd: the part, open.
        part: where it is.
        target: where it goes, its links followed.

    Raises:
        OSError: the target cannot be replaced.
    """
    os.fsync(fd)
    _keep_attributes(fd, target)
    part.replace(target)


def followed(path: Path) -> Path:
    """Where a path leads when its links are followed; the last one may lead to nothing yet."""
    return Path(os.path.realpath(path))


def beside(path: Path, suffix: str) -> Path:
    """A path in the same directory whose name has a suffix; the name is cut if it would be too long."""
    name = os.fsencode(path.name)[: LONGEST_NAME - len(os.fsencode(suffix))]
    return path.with_name(name.decode(errors="ignore") + suffix)


def _suffix(token: str) -> str:
    return f".{token}.part"


def _new_part(target: Path) -> tuple[IO[bytes], Path]:
    """A new part beside a target, open and locked."""
    fd = None
    while fd is None:
        part = beside(target, _suffix(token_hex(8)))
        fd = part_file.made_and_locked(part)
    made = fd
    return open(part, "wb", opener=lambda *_: made), part


def _remove_left(target: Path) -> None:
    """Remove the parts that writers of this file have left when they were killed."""
    start = beside(target, _suffix("0" * 16)).name.removesuffix(_suffix("0" * 16)[1:])
    with suppress(OSError):
        names = [name for name in os.listdir(target.parent) if name.startswith(start)]  # noqa: PTH208 - a name may hold *
        for name in names:
            if _TOKEN.fullmatch(name, len(start)):
                with suppress(OSError):  # it is being written, or not ours to remove
                    part_file.remove_left(target.with_name(name))


def _keep_attributes(fd: int, target: Path) -> None:
    """Give a new file the owner, group, mode and access list of the one that it replaces, as far as we may."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(old.st_mode)
    try:
        os.fchown(fd, old.st_uid, old.st_gid)
    except OSError:
        try:
            os.fchown(fd, -1, old.st_gid)
        except OSError:  # another group must not get the rights of that one
            mode &= ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
    with suppress(OSError):  # some file systems have no modes
        os.fchmod(fd, mode)
    for name in _extended(target):
        with suppress(OSError):
            os.setxattr(fd, name, os.getxattr(target, name))


def _extended(target: Path) -> list[str]:
    with suppress(OSError, AttributeError):  # only Linux has it
        return os.listxattr(target)
    return []
