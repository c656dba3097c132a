"""A file that grows line by line under a kernel lock: each write is there whole or not at all, also after a kill."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import Any


class PartFile(RawIOBase):
    """A new file, locked while it is open.

    Raises:
        OSError: it exists already, or cannot be made.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from error
        self._fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        lock(self._fd)
        self._size = 0

    def fileno(self) -> int:
        """Its descriptor."""
        return self._fd

    def writable(self) -> bool:
        """It can be written; it cannot be read."""
        return True

    def tell(self) -> int:
        """How many bytes are written."""
        return self._size

    def write(self, data: Any) -> int:
        """Write all of ``data``, or take back the written part of it.

        Raises:
            OSError: the disk is full, or gone.
        """
        view = memoryview(data).cast("B")
        done = 0
        try:
            while done < len(view):
                done += os.write(self._fd, view[done:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise
        self._size += done
        return done

    def close(self) -> None:
        """Close the file, and release its lock."""
        if not self.closed:
            os.close(self._fd)
        super().close()


def lock(fd: int) -> None:
    """Lock an open file until it is closed, or its process ends.

    Raises:
        OSError: another process holds it, or its file system has no locks.
    """
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_being_written(path: Path) -> bool:
    """Whether a living process holds a file's lock."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        lock(fd)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def made_and_locked(path: Path) -> int | None:
    """Make a file that nobody else has, and lock it; its descriptor, or None if it is there already.

    Raises:
        OSError: it cannot be made.
    """
    try:
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return None
    with suppress(OSError):  # some file systems have no locks
        lock(fd)
    with suppress(OSError):
        if os.path.samestat(os.fstat(fd), path.stat()):
            return fd
    os.close(fd)  # another process took it for a dead one's, before it was locked
    return None


def remove_left(path: Path) -> None:
    """Remove a part whose writer is dead; it is locked meanwhile, so that a living one keeps its own.

    Raises:
        OSError: it cannot be opened or removed, or is being written.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        lock(fd)
        path.unlink()
    finally:
        os.close(fd)
