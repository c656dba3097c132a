"""Starts the trial site as a child of this process."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PARENT = Path(__file__).parents[2]
"""The directory that this package is in: the child must find the same one."""
PATIENCE = 20.0
"""Seconds that the server may take to start, and to stop."""


class StartError(RuntimeError):
    """The server did not start; the message holds what it printed."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    url: str


@contextmanager
def running(*words: str) -> Iterator[Running]:
    """A server with these command line words, for the time of a ``with`` block.

    Raises:
        StartError: it ended, or printed no URL in time.
    """
    with tempfile.TemporaryFile() as errors:
        process = _start(words, errors)
        try:
            yield Running(_url(process, errors))
        finally:
            _stop(process)


def python_path() -> str:
    """The ``PYTHONPATH`` on which another process finds the code that runs here, not that of its working directory."""
    return os.pathsep.join(filter(None, (str(PARENT), os.environ.get("PYTHONPATH"))))


def _start(words: tuple[str, ...], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
        [sys.executable, "-P", "-m", "solidot_spider.trial", "--until-eof", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": python_path()},
    )


def _url(process: subprocess.Popen[bytes], errors: IO[bytes]) -> str:
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    line = process.stdout.readline() if ready else b""
    if line.startswith(b"http"):
        return line.decode().strip()
    what = f"exit status {process.wait(PATIENCE)}" if ready else f"no URL within {PATIENCE:g} s"
    printed = os.pread(errors.fileno(), 1 << 20, 0).decode(errors="replace").strip()
    raise StartError(f"the trial server did not start: {what}; it printed: {printed or 'nothing'}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server with SIGTERM, or with SIGKILL if that does not end it."""
    process.terminate()
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
