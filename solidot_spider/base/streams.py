"""Makes the standard streams safe to use: what cannot be told to a person must not decide what a command does.

A closed descriptor would be given to the next file that is opened, such as the store, and a full or broken standard
error would end the command with an exception, or with the interpreter's own exit status 120.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any


class _Forgiving(io.FileIO):
    """Standard error that takes whatever is written, and drops what cannot go out."""

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        done = 0
        try:
            while done < len(view):
                done += super().write(view[done:]) or len(view)
        except OSError:
            pass
        return len(view)


def secure() -> None:
    """Keep the descriptors 0 to 2 taken, let standard error never fail, and let no encoding stop a line.

    Reading from a standard input that was closed ends at once; writing to such a standard output is an ``OSError``.
    """
    _take_closed()
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the process's own
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    old = sys.stderr
    if old is None or (old is sys.__stderr__ and not isinstance(getattr(old, "buffer", None), _Forgiving)):
        raw: Any = _Forgiving(2, "w", closefd=False)  # no buffer: each line is written through
        encoding = old.encoding if old else "utf-8"
        new = io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=True, write_through=True)
        sys.stderr = sys.__stderr__ = new  # type: ignore[misc] # final, but for who replaces it


def _take_closed() -> None:
    """Open ``/dev/null`` where a standard descriptor is closed; what is written to standard output fails there."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError as error:
            if error.errno != errno.EBADF:
                raise
            os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_RDWR)  # takes the lowest that is free
            os.set_inheritable(number, True)
