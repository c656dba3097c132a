"""Reads the addresses of Markdown's links: behind the text in brackets, or in a list of references."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

PUNCTUATION = r"!-/:-@\[-`{-~"
_ESCAPED = re.compile(rf"\\([{PUNCTUATION}])")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_REFERENCE = re.compile(
    r"^ {0,3}\[([^\[\]\n]{1,300})\]:[ \t]*\n?[ \t]*(<[^<>\n]*>|[^\s<]\S*)"
    r"""(?:[ \t]*\n?[ \t]+("[^"\n]*(?:\\"[^"\n]*)*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$""",
    re.MULTILINE,
)
_USE = re.compile(r"\]\[([^\[\]\n]{1,300})\]")
_SHORT_USE = re.compile(r"\[([^\[\]\n]{1,300})\]\[\]")
_POINTY = re.compile(r"<([^<>\n]*)>")
_ADDRESS_PIECE = re.compile(r"(?:\\[^\n]|[^\\()\s])+")
_TITLE = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|\(([^()]*)\)', re.DOTALL)
_SPACE = re.compile(r"\s+")
_ATTRIBUTES = re.compile(r"\{[^{}]{0,300}\}")
_MAX_NESTED = 8
_MAX_ADDRESS = 8192


class Target(NamedTuple):
    """Where a link leads: its address and title, and the offset behind it."""

    address: str
    title: str
    end: int


def unescape(text: str) -> str:
    """A text without backslashes in front of punctuation, and with character references resolved."""
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def target(text: str, at: int) -> Target | None:
    """The target that begins at a ``(`` behind a link's text; None if there is none.

    Addresses may hold spaces, as tools leave them, and balanced brackets.
    """
    at += 1
    found = _POINTY.match(text, at)
    if found:
        address, at = found[1], found.end()
    else:
        start, at = at, _end_of_address(text, at)
        if at < 0:
            return None
        address = "".join(text[start:at].split("\n"))
    at = _skip_space(text, at)
    title = _TITLE.match(text, at)
    if title:
        at = _skip_space(text, title.end())
    if text[at : at + 1] != ")":
        return None
    words = (title[1] or title[2] or title[3] or "") if title else ""
    return Target(unescape(address), unescape(words), _skip_attributes(text, at + 1))


def _end_of_address(text: str, at: int) -> int:
    """Where an address without pointed brackets ends; -1 if it does not end."""
    depth, limit = 0, at + _MAX_ADDRESS
    while at < min(limit, len(text)):
        piece = _ADDRESS_PIECE.match(text, at, limit)
        if piece:
            at = piece.end()
            continue
        char = text[at]
        if char == "(":
            depth += 1
            if depth > _MAX_NESTED or text[at - 1] == "]":
                return -1  # another link begins
        elif char == ")":
            if not depth:
                return at
            depth -= 1
        elif char != "\\":
            behind = _skip_space(text, at)
            title = _TITLE.match(text, behind)
            if title and text.startswith(")", _skip_space(text, title.end())):
                return at
            at = behind
            continue
        at += 1
    return -1


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _skip_attributes(text: str, at: int) -> int:
    """Behind the attributes that pandoc writes after a link or an image."""
    found = _ATTRIBUTES.match(text, at) if text[at : at + 1] == "{" else None
    return found.end() if found else at


class References:
    """The addresses that links name by a label, and the text without them."""

    def __init__(self, text: str) -> None:
        self._targets: dict[str, Target] = {}
        self._used = {*_USE.findall(text), *_SHORT_USE.findall(text)} if "]:" in text else set()
        self.text = _REFERENCE.sub(self._take, text) if self._used else text

    def _take(self, found: re.Match[str]) -> str:
        label = found[1].lower()
        if found[1] not in self._used:
            return found[0]  # a line of the story
        address = found[2][1:-1] if found[2].startswith("<") else found[2]
        self._targets.setdefault(label, Target(unescape(address), unescape((found[3] or "")[1:-1]), 0))
        return ""

    def target(self, label: str) -> Target | None:
        """The target that a label names; None if none does."""
        return self._targets.get(label.lower())

    def addresses(self, text: str) -> list[str]:
        """The text itself, which may hold addresses, and those that its links name by a label."""
        named = (self.target(label) for label in _USE.findall(text))
        return [unescape(text), *(each.address for each in named if each)]
