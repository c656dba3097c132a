"""Makes JSON harmless to a terminal; its meaning stays."""

from __future__ import annotations

import re

from solidot_spider.base.console import is_safe

_ESCAPED_FROM = 0x7F


def harmless(line: str) -> str:
    """JSON in which every character that a terminal could obey is escaped."""
    return line if line.isascii() and "\x7f" not in line else "".join(map(_char, line))


def _char(char: str) -> str:
    if ord(char) < _ESCAPED_FROM or is_safe(char):
        return char
    pairs = char.encode("utf-16-be", "surrogatepass")
    return re.sub("(....)", r"\\u\1", pairs.hex())
