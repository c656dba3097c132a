"""Hands rows to DuckDB through pipes, so that it converts them while more are read, and none are put aside.

DuckDB keeps what it reads from a pipe until the pipe ends: the rows go through many of them, one after another.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from queue import Queue
from threading import Thread
from typing import Self

PIPES = 50
"""Each costs DuckDB a millisecond, rows or none. The last one takes all that is left: more than 400 MB of rows, four
times those of all stories, would cost memory.
"""

PIPE_BYTES = 8 << 20
HELD = 1 << 20
"""Bytes that a pipe holds, where the system lets it: the fewer turns."""

ROWS_AT_ONCE = 256
"""Twice as many pieces are one write; systems take 1,024."""

BLOCKS_AHEAD = 16
"""Blocks of rows that are read while DuckDB converts those of a pipe: it reads nothing meanwhile, and a pipe holds
little. So many are as much as a pipe's.
"""


class Pipes:
    """Pipes that are read in their order by the names ``paths``; closed when the ``with`` block ends."""

    def __init__(self) -> None:
        self._readers: list[int] = []
        self._writers: list[int] = []
        self._blocks = Queue[list[bytes] | None](BLOCKS_AHEAD)
        self._has_ended = False
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        try:
            for _ in range(PIPES):
                reader, writer = os.pipe()
                if hasattr(fcntl, "F_SETPIPE_SZ"):
                    with suppress(OSError):  # the user has many pipes already: they are as they come
                        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, HELD)
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
        """Write rows, one a line, while ``read`` reads all pipes; each in a thread of its own.

        Raises:
            OSError: ``read`` failed.
        """
        threads = (Thread(target=self._read, args=(read,)), Thread(target=self._write))
        for thread in threads:
            thread.start()
        try:
            for block in _blocks(rows):
                self._blocks.put(block)
                if self._has_ended:
                    break
        finally:
            self._blocks.put(None)
            for thread in threads:
                thread.join()
        if self._error is not None:
            raise OSError(errno.EIO, str(self._error).partition("\n")[0]) from self._error

    def _read(self, read: Callable[[], object]) -> None:
        try:
            read()
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            self._error = error
        finally:
            _close(self._readers)

    def _write(self) -> None:
        written = 0
        try:
            while block := self._blocks.get():
                size = sum(map(len, block))
                if written + size > PIPE_BYTES and written and len(self._writers) > 1:
                    os.close(self._writers.pop(0))
                    written = 0
                written += size
                _write(self._writers[0], block, size)
        except OSError as error:
            self._has_ended = True
            if not isinstance(error, BrokenPipeError):  # else the reader has failed, and says why
                self._error = error
            while self._blocks.get():
                pass
        finally:
            _close(self._writers)


def _blocks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Rows and the ends of their lines, which are not joined: a copy of all of them would take as long as a write."""
    lines = iter(rows)
    while some := list(islice(lines, ROWS_AT_ONCE)):
        block = [b"\n"] * (2 * len(some))
        block[::2] = some
        yield block


def _write(descriptor: int, block: list[bytes], size: int) -> None:
    written = os.writev(descriptor, block)
    if written < size:  # a signal came
        left = memoryview(b"".join(block))[written:]
        while left:
            left = left[os.write(descriptor, left) :]


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
