"""Tells what is a file from what is none (a device, a pipe, a descriptor of our own), and opens that for writing."""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path
from typing import IO

PATIENCE = 10.0
"""Seconds that a named pipe may be without a reader."""

_LINKS = 40
"""So many links may lead from one to the next, as in the kernel."""


def is_file(path: Path) -> bool:
    """Whether a path, its links followed, is a file or nothing yet: what may be replaced.

    Raises:
        OSError: it is a directory, or cannot be looked at.
    """
    if _descriptor(path) is not None:  # even that of a file: others write to it, too
        return False
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return True
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return stat.S_ISREG(mode)


def open_through(path: Path) -> IO[bytes]:
    """Open what is no file for writing: nothing of it is replaced or cut off.

    Raises:
        OSError: it cannot be written, or is a pipe that nobody reads.
    """
    descriptor = _descriptor(path)
    return os.fdopen(_open_device(path) if descriptor is None else os.dup(descriptor), "wb")


def _descriptor(path: Path) -> int | None:
    """The number of our own descriptor that a path such as ``/dev/stdout`` or ``/dev/fd/3`` is; None for others."""
    ours = f"/proc/{os.getpid()}/fd"
    for _ in range(_LINKS):
        directory = os.path.realpath(path.parent)
        if directory == ours and path.name.isdecimal():
            return int(path.name)
        if not path.is_symlink():
            break
        path = Path(directory) / path.readlink()
    return None


def _open_device(path: Path) -> int:
    deadline = time.monotonic() + PATIENCE
    is_pipe = path.is_fifo()
    while True:
        try:
            # Without O_NONBLOCK this waits for a reader, for ever if none comes.
            fd = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO or not is_pipe:
                raise
            if time.monotonic() > deadline:
                raise OSError(errno.ENXIO, "a pipe that nobody reads", str(path)) from error
            time.sleep(0.05)  # nothing tells when a reader comes
        else:
            os.set_blocking(fd, True)
            return fd
