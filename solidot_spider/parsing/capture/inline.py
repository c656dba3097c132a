"""Writes a run of Markdown's text as HTML: links, images, emphasis, line breaks.

Captures are not clean CommonMark: tools leave emphasis open from one paragraph to the next, put it where Chinese has no
spaces, and do not escape brackets. So every sign is markup only where that explains the text.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right

from solidot_spider.parsing.capture.links import References, Target, target, unescape
from solidot_spider.parsing.capture.style import Style
from solidot_spider.parsing.html_tags import INLINE

_URL_CHAR = r"A-Za-z0-9\-.~:/?#@!$&'()+,;=%"
_TOKEN = re.compile(
    r"(?P<line_end>(?<![ \t])[ \t]*\\?\n[ \t]*)"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    rf"|(?P<url>(?:https?|ftp)://(?:[{_URL_CHAR}]|\\[!-/:-@\[-`{{-~]|[*_]+(?=[A-Za-z0-9/%-]))+)"
    r"|(?P<link><(?:(?:https?|ftp)://|mailto:)[^<>\s]*>)"
    r"|(?P<tag></?(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>\s[^<>]*)?/?>|<!--[^<>]*-->)"
    r"|(?P<entity>&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)"
    r"|(?P<code>`+)"
    r"|(?P<image>!\[)"
    r"|(?P<open>\[)"
    r"|(?P<close>\])"
    r"|(?P<marks>\*+|_+|~~)"
)
_LABEL = re.compile(r"[ \t]?\n?\[([^\[\]\n]{0,300})\]")
_SPAN_ATTRIBUTES = re.compile(r"\{[.#][^{}\n]{0,300}\}")
_ATTRIBUTE = re.compile(r"([a-zA-Z]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ESCAPED_MARK = re.compile(r"\\[_*`]")
_CODE_ENDS = re.compile(r"`+")
_KEPT_TAGS = INLINE | {"br"}
_KEPT_ATTRIBUTES = {"a": ("href", "title"), "img": ("src", "alt", "title")}
_WORD = re.compile(r"[A-Za-z0-9]")
_ELEMENTS = {1: "em", 2: "strong"}
_MAX_OPEN = 200
"""Brackets and marks that are open longer than so many others are text."""


class InlineWriter:
    """Writes the text of blocks, in order.

    Args:
        out: where the pieces of HTML go; a mark's piece may be changed when its other end is found.
        references: the addresses of links that name one.
        style: how the tool wrote.
    """

    def __init__(self, out: list[str], references: References, style: Style) -> None:
        self.out = out
        self._references = references
        self._style = style
        self._open_before: dict[str, int] = {}  # marks that an earlier block left open, by their piece
        self._marks: dict[str, list[int]] = {}
        self._brackets: list[tuple[int, int, bool]] = []  # the piece, the offset behind it, whether of an image
        self._code_ends: dict[int, list[int]] = {}

    def write(self, text: str) -> None:
        """Write the text of one block."""
        self._marks, self._brackets = {}, []
        self._code_ends = {}
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
        self._leave_marks_open()

    def _write_text(self, text: str) -> None:
        self.out.append(html.escape(text, quote=False))

    def _write_token(self, text: str, found: re.Match[str]) -> int:
        """Write a token; the offset where the text goes on."""
        kind, end = found.lastgroup, found.end()
        if kind in ("name", "attributes"):
            kind = "tag"
        if kind == "line_end":
            self._write_line_end(text, found)
        elif kind in ("escape", "url", "entity"):
            self._write_text(unescape(found[0]))
        elif kind == "link":
            address = unescape(found[0][1:-1])
            self._write_anchor_start(Target(address, "", end))
            self.out.append(html.escape(address.removeprefix("mailto:"), quote=False) + "</a>")
        elif kind == "tag":
            self._write_tag(found)
        elif kind == "code":
            return self._write_code(text, found)
        elif kind in ("image", "open"):
            self._open_bracket(found)
        elif kind == "close":
            return self._close_bracket(text, found)
        else:
            self._write_marks(text, found)
        return end

    def _write_line_end(self, text: str, found: re.Match[str]) -> None:
        """A plain line end: of the page's source, of a tool that broke long lines, or what is left of a line break."""
        if found[0].startswith(("  ", "\\", " \\")):
            self.out.append("<br>\n")
            return
        if not self._style.is_wrapped:
            self.out.append("\n" if self._style.keeps_breaks else "<br>\n")
            return
        before, behind = text[max(0, found.start() - 2) : found.start()], text[found.end() : found.end() + 1]
        is_inside_word = len(before) == 2 and before[1] == "-" and _WORD.match(before) and _WORD.match(behind)
        self.out.append("" if is_inside_word else " ")

    def _write_tag(self, found: re.Match[str]) -> None:
        """A tag of HTML: tools leave those that Markdown has no signs for."""
        name = (found["name"] or "").lower()
        is_end = found[0].startswith("</")
        if name in _KEPT_TAGS:
            self.out.append(f"</{name}>" if is_end else f"<{name}>")
        elif name in _KEPT_ATTRIBUTES:
            given = {
                each[1].lower(): each[2] or each[3] or "" for each in _ATTRIBUTE.finditer(found["attributes"] or "")
            }
            kept = [f' {key}="{given[key]}"' for key in _KEPT_ATTRIBUTES[name] if key in given]
            self.out.append(f"</{name}>" if is_end else f"<{name}{''.join(kept)}>")
        elif name in _BLOCK_TAGS:
            self.out.append("<br>\n")
        elif name and name not in _DROPPED_TAGS:
            self._write_text(found[0])

    def _write_code(self, text: str, found: re.Match[str]) -> int:
        """Backquotes: the site's readers write them, too, so they are text unless the tool is seen to tell them."""
        ends = self._code_ends[len(found[0])]
        at = bisect_right(ends, found.start())
        inside = text[found.end() : ends[at]] if at < len(ends) else ""
        is_code = self._style.escapes_code or (self._style.escapes and ("_" in inside or "*" in inside))
        if not inside or not is_code or _ESCAPED_MARK.search(inside):
            self._write_text(found[0])
            return found.end()
        self.out.append(f"<code>{html.escape(inside.strip(), quote=False)}</code>")
        return ends[at] + len(found[0])

    def _open_bracket(self, found: re.Match[str]) -> None:
        if len(self._brackets) >= _MAX_OPEN:
            del self._brackets[0]
        self._brackets.append((len(self.out), found.end(), found[0] == "!["))
        self.out.append(found[0])

    def _close_bracket(self, text: str, found: re.Match[str]) -> int:
        """The end of a text in brackets; the offset where the text goes on, behind a link's address."""
        if not self._brackets:
            self.out.append("]")
            return found.end()
        piece, start, is_image = self._brackets.pop()
        leads_to = self._target(text, text[start : found.start()] if found.start() - start < 300 else "", found.end())
        if leads_to is None:
            attributes = _SPAN_ATTRIBUTES.match(text, found.end())
            if attributes and not is_image:
                self.out[piece] = ""
                return attributes.end()
            self.out.append("]")
            return found.end()
        if is_image:
            alt = "".join(html.unescape(each) for each in self.out[piece + 1 :] if not each.startswith("<"))
            del self.out[piece:]
            self._forget_marks(piece)
            self._write_image(leads_to, alt)
        else:
            self.out[piece] = ""
            self._write_anchor_start(leads_to, piece)
            self.out.append("</a>")
            self._brackets.clear()  # HTML knows no anchor in an anchor
        return leads_to.end

    def _target(self, text: str, inside: str, at: int) -> Target | None:
        """The target behind a text in brackets that ends at ``at``."""
        if text.startswith("(", at):
            return target(text, at)
        label = _LABEL.match(text, at)
        if label:
            named = self._references.target(label[1] or inside)
            return named and named._replace(end=label.end())
        return None

    def _write_anchor_start(self, leads_to: Target, piece: int = -1) -> None:
        tag = f'<a href="{html.escape(leads_to.address)}"{_title(leads_to)}>'
        if piece < 0:
            self.out.append(tag)
        else:
            self.out[piece] = tag

    def _write_image(self, leads_to: Target, alt: str) -> None:
        self.out.append(f'<img src="{html.escape(leads_to.address)}" alt="{html.escape(alt)}"{_title(leads_to)}>')

    def _write_marks(self, text: str, found: re.Match[str]) -> None:
        """Marks of emphasis: each closes the last one of its kind that is open, or opens, or is text."""
        marks = found[0]
        if marks == "~~":
            return
        start, end = found.span()
        before, behind = text[max(0, start - 1) : start].strip(), text[end : end + 1].strip()
        certain = self._style.escapes and len(marks) <= 3
        in_word = marks[0] == "_" and _WORD.match(before) and _WORD.match(behind)
        if len(marks) > 3 or in_word or not (certain or before or behind):
            self.out.append(marks)
            return
        for mark in {1: (1,), 2: (2,), 3: (1, 2)}[len(marks)]:
            self._write_mark(marks[0] * mark, can_close=certain or bool(before), can_open=certain or bool(behind))

    def _write_mark(self, mark: str, *, can_close: bool, can_open: bool) -> None:
        opened = self._marks.setdefault(mark, [])
        if can_close and opened:
            self.out[opened.pop()] = f"<{_ELEMENTS[len(mark)]}>"
            self.out.append(f"</{_ELEMENTS[len(mark)]}>")
        elif can_close and mark in self._open_before:
            # The emphasis holds whole paragraphs, and tools leave out the break where the first begins.
            self.out[self._open_before.pop(mark)] = "<br>\n" if self._style.keeps_breaks else ""
            self.out.append("")
        elif can_open:
            opened.append(len(self.out))
            self.out.append(mark)
        else:
            self.out.append(mark)

    def _forget_marks(self, piece: int) -> None:
        """Forget the open marks from a piece on, which is gone."""
        for opened in self._marks.values():
            while opened and opened[-1] >= piece:
                opened.pop()

    def _leave_marks_open(self) -> None:
        """What a block left open may be closed in a later one."""
        for mark, opened in self._marks.items():
            if opened:
                self._open_before[mark] = opened[-1]
            if self._style.escapes:
                for piece in opened:
                    self.out[piece] = ""


def _title(leads_to: Target) -> str:
    return f' title="{html.escape(leads_to.title)}"' if leads_to.title else ""


_BLOCK_TAGS = frozenset("p div center ul ol li table thead tbody tr td th blockquote pre h1 h2 h3 h4 h5 h6 hr".split())
_DROPPED_TAGS = frozenset("span font s del ins strike small big kbd tt q abbr cite mark wbr label".split())
