"""What a run tells a person, on standard error."""

from __future__ import annotations

import sys
import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Voice:
    """Says lines at once or, quiet, only when the run ends in trouble: cron mails what is printed.

    Args:
        quiet: keep all lines until the end, and drop them when all is well.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._kept: list[str] = []

    def say(self, line: str) -> None:
        """One line."""
        line = plain(line)
        if self.quiet:
            self._kept.append(line)
        else:
            _print(line)

    def insist(self, line: str) -> None:
        """One line that is said at once, quiet or not."""
        _print(plain(line))

    def end(self, status: int) -> None:
        """The run ends with this exit status."""
        for line in self._kept if status else ():
            _print(line)
        self._kept.clear()


def plain(text: str) -> str:
    """Text that may hold something of a page, safe for a terminal and for one line: no control characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("?" if unicodedata.category(char) in _UNSAFE else char for char in text)


def _print(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
