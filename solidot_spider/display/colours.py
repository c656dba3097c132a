"""Colours of a terminal, or none: https://no-color.org, and never into a file or a pipe."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "red part": "1;31",
    "green part": "1;32",
    "match": "1;33",
}


class Colours:
    """Paints text, or leaves it as it is.

    Args:
        enabled: whether to paint.
    """

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled

    def paint(self, text: str, style: str) -> str:
        """The text in a style, one of ``bold``, ``dim``, a colour's name and so on; '' paints nothing."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.enabled and style and text else text


def of(stream: TextIO | None = None) -> Colours:
    """The colours of a stream, by default of standard output."""
    stream = sys.stdout if stream is None else stream
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Colours(enabled=wanted and stream.isatty())
