"""Matches the marks of emphasis: each closes the last one of its kind that is open, or opens, or is text."""

from __future__ import annotations

import re

from solidot_spider.parsing.capture.lost_breaks import SENTENCE_ENDS
from solidot_spider.parsing.capture.style import Style

_WORD = re.compile(r"[A-Za-z0-9]")
_ELEMENTS = {1: "em", 2: "strong"}
_BREAK = "<br>\n"


class Emphasis:
    """The marks of a text's blocks, in order.

    Args:
        out: the pieces of HTML; a mark's piece is changed when its other end is found.
        style: how the tool wrote.
    """

    def __init__(self, out: list[str], style: Style) -> None:
        self._out = out
        self._style = style
        self._open: dict[str, list[int]] = {}  # the pieces of the marks that are open
        self._open_before: dict[str, tuple[int, bool]] = {}  # the last of an earlier block; whether a break was lost
        self._last_break = -1
        self._after_sentence: set[int] = set()  # those that follow the end of a sentence without a space

    def write(self, marks: str, before: str, behind: str) -> bool:
        """Write a run of marks between two characters ('' at a text's ends); whether it closed anything."""
        certain = self._style.escapes and len(marks) <= 3
        in_word = marks[0] == "_" and _WORD.match(before) and _WORD.match(behind)
        if not before and not behind and len(marks) in (2, 4):
            return True  # an element without text
        is_spaced = not (before.strip() or behind.strip())
        if len(marks) > 3 or in_word or (is_spaced and not certain):
            self._out.append(marks)
            return False
        closed = False
        for length in {1: (1,), 2: (2,), 3: (1, 2)}[len(marks)]:
            closed = self._write_mark(marks[0] * length, before, behind, certain=certain) or closed
        return closed

    def _write_mark(self, mark: str, before: str, behind: str, *, certain: bool) -> bool:
        can_open = certain or bool(behind.strip())
        can_close = certain or bool(before.strip()) or not can_open
        opened = self._open.setdefault(mark, [])
        if can_close and opened:
            piece = opened.pop()
            # Tools lose the space at the beginning and the end of an element, as one around whole lines has it.
            holds_lines = piece in self._after_sentence and (not behind or self._has_break(piece))
            self._out[piece] = f"{' ' if holds_lines else ''}<{_ELEMENTS[len(mark)]}>"
            is_sentence = before in SENTENCE_ENDS and (behind.isalnum() or behind == "[")
            self._out.append(f"</{_ELEMENTS[len(mark)]}>{' ' if is_sentence else ''}")
            return True
        if can_close and mark in self._open_before:
            piece, is_break_lost = self._open_before.pop(mark)
            self._out[piece] = _BREAK if is_break_lost else ""
            return True
        if can_open or not behind:
            opened.append(len(self._out))
            if before in SENTENCE_ENDS and behind.strip():
                self._after_sentence.add(len(self._out))
        self._out.append(mark)
        return False

    def _has_break(self, piece: int) -> bool:
        """Whether a line break is behind a piece."""
        return self._last_break > piece

    def add_break(self) -> None:
        """Write a line break."""
        self._last_break = len(self._out)
        self._out.append(_BREAK)

    def forget(self, piece: int) -> None:
        """Forget the open marks from a piece on, which are gone."""
        for opened in self._open.values():
            while opened and opened[-1] >= piece:
                opened.pop()

    def end_block(self) -> None:
        """Leave open what may be closed in a later block: an element around whole paragraphs."""
        for mark, opened in self._open.items():
            if opened:
                is_break_lost = not (self._style.is_wrapped or self._has_break(opened[-1]))
                self._open_before[mark] = opened[-1], is_break_lost
            if self._style.escapes:
                for piece in opened:
                    self._out[piece] = ""
        self._open = {}
        self._after_sentence.clear()
