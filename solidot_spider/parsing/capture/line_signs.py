"""Recognises what a line of Markdown is by its signs: a heading, a rule, a fence, the head of a table."""

from __future__ import annotations

import re

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^`]*$")
FENCE_END = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")
PANDOC_BOX = re.compile(r" {0,3}:{3,}")
_RULE = re.compile(r" {0,3}(?:(?:\* ?){3,}|(?:- ?){3,}|(?:_ ?){3,})[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_LONG_RULE = 60
_MIN_UNDERLINE = 3
_FIRST_WIDE = "\u2e80"


def heading_text(text: str) -> str:
    """A heading's text, without marks at its end that close it."""
    text = text.rstrip(" \t")
    without = text.rstrip("#")
    return without.rstrip() if not without or without[-1] in " \t" else text


def is_underline(marks: str, line: str) -> bool:
    """Whether marks below a line make it a heading: as many as it has characters, or as many as it is wide."""
    text = line.strip()
    if len(marks) < min(_MIN_UNDERLINE, len(text)):
        return False
    wide = sum(2 if char >= _FIRST_WIDE else 1 for char in text)
    return marks[0] == "=" or len(marks) in (len(text), wide)


def is_rule(text: str) -> bool:
    """Whether a line is a tool's thematic break: of three marks or as long as a line; others are a story's own."""
    if not _RULE.match(text):
        return False
    count = sum(char in "*-_" for char in text)
    return count == _MIN_UNDERLINE or count >= _LONG_RULE


def is_table_head(head: str, text: str) -> bool:
    """Whether a line and the one below it begin a table."""
    has_signs = "|" in head and "|" in text and "-" in text and set(text) <= set("|:- ")
    return has_signs and len(cells(head)) == len(cells(text))


def cells(text: str) -> list[str]:
    """The cells of a table's row, without what markdownify writes for a cell over several columns."""
    found = _CELL_END.split(text.strip().removeprefix("|").removesuffix("|"))
    while len(found) > 1 and found[-1] in ("", " "):
        found.pop()
    return [cell.strip() for cell in found]
