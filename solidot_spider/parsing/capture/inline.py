"""Writes a run of Markdown's text as HTML: links, images, emphasis, code, line breaks.

Captures are not clean CommonMark: tools leave emphasis open from one paragraph to the next, put it where Chinese has no
spaces, and do not escape brackets. So every sign is markup only where that explains the text.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right

from solidot_spider.parsing.capture import raw_tags
from solidot_spider.parsing.capture.brackets import Brackets
from solidot_spider.parsing.capture.emphasis import Emphasis
from solidot_spider.parsing.capture.links import PUNCTUATION, References, unescape
from solidot_spider.parsing.capture.style import Style

_URL_CHAR = r"A-Za-z0-9\-.~:/?#@!$&'()+,;=%"
_TOKEN = re.compile(
    r"(?P<line_end>(?<![ \t])[ \t]*\\?\n[ \t]*)"
    rf"|(?P<escape>\\[{PUNCTUATION}])"
    rf"|(?P<url>(?:https?|ftp)://(?:[{_URL_CHAR}]|\\[{PUNCTUATION}]|[*_]+(?=[A-Za-z0-9/%-]))+)"
    r"|(?P<link><(?:(?:https?|ftp)://|mailto:)[^<>\s]*(?:-\n[^<>\s]+)*>)"
    rf"|(?P<tag>{raw_tags.TAG})"
    r"|(?P<entity>&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)"
    r"|(?P<code>`+)"
    r"|(?P<image>!\[)"
    r"|(?P<open>\[)"
    r"|(?P<close>\])"
    r"|(?P<marks>\*+|_+|~~)"
)
_CODE_ENDS = re.compile(r"`+")
_CODE_SIGN = re.compile(r"[_*=(){}<>;$\s]")
_ESCAPED_MARK = re.compile(r"\\[_*`]")
_ADDRESS = re.compile(r"<?https?://")
_SPACES = (" ", "\n")
_BREAKS = ("  ", "\\", " \\")


class InlineWriter:
    """Writes the text of blocks, in order.

    Args:
        out: where the pieces of HTML go.
        references: the addresses of links that name one.
        style: how the tool wrote.
    """

    def __init__(self, out: list[str], references: References, style: Style) -> None:
        self._out = out
        self._style = style
        self._emphasis = Emphasis(out, style)
        self._brackets = Brackets(out, references, self._emphasis)
        self._code_ends: dict[int, list[int]] = {}

    def write(self, text: str) -> None:
        """Write the text of one block."""
        self._code_ends = {}
        if "`" in text:
            for run in _CODE_ENDS.finditer(text):
                self._code_ends.setdefault(len(run[0]), []).append(run.start())
        if text.endswith("\\") and not text.endswith("\\\\"):
            text = text[:-1]  # a line break at the end
        at = 0
        while found := _TOKEN.search(text, at):
            if found.start() > at:
                self._write_text(text[at : found.start()])
            at = self._write_token(text, found)
        self._write_text(text[at:])
        self._brackets.end_block()
        self._emphasis.end_block()

    def _write_text(self, text: str) -> None:
        self._out.append(html.escape(text, quote=False))

    def _write_token(self, text: str, found: re.Match[str]) -> int:
        """Write a token; the offset where the text goes on."""
        kind, end = found.lastgroup, found.end()
        if kind == "line_end":
            self._write_line_end(text, found)
        elif kind in ("escape", "url", "entity"):
            self._write_text(unescape(found[0]))
        elif kind == "link":
            address = html.escape(unescape(found[0][1:-1].replace("\n", "")))
            self._out += f'<a href="{address}">', address.removeprefix("mailto:"), "</a>"
        elif kind == "tag":
            self._out.append(raw_tags.clean(found[0]))
        elif kind == "code":
            end = self._write_code(text, found)
        elif kind in ("image", "open"):
            self._brackets.open(found[0], end)
            if self._style.adds_spaces and text.startswith((" _", " *"), end):
                end += 1
        elif kind == "close":
            end = self._brackets.close(text, found.start())
        elif found[0] != "~~":
            end = self._write_marks(text, found)
        return end

    def _write_line_end(self, text: str, found: re.Match[str]) -> None:
        """A line end: a break, or a plain one of the page's source or of a tool that broke long lines."""
        if found[0].startswith(_BREAKS) or not (self._style.keeps_breaks or self._style.is_wrapped):
            self._emphasis.add_break()
            return
        if not self._style.is_wrapped:
            self._out.append("\n")
            return
        before, behind = text[max(0, found.start() - 2) : found.start()], text[found.end() : found.end() + 1]
        if len(before) == 2 and before[0].isalnum() and before[1] == "-" and behind.isalnum():
            return  # inside a word
        start = text.rfind("\n", 0, found.start()) + 1
        has_address = _ADDRESS.match(text, found.end()) or _ADDRESS.match(text, start)
        self._out.append("\n" if has_address else " ")

    def _write_code(self, text: str, found: re.Match[str]) -> int:
        """Backquotes: the site's readers write them, too, so round a single word they are text."""
        ends = self._code_ends[len(found[0])]
        at = bisect_right(ends, found.start())
        inside = text[found.end() : ends[at]] if at < len(ends) else ""
        is_code = self._style.escapes_code or _CODE_SIGN.search(inside)
        if not inside or not is_code or _ESCAPED_MARK.search(inside):
            self._write_text(found[0])
            return found.end()
        self._out += "<code>", html.escape(inside.strip(), quote=False), "</code>"
        return ends[at] + len(found[0])

    def _write_marks(self, text: str, found: re.Match[str]) -> int:
        (start, end), adds_spaces = found.span(), self._style.adds_spaces
        before, behind = text[max(0, start - 1) : start], text[end : end + 1]
        if adds_spaces and before in _SPACES and behind.strip() and _is_mark(text[max(0, start - 2) : start - 1]):
            self._out[-1] = self._out[-1].removesuffix(before)
        closed = self._emphasis.write(found[0], before, behind)
        is_added = adds_spaces and closed and behind in _SPACES and not text[end + 1 : end + 2].isascii()
        return end + 1 if is_added else end


def _is_mark(char: str) -> bool:
    """Whether a character is full-width punctuation, behind which the site writes no space."""
    return not char.isascii() and not char.isalnum()
