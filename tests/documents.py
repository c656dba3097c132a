"""Takes what a document tells its readers to type out of it, to run just that."""

from __future__ import annotations

import ast
import re
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    page.name.removesuffix(".md"): page.read_text(encoding="utf-8")
    for page in sorted((files("solidot_spider") / "docs").iterdir(), key=lambda page: page.name)
    if page.name.endswith(".md")
}
"""The pages for users by name."""

_ROW = re.compile(r"^\| ([\w -]+) \| `(.+?)` \|", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.+?)^```$", re.MULTILINE | re.DOTALL)


def section(document: str, heading: str) -> str:
    """The text under a heading, up to the next one.

    Raises:
        KeyError: there is none.
    """
    found = re.search(rf"^#+ {re.escape(heading)}\n(.+?)(?=^#{{1,6}} |\Z)", document, re.MULTILINE | re.DOTALL)
    if found is None:
        raise KeyError(heading)
    return found[1]


def commands(document: str) -> list[str]:
    """The commands of this program that a document shows, those behind a ``$``."""
    return re.findall(r"^\$ (solidot .*)$", document, re.MULTILINE)


def rows(text: str) -> dict[str, str]:
    """The rows of a table whose second cell is code: the code by the first cell."""
    return dict(_ROW.findall(text))


def blocks(text: str) -> list[tuple[str, str]]:
    """The fenced blocks: language and code."""
    return [(language, code.rstrip("\n")) for language, code in _BLOCK.findall(text)]


def statements(code: str) -> list[str]:
    """The statements of Python code."""
    return [ast.get_source_segment(code, each) or "" for each in ast.parse(code).body]
