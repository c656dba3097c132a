"""Cleans text for records: zero-width characters go, white space collapses, and nothing is Unicode-normalised."""

from __future__ import annotations

import re

_ZERO_WIDTH = re.compile("[\ufeff\u200b-\u200d\u2060]")
_ZERO_WIDTH_CHARS = ("\ufeff", "\u200b", "\u200c", "\u200d", "\u2060")
LONG = 100_000
"""No text of a story has so many characters."""


def strip_zero_width(text: str) -> str:
    """Text without zero-width characters."""
    if text.isascii():
        return text
    for char in _ZERO_WIDTH_CHARS:  # ten times as fast as one search for all of them
        if char in text:
            return _ZERO_WIDTH.sub("", text)
    return text


def collapse_space(text: str) -> str:
    """Text without zero-width characters, each white space (also NBSP) one space, the ends trimmed."""
    if len(text) > LONG:
        return _collapse_long(text)
    return " ".join(strip_zero_width(text).split())


def _collapse_long(text: str) -> str:
    """The same piece by piece: a list of all words takes many times the memory of their text."""
    out: list[str] = []
    after_space = True
    for at in range(0, len(text), LONG):
        piece = strip_zero_width(text[at : at + LONG])
        words = " ".join(piece.split())
        if words:
            out.append(words if after_space or not piece[0].isspace() else " " + words)
            after_space = False
        if piece and piece[-1].isspace() and not after_space:
            out.append(" ")
            after_space = True
    return "".join(out).rstrip(" ")
