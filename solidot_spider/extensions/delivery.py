"""Delivers a feed to a server: within bounds, and without losing its records if that fails."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from scrapy.extensions.feedexport import BlockingFeedStorage

SILENCE = 60.0
"""Seconds that the server may not answer; Scrapy waits for ever."""


@contextmanager
def held(file: Any) -> Iterator[IO[bytes] | None]:
    """A second hold on a temporary file, whose content is gone when its storage has closed it; None if it has none."""
    try:
        second = os.fdopen(os.dup(file.fileno()), "rb")
    except (AttributeError, OSError):
        yield None
        return
    with second:
        yield second


@contextmanager
def bounded(storage: object) -> Iterator[None]:
    """Let the sockets of a delivery give up on a server that does not answer, for the time of a ``with`` block."""
    before = socket.getdefaulttimeout()
    if isinstance(storage, BlockingFeedStorage):
        socket.setdefaulttimeout(SILENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def keep(file: IO[bytes], path: str) -> bool:
    """Copy what was not delivered into a new file; False if that fails, too."""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with Path(path).open("xb") as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
    except OSError:
        return False
    return True
