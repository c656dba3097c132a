"""Follows the quotations and list items that lines of Markdown stand in, and writes their tags."""

from __future__ import annotations

import re
from dataclasses import dataclass

from solidot_spider.parsing.capture.line_signs import is_rule
from solidot_spider.parsing.paragraph_builder import TooDeepError

_MAX_OPEN = 40
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"( *)(?:([*+-])|(\d{1,9})[.)])(?:( {1,4})(?! )|( )(?= {4})|$)")


def is_item(line: str) -> bool:
    """Whether a line looks like a list's item."""
    return _ITEM.match(line) is not None


@dataclass(slots=True)
class _Container:
    """A quotation, or an item of a list with the columns its lines are indented by and its number."""

    tag: str
    indent: int = 0
    number: int = 0


class Start:
    """The start of a container in a line: of a quotation, or of an item that goes on with a list or not."""

    def __init__(self, found: re.Match[str], tag: str, *, goes_on: bool = False) -> None:
        self.end = found.end()
        self.tag = tag
        self.goes_on = goes_on
        self.indent = self.number = 0
        if tag != "blockquote":
            self.indent = found.end() if found[4] or found[5] else found.end() + 1
            self.number = int(found[3] or 0)


class Containers:
    """The containers that are open, outermost first.

    Args:
        out: where their tags go.
    """

    def __init__(self, out: list[str]) -> None:
        self._out = out
        self._open: list[_Container] = []

    def __len__(self) -> int:
        return len(self._open)

    def match(self, line: str) -> tuple[str, int]:
        """What is left of a line behind the signs of the open containers, and how many of them go on."""
        matched = 0
        for container in self._open:
            if container.tag == "blockquote":
                found = _QUOTE.match(line)
                if found is None:
                    break
                line = line[found.end() :]
            elif line[: container.indent].strip():
                break
            else:
                line = line[container.indent :]
            matched += 1
        return line, matched

    def start(self, text: str, matched: int, *, counts_down: bool) -> Start | None:
        """The container that a line starts behind the first ``matched`` ones; None if it starts none.

        An item needs a number that fits: the first, or the next of its list. Others are text.

        Args:
            text: what is left of the line.
            matched: how many containers go on.
            counts_down: whether the line before looks like an item, but is text.
        """
        quote = _QUOTE.match(text)
        if quote:
            return Start(quote, "blockquote")
        item = None if is_rule(text) else _ITEM.match(text)
        if item is None:
            return None
        tag, number = "ul" if item[2] else "ol", int(item[3] or 0)
        before = self._open[matched] if matched < len(self._open) and self._open[matched].tag == tag else None
        goes_on = before is not None and (tag == "ul" or number == before.number + 1 or number == before.number == 1)
        if tag == "ol" and not goes_on and (number != 1 or counts_down):
            return None
        return Start(item, tag, goes_on=goes_on)

    def open(self, start: Start, matched: int) -> None:
        """Open a container behind the first ``matched`` ones.

        Raises:
            TooDeepError: there are too many.
        """
        if start.goes_on:
            self.close(matched + 1)
            self._out.append("</li><li>")
            self._open[matched].indent, self._open[matched].number = start.indent, start.number
            return
        self.close(matched)
        if len(self._open) >= _MAX_OPEN:
            raise TooDeepError
        self._open.append(_Container(start.tag, start.indent, start.number))
        self._out.append("<blockquote>" if start.tag == "blockquote" else f"<{start.tag}><li>")

    def close(self, kept: int) -> None:
        """Close all containers but the first ones."""
        while len(self._open) > kept:
            tag = self._open.pop().tag
            self._out.append("</blockquote>" if tag == "blockquote" else f"</li></{tag}>")
