"""A directory beside an output, locked while it is built: it takes the place of an old one at once and whole.

Where the system cannot exchange two names, two renames do it; a kill between them leaves both directories beside the
name, and the next export puts the old one back.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from solidot_spider.export import contents

PART, OLD = ".part", ".old"

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def replacing(directory: Path) -> Iterator[Path]:
    """A new directory that takes the place of ``directory`` when the ``with`` block ends.

    If anything fails, in the block too, the old directory stays as it is and the new one is removed. What a killed
    export left beside it is removed before.

    Args:
        directory: the directory to make or to replace; its parent must exist.

    Raises:
        OSError: the new directory cannot be written or put in place.
    """
    real = directory.resolve()
    with _part(real) as (new, held):
        yield new
        _like(real, new)
        _to_disk(held)
        _put_in_place(new, real)


@contextmanager
def scratch(file: Path) -> Iterator[Path]:
    """A directory for what is needed while a file is written, on its file system, for the time of a ``with`` block.

    For a device or a pipe it is where temporary files are.

    Raises:
        OSError: the directory cannot be made.
    """
    real = file.resolve()
    if real.exists() and not real.is_file():
        with TemporaryDirectory(prefix="solidot.") as made:
            yield Path(made)
        return
    with _part(real) as (new, _):
        yield new
        shutil.rmtree(new)


def heal(real: Path) -> None:
    """Remove what killed exports left beside a directory, and put back an old one whose place is empty.

    Raises:
        OSError: something cannot be removed or renamed.
    """
    left = re.compile(re.escape(real.name) + r"\.[0-9a-f]{16}(\.part|\.old)")
    found = [(each, match[1]) for each in real.parent.iterdir() if (match := left.fullmatch(each.name))]
    for path, kind in sorted(found):
        if not path.is_dir() or (kind == PART and _is_being_built(path)):
            continue
        if kind == OLD and not real.exists():
            path.rename(real)
        elif kind == OLD or contents.descriptor(path):
            contents.remove(path)
        else:
            shutil.rmtree(path, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two directories at once; False if the system cannot.

    Raises:
        OSError: they cannot be renamed.
    """
    call = getattr(_libc, "renameat2", None)
    if call is None:
        return False
    if not call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        return True
    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL}:
        return False
    raise OSError(code, os.strerror(code), str(other))


@contextmanager
def _part(real: Path) -> Iterator[tuple[Path, int]]:
    """A new directory beside a path, and what holds its lock; removed if the block fails."""
    heal(real)
    new, held = _locked(real)
    try:
        yield new, held
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    finally:
        os.close(held)


def _locked(real: Path) -> tuple[Path, int]:
    while True:
        new = _beside(real, PART)
        new.mkdir()
        held = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
        with suppress(BlockingIOError):  # another export looks whether it is left over, and removes it
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # says to others that this one is being built
            if new.exists():
                return new, held
        os.close(held)


def _put_in_place(new: Path, real: Path) -> None:
    if not real.exists():
        new.rename(real)
        return
    if exchange(new, real):
        contents.remove(new)
        return
    old = _beside(real, OLD)
    real.rename(old)
    try:
        new.rename(real)
    except OSError:
        old.rename(real)
        raise
    contents.remove(old)


def _beside(real: Path, suffix: str) -> Path:
    return real.with_name(f"{real.name}.{token_hex(8)}{suffix}")


def _like(old: Path, new: Path) -> None:
    """Give the new directory the mode and the group of the old one, as far as this user may."""
    with suppress(FileNotFoundError):
        status = old.stat()
        new.chmod(status.st_mode & 0o7777)
        with suppress(OSError):
            os.chown(new, -1, status.st_gid)


def _to_disk(directory: int) -> None:
    """Wait until all files of a directory's file system are on the disk: one by one takes far longer."""
    if not hasattr(_libc, "syncfs") or _libc.syncfs(directory):
        os.sync()


def _is_being_built(path: Path) -> bool:
    try:
        held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(held)
    return False
