"""Commands on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.crawling import environment

COLUMNS = 100


def on_a_terminal(url: str, data: Path, *words: str) -> tuple[int, str]:
    """The exit status of a command, and what a terminal of 100 columns shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "solidot_spider", *words],
        env=environment(url, data),
        cwd=data.parent,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        shown += more
    os.close(ours)
    return process.wait(), shown.decode()
