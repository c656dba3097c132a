"""Writes to standard output, where a reader that has seen enough is no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from solidot_spider.base.outcome import OK


def lines(given: Iterable[str], status: int = OK) -> int:
    """Write lines; the exit status that is given.

    Raises:
        OSError: they cannot be written, other than for a reader that is gone.
    """
    try:
        sys.stdout.writelines(f"{line}\n" for line in given)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def json_lines(given: Iterable[str], status: int = OK) -> int:
    """Write lines of JSON, and none that a terminal could obey; the exit status that is given.

    Raises:
        OSError: as ``lines``.
    """
    if not sys.stdout.isatty():
        return lines(given, status)
    from solidot_spider.display import json_text

    return lines(map(json_text.harmless, given), status)
