"""Hands rows to DuckDB through pipes, so that it converts them while more are read, and none are put aside.

DuckDB keeps what it reads from a pipe until the pipe ends: the rows go through many of them, one after another.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from threading import Thread
from typing import Self

PIPES = 100
"""The last one takes all that is left: more than 1.6 GB of rows would cost memory."""

PIPE_BYTES = 16 << 20
ROWS_AT_ONCE = 256


class Pipes:
    """Pipes that are read in their order by the names ``paths``; closed when the ``with`` block ends."""

    def __init__(self) -> None:
        self._readers: list[int] = []
        self._writers: list[int] = []
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        try:
            for _ in range(PIPES):
                reader, writer = os.pipe()
                self._readers.append(reader)
                self._writers.append(writer)
        except OSError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        _close(self._writers)
        _close(self._readers)

    @property
    def paths(self) -> list[str]:
        """The names by which this process opens the pipes for reading."""
        return [f"/dev/fd/{each}" for each in self._readers]

    def feed(self, rows: Iterable[bytes], read: Callable[[], object]) -> None:
        """Write rows, one a line, while ``read`` reads all pipes in a thread of its own.

        Raises:
            OSError: ``read`` failed.
        """
        reader = Thread(target=self._read, args=(read,))
        reader.start()
        try:
            with suppress(BrokenPipeError):  # the reader has failed
                self._write(rows)
        finally:
            _close(self._writers)
            reader.join()
        if self._error is not None:
            raise OSError(errno.EIO, str(self._error).partition("\n")[0]) from self._error

    def _read(self, read: Callable[[], object]) -> None:
        try:
            read()
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            self._error = error
        finally:
            _close(self._readers)

    def _write(self, rows: Iterable[bytes]) -> None:
        written = 0
        for data in _blocks(rows):
            if written + len(data) > PIPE_BYTES and written and len(self._writers) > 1:
                os.close(self._writers.pop(0))
                written = 0
            written += len(data)
            left = memoryview(data)
            while left:
                left = left[os.write(self._writers[0], left) :]


def _blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    lines = iter(rows)
    while some := list(islice(lines, ROWS_AT_ONCE)):
        yield b"\n".join([*some, b""])


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
