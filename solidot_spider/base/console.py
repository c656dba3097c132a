"""The console: what a command prints for a person, on standard error, safe for any terminal."""

from __future__ import annotations

import json
import sys
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what is not printed: controls, formats, surrogates, private, unassigned, separators."""


_form = "text"


def use_form(form: str) -> None:
    """Print each line as ``text``, or as an object of ``json`` with time (UTC), level, logger and message."""
    global _form  # noqa: PLW0603 - a process has one standard error
    _form = form


class Console:
    """Prints lines at once or, if quiet, only when the run ends in trouble: cron mails what is printed.

    Args:
        quiet: keep all lines until the end, and drop them if the exit status is 0.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._kept: list[str] = []

    def print(self, line: str) -> None:
        """Print a line."""
        line = plain(line)
        if self.quiet:
            self._kept.append(line)
        else:
            _write(line)

    def print_always(self, line: str) -> None:
        """Print a line at once, quiet or not."""
        _write(plain(line))

    def end(self, status: int) -> None:
        """The run ends with this exit status: print what was kept, or drop it."""
        for line in self._kept if status else ():
            _write(line)
        self._kept.clear()


def refuse(message: str, status: int) -> int:
    """Print why a command does nothing, in one line; its exit status."""
    _write(f"solidot: {plain(message)}", "ERROR")
    return status


def plain(text: str) -> str:
    """Text that may come from a page, as one line without control characters."""
    if text.isprintable():
        return text
    return "".join(char if is_safe(char) else "?" for char in text)


def is_safe(char: str) -> bool:
    """Whether a character only shows: no control, no format such as a change of direction, no separator of lines."""
    return unicodedata.category(char) not in _UNSAFE


def _write(line: str, level: str = "INFO") -> None:
    if sys.stderr is None:
        return
    if _form == "json":
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        event = {"time": now, "level": level, "logger": "solidot_spider", "message": line}
        line = json.dumps(event, ensure_ascii=False)
    with suppress(OSError, ValueError):  # full, gone or closed: what cannot be told must not decide what is done
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
