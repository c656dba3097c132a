"""Writes lines of Markdown as HTML: headings, lists, quotations, code, tables and paragraphs."""

from __future__ import annotations

import html

from solidot_spider.parsing.capture import line_signs, lost_breaks
from solidot_spider.parsing.capture.containers import Containers, is_item
from solidot_spider.parsing.capture.inline import InlineWriter
from solidot_spider.parsing.capture.line_signs import FENCE, FENCE_END, HEADING, PANDOC_BOX, UNDERLINE
from solidot_spider.parsing.capture.links import References
from solidot_spider.parsing.capture.style import Style

_CODE_INDENT = "    "
_BREAK = "  "


class BlockWriter:
    """Writes blocks in order, line by line.

    Raises:
        TooDeepError: by a line with too many containers.
    """

    def __init__(self, references: References, style: Style) -> None:
        self._out: list[str] = []
        self._inline = InlineWriter(self._out, references, style)
        self._containers = Containers(self._out)
        self._paragraph: list[str] = []
        self._code: list[str] | None = None
        self._fence = ""
        self._in_table = False
        self._after_blank = True
        self._last_fences: dict[str, int] = {}  # the last line that can end code, by its sign

    def write(self, lines: list[str]) -> str:
        """The HTML of some lines."""
        self._last_fences = {found[1][0]: at for at, line in enumerate(lines) if (found := FENCE_END.match(line))}
        for number, line in enumerate(lines):
            self._write_line(line.expandtabs(4) if "\t" in line else line, number)
        self._end_block()
        self._containers.close(0)
        return "".join(self._out)

    def _write_line(self, line: str, number: int) -> None:
        text, matched = self._containers.match(line)
        if self._paragraph and text.startswith(_BREAK) and text.isspace() and self._paragraph[-1].endswith(_BREAK):
            self._paragraph.append(_BREAK)  # of two line breaks, one behind the other
            return
        if self._fence:
            if matched == len(self._containers):
                self._write_code_line(text)
                return
            self._end_block()
        if not text.strip() or PANDOC_BOX.match(text):
            self._end_block()
            self._after_blank = True
            return
        text, is_new = self._open_containers(text, matched)
        if not is_new and matched < len(self._containers):
            is_heading_or_rule = HEADING.match(text) or line_signs.is_rule(text)
            if self._paragraph and not self._after_blank and not is_heading_or_rule:
                self._paragraph.append(text)
                return
            self._end_block()
            self._containers.close(matched)
        self._write_leaf(text, number)
        self._after_blank = False

    def _open_containers(self, text: str, matched: int) -> tuple[str, bool]:
        """Open the containers that start in a line; what is left of it, and whether there was one."""
        is_new = False
        while start := self._containers.start(text, matched, counts_down=self._counts_down()):
            self._end_block()
            self._containers.open(start, matched)
            text = text[start.end :]
            matched += 1
            is_new = True
        return text, is_new

    def _counts_down(self) -> bool:
        return bool(self._paragraph) and is_item(self._paragraph[-1])

    def _write_leaf(self, text: str, number: int) -> None:
        heading, fence = HEADING.match(text), FENCE.match(text)
        head = self._paragraph[0] if len(self._paragraph) == 1 else ""
        under = UNDERLINE.match(text) if head else None
        if fence and self._last_fences.get(fence[1][0], -1) > number:
            self._end_block()
            self._fence, self._code = fence[1], []
        elif heading:
            self._end_block()
            self._write_heading(f"h{len(heading[1])}", line_signs.heading_text(heading[2] or ""))
        elif under and line_signs.is_underline(under[1], head):
            self._paragraph = []
            self._write_heading("h1" if under[1][0] == "=" else "h2", head)
        elif line_signs.is_rule(text):
            self._end_block()
        elif self._in_table:
            self._write_row(text)
        elif head and line_signs.is_table_head(head, text):
            self._paragraph, self._in_table = [], True
            self._out.append("<table>")
            self._write_row(head)
        else:
            self._write_text(text)

    def _write_text(self, text: str) -> None:
        """A line of a paragraph, or of code that is indented; what holds a link is none."""
        is_indented = text.startswith(_CODE_INDENT) and "](" not in text and "://" not in text
        if is_indented and not self._paragraph and (self._code is not None or self._after_blank):
            self._code = self._code or []
            self._code.append(text[len(_CODE_INDENT) :])
            return
        if self._code is not None:
            self._end_block()
        self._paragraph.append(text)

    def _write_heading(self, tag: str, text: str) -> None:
        self._out.append(f"<{tag}>")
        self._inline.write(text.strip())
        self._out.append(f"</{tag}>")

    def _write_row(self, text: str) -> None:
        self._out.append("<tr>")
        for cell in line_signs.cells(text):
            self._out.append("<td>")
            self._inline.write(cell.replace("\\|", "|"))
            self._out.append("</td>")
        self._out.append("</tr>")

    def _write_code_line(self, text: str) -> None:
        end = FENCE_END.match(text)
        if end and end[1].startswith(self._fence):
            self._end_block()
        elif self._code is not None:
            self._code.append(text)

    def _end_block(self) -> None:
        """Write the paragraph or the code that is open, and end a table."""
        if self._paragraph:
            lines, self._paragraph = self._paragraph, []
            self._out.append("<p>")
            self._inline.write(lost_breaks.restored("\n".join(lines).strip()))
            self._out.append("</p>")
        if self._code is not None:
            code, self._code = "\n".join(self._code), None
            self._out.append(f"<pre>{html.escape(code, quote=False)}</pre>")
        if self._in_table:
            self._in_table = False
            self._out.append("</table>")
        self._fence = ""
