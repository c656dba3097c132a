"""Replaces a file whole or not at all: a reader sees the old file or the complete new one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``path`` when the ``with`` block ends.

    The new file is written beside the old one, under a name that nobody can guess, so that the rename stays within one
    file system and two writers do not share a part. It is on the disk before the rename. If anything fails, in the
    block too, the old file stays as it is and the part is removed.

    Args:
        path: the file to make or to replace; its directory must exist.

    Yields:
        The new file, opened for writing bytes.

    Raises:
        OSError: the file cannot be written or put in place.
    """
    part = path.with_name(f"{path.name}.{token_hex(8)}.part")
    file = part.open("xb")
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
