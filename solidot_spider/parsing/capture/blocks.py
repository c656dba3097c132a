"""Writes lines of Markdown as HTML: headings, lists, quotations, code, tables and paragraphs."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from solidot_spider.parsing.capture import lost_breaks
from solidot_spider.parsing.capture.inline import InlineWriter
from solidot_spider.parsing.capture.links import References
from solidot_spider.parsing.capture.style import Style
from solidot_spider.parsing.paragraph_builder import TooDeepError

_MAX_CONTAINERS = 40
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"( *)(?:([*+-])|(\d{1,9})[.)])(?:( {1,4})(?! )|( )(?= {4})|$)")
HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\* ?){3,}|(?:- ?){3,}|(?:_ ?){3,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^`]*$")
_FENCE_END = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")
_CODE_INDENT = "    "
_LONG_RULE = 60
_CELL_END = re.compile(r"(?<!\\)\|")
_PANDOC_BOX = re.compile(r" {0,3}:{3,}")


@dataclass(slots=True)
class _Container:
    """A quotation, or an item of a list with the columns its lines are indented by and its number."""

    tag: str
    indent: int = 0
    number: int = 0


class BlockWriter:
    """Writes blocks in order, line by line.

    Raises:
        TooDeepError: by a line with too many containers.
    """

    def __init__(self, references: References, style: Style) -> None:
        self.out: list[str] = []
        self._inline = InlineWriter(self.out, references, style)
        self._open: list[_Container] = []
        self._paragraph: list[str] = []
        self._code: list[str] | None = None
        self._fence = ""
        self._table = False
        self._after_blank = True
        self._last_fences: dict[str, int] = {}

    def write(self, lines: list[str]) -> str:
        """The HTML of some lines."""
        self._last_fences = {found[1][0]: at for at, line in enumerate(lines) if (found := _FENCE_END.match(line))}
        for number, line in enumerate(lines):
            self._write_line(line.expandtabs(4) if "\t" in line else line, number)
        self._end_block()
        self._close(0)
        return "".join(self.out)

    def _write_line(self, line: str, number: int) -> None:
        text, matched = self._match_containers(line)
        if self._paragraph and text.startswith("  ") and text.isspace() and self._paragraph[-1].endswith("  "):
            self._paragraph.append("  ")  # of two line breaks, one behind the other
            return
        if self._fence:
            if matched == len(self._open):
                self._write_code_line(text)
                return
            self._end_block()
        if not text.strip() or _PANDOC_BOX.match(text):
            self._end_block()
            self._after_blank = True
            return
        text, is_new = self._open_containers(text, matched)
        if not is_new and matched < len(self._open):
            if self._paragraph and not self._after_blank and not HEADING.match(text) and not _RULE.match(text):
                self._paragraph.append(text)
                return
            self._end_block()
            self._close(matched)
        self._write_leaf(text, number)
        self._after_blank = False

    def _match_containers(self, line: str) -> tuple[str, int]:
        """What is left of a line behind the marks of the open containers, and how many of them go on."""
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

    def _open_containers(self, text: str, matched: int) -> tuple[str, bool]:
        """Open the containers that begin in a line; what is left of it, and whether there was one."""
        is_new = False
        while True:
            quote = _QUOTE.match(text)
            item = None if quote or _is_rule(text) else _ITEM.match(text)
            if quote:
                self._end_block()
                self._close(matched)
                self._push(_Container("blockquote"))
                text = text[quote.end() :]
            elif item and self._open_item(item, matched):
                text = text[item.end() :]
            else:
                return text, is_new
            matched += 1
            is_new = True

    def _open_item(self, found: re.Match[str], matched: int) -> bool:
        """Begin a list's item; False if the line only looks like one, since its number does not fit."""
        tag = "ul" if found[2] else "ol"
        number = int(found[3] or 0)
        indent = found.end() if found[4] or found[5] else found.end() + 1
        before = self._open[matched] if matched < len(self._open) and self._open[matched].tag == tag else None
        goes_on = before is not None and (tag == "ul" or number == before.number + 1 or number == before.number == 1)
        if tag == "ol" and not goes_on and (number != 1 or self._counts_down()):
            return False
        self._end_block()
        if before and goes_on:
            self._close(matched + 1)
            self.out.append("</li><li>")
            before.indent, before.number = indent, number
        else:
            self._close(matched)
            self._push(_Container(tag, indent, number))
        return True

    def _counts_down(self) -> bool:
        """Whether the line before looks like an item, but is none, since its number did not fit."""
        return bool(self._paragraph) and _ITEM.match(self._paragraph[-1]) is not None

    def _push(self, container: _Container) -> None:
        if len(self._open) >= _MAX_CONTAINERS:
            raise TooDeepError
        self._open.append(container)
        self.out.append("<blockquote>" if container.tag == "blockquote" else f"<{container.tag}><li>")

    def _close(self, kept: int) -> None:
        """Close all containers but the first ones."""
        while len(self._open) > kept:
            tag = self._open.pop().tag
            self.out.append("</blockquote>" if tag == "blockquote" else f"</li></{tag}>")

    def _write_leaf(self, text: str, number: int) -> None:
        heading, fence = HEADING.match(text), _FENCE.match(text)
        if fence and self._last_fences.get(fence[1][0], -1) > number:
            self._end_block()
            self._fence, self._code = fence[1], []
        elif heading:
            self._end_block()
            self._write_heading(f"h{len(heading[1])}", heading_text(heading[2] or ""))
        elif (
            len(self._paragraph) == 1
            and (found := UNDERLINE.match(text))
            and is_underline(found[1], self._paragraph[0])
        ):
            title, self._paragraph = self._paragraph[0], []
            self._write_heading("h1" if found[1][0] == "=" else "h2", title)
        elif _is_rule(text):
            self._end_block()
        elif self._table:
            self._write_row(text)
        elif len(self._paragraph) == 1 and _is_table_head(self._paragraph[0], text):
            head, self._paragraph = self._paragraph[0], []
            self._table = True
            self.out.append("<table>")
            self._write_row(head)
        elif self._is_code(text):
            self._code = [*(self._code or []), text[len(_CODE_INDENT) :]]
        else:
            if self._code is not None:
                self._end_block()
            self._paragraph.append(text)

    def _is_code(self, text: str) -> bool:
        """Whether a line is indented as code is; what holds a link is none."""
        if not text.startswith(_CODE_INDENT) or self._paragraph or "](" in text or "://" in text:
            return False
        return self._code is not None or self._after_blank

    def _write_heading(self, tag: str, text: str) -> None:
        self.out.append(f"<{tag}>")
        self._inline.write(text.strip())
        self.out.append(f"</{tag}>")

    def _write_row(self, text: str) -> None:
        self.out.append("<tr>")
        for cell in _cells(text):
            self.out.append("<td>")
            self._inline.write(cell.replace("\\|", "|"))
            self.out.append("</td>")
        self.out.append("</tr>")

    def _write_code_line(self, text: str) -> None:
        end = _FENCE_END.match(text)
        if end and end[1].startswith(self._fence):
            self._end_block()
        elif self._code is not None:
            self._code.append(text)

    def _end_block(self) -> None:
        """Write the paragraph or the code that is open, and end a table."""
        if self._paragraph:
            lines, self._paragraph = self._paragraph, []
            self.out.append("<p>")
            self._inline.write(lost_breaks.restored("\n".join(lines).strip()))
            self.out.append("</p>")
        if self._code is not None:
            code, self._code = "\n".join(self._code), None
            self.out.append(f"<pre>{html.escape(code, quote=False)}</pre>")
        if self._table:
            self._table = False
            self.out.append("</table>")
        self._fence = ""


def heading_text(text: str) -> str:
    """A heading's text, without marks at its end that close it."""
    text = text.rstrip(" \t")
    without = text.rstrip("#")
    return without.rstrip() if not without or without[-1] in " \t" else text


def is_underline(marks: str, line: str) -> bool:
    """Whether marks below a line make it a heading: as many as it has characters, or as many as it is wide."""
    if len(marks) < 3 and len(line.strip()) >= 3:
        return False
    wide = sum(2 if ord(char) > 0x2E80 else 1 for char in line.strip())
    return marks[0] == "=" or len(marks) in (len(line.strip()), wide)


def _is_rule(text: str) -> bool:
    """Whether a line is a tool's thematic break: of three marks or as long as a line; others are a story's own."""
    if not _RULE.match(text):
        return False
    count = sum(char in "*-_" for char in text)
    return count == 3 or count >= _LONG_RULE


def _is_table_head(head: str, text: str) -> bool:
    """Whether a line and the one below it begin a table."""
    return (
        "|" in head
        and "|" in text
        and "-" in text
        and set(text) <= set("|:- ")
        and len(_cells(head)) == len(_cells(text))
    )


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in _CELL_END.split(text.strip().removeprefix("|").removesuffix("|"))]
