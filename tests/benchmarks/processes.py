"""Times whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Taken(NamedTuple):
    """What a process took, in seconds: by the clock, and of CPU, user and system."""

    wall: float
    cpu: float

    def a_page_more(self, short: Taken, pages: int) -> Taken:
        """What each page took that a short run did not have; the start-up is in neither."""
        return Taken((self.wall - short.wall) / pages, (self.cpu - short.cpu) / pages)


def timed(words: list[str], env: Mapping[str, str], cwd: Path) -> Taken:
    """Run a Python process to its end.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.decode())
    return Taken(time.perf_counter() - began, usage.ru_utime + usage.ru_stime)
