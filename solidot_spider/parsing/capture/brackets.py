"""Matches brackets: each pair is a link or an image if an address follows, else text."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from solidot_spider.parsing.capture.emphasis import Emphasis
from solidot_spider.parsing.capture.links import References, Target, target

_LABEL = re.compile(r"[ \t]?\n?\[([^\[\]\n]{0,300})\]")
_SPAN_ATTRIBUTES = re.compile(r"\{[.#][^{}]{0,300}\}")
_MAX_OPEN = 200
"""Brackets that are open around so many others are text."""
_MAX_LABEL = 300


class _Bracket(NamedTuple):
    """An open bracket: its piece of HTML, the offset behind it, and whether it is an image's."""

    piece: int
    start: int
    is_image: bool


class Brackets:
    """The brackets of a text's blocks, in order.

    Args:
        out: the pieces of HTML; a bracket's piece is changed when a link ends.
        references: the addresses of links that name one.
        emphasis: the marks in between.
    """

    def __init__(self, out: list[str], references: References, emphasis: Emphasis) -> None:
        self._out = out
        self._references = references
        self._emphasis = emphasis
        self._open: list[_Bracket] = []

    def open(self, sign: str, start: int) -> None:
        """Open a bracket whose text begins at ``start``."""
        if len(self._open) >= _MAX_OPEN:
            del self._open[0]
        self._open.append(_Bracket(len(self._out), start, sign == "!["))
        self._out.append(sign)

    def close(self, text: str, at: int) -> int:
        """Close the last open bracket; the offset where the text goes on, behind a link's address."""
        end = at + 1
        if not self._open:
            self._out.append("]")
            return end
        bracket = self._open.pop()
        leads_to = self._target(text, text[bracket.start : at] if at - bracket.start < _MAX_LABEL else "", end)
        if leads_to is None:
            attributes = None if bracket.is_image else _SPAN_ATTRIBUTES.match(text, end)
            if attributes:
                self._out[bracket.piece] = ""
                return attributes.end()
            self._out.append("]")
            return end
        if bracket.is_image:
            self._write_image(leads_to, bracket.piece)
        else:
            self._out[bracket.piece] = f'<a href="{html.escape(leads_to.address)}"{_title(leads_to)}>'
            self._out.append("</a>")
            self._open.clear()  # HTML knows no anchor in an anchor
        return leads_to.end

    def end_block(self) -> None:
        """Forget the brackets that are open."""
        self._open.clear()

    def _target(self, text: str, inside: str, at: int) -> Target | None:
        """The target behind a text in brackets that ends at ``at``."""
        if text.startswith("(", at):
            return target(text, at)
        label = _LABEL.match(text, at)
        if label is None:
            return None
        named = self._references.target(label[1] or inside)
        return named and named._replace(end=label.end())

    def _write_image(self, leads_to: Target, piece: int) -> None:
        alt = "".join(html.unescape(each) for each in self._out[piece + 1 :] if not each.startswith("<"))
        del self._out[piece:]
        self._emphasis.forget(piece)
        self._out.append(f'<img src="{html.escape(leads_to.address)}" alt="{html.escape(alt)}"{_title(leads_to)}>')


def _title(leads_to: Target) -> str:
    return f' title="{html.escape(leads_to.title)}"' if leads_to.title else ""
