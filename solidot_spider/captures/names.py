"""Tells by a file's name what it holds, and which story."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from solidot_spider.base.origins import HTML, MARKDOWN, WARC, Origin

PACKED = (".gz",)

_SUFFIXES: dict[str, Origin] = {
    ".warc": WARC,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".shtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
}
_STATED = re.compile(r"(?<![a-z])sid[=_.~@ -]{0,2}([1-9]\d{0,7})(?!\d)", re.ASCII | re.IGNORECASE)
_NUMBERED = re.compile(r"(?:(?:solidot|story)[-_. ]?)?([1-9]\d{0,7})", re.ASCII | re.IGNORECASE)
_MAGIC = b"\x1f\x8b"


def origin_of(name: str) -> Origin | None:
    """What a file of this name holds; None if the name does not tell. wget names a page ``story?sid=79532``."""
    suffix = Path(_bare(name)).suffix.lower()
    return _SUFFIXES.get(suffix) or (HTML if _STATED.search(unquote(name)) else None)


def origin_of_content(path: Path) -> Origin | None:
    """What a file holds by its first bytes; None if they are of no form.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        begin = file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith((b"WARC/", _MAGIC)):
        return WARC
    if begin.startswith(b"---"):
        return MARKDOWN
    return HTML if begin.startswith(b"<") else None


def sid_of(name: str) -> int | None:
    """The story that a file's name names: ``79532.html``, ``story?sid=79532``, ``story_sid_79532.htm``; or None."""
    plain = unquote(name)
    if found := _STATED.search(plain):
        return int(found[1])
    stem = _bare(plain)
    if Path(stem).suffix.lower() in _SUFFIXES:
        stem = Path(stem).stem
    found = _NUMBERED.fullmatch(stem)
    return int(found[1]) if found else None


def _bare(name: str) -> str:
    """A name without the suffix of a packing."""
    return name[: -len(".gz")] if name.lower().endswith(PACKED) else name
