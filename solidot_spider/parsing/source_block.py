"""Finds the source block: the longest sequence of lines at the end of a body that hold nothing but sources.

It is decided line by line, never by the sid or by ``<!--more-->`` (docs/parsing.md, *The source block*).
"""

from __future__ import annotations

from datetime import datetime

from solidot_spider.parsing import line_ends, source_labels, source_line
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.source_line import SourceLine

_MAX_LINE_ENDS = 5000
"""A text with more of them is looked at by its paragraphs only."""


def split_off(paragraphs: list[Paragraph], published_at: datetime) -> tuple[list[Paragraph], list[SourceLine]]:
    """The prose of a body, and the lines of the source block behind it in page order ([] if it has none)."""
    if all(paragraph.source is None for paragraph in paragraphs) or _count_line_ends(paragraphs) > _MAX_LINE_ENDS:
        lines = _find(paragraphs, published_at)
        return paragraphs[: len(paragraphs) - len(lines)], lines
    parts = [line_ends.split(paragraph) for paragraph in paragraphs]
    lines = _find([part for of_one in parts for part in of_one], published_at)
    left = sum(map(len, parts)) - len(lines)
    prose: list[Paragraph] = []
    for paragraph, of_one in zip(paragraphs, parts, strict=True):
        if left <= 0:
            break
        prose.append(paragraph if len(of_one) <= left else line_ends.join(of_one[:left]))
        left -= len(of_one)
    return prose, lines


def _count_line_ends(paragraphs: list[Paragraph]) -> int:
    return sum(span.text.count("\n") for paragraph in paragraphs for span in paragraph.source or ())


def _find(paragraphs: list[Paragraph], published_at: datetime) -> list[SourceLine]:
    """The lines of the source block, which are the last paragraphs of a body, in page order; [] if it has none.

    The first line of a body is never part of it.
    """
    with_labels = published_at >= source_labels.SINCE
    lines: list[SourceLine] = []
    first = next((index for index, paragraph in enumerate(paragraphs) if paragraph.text), len(paragraphs))
    for index in range(len(paragraphs) - 1, first, -1):
        line = source_line.parse(paragraphs[index], with_labels=with_labels)
        if line is None:
            break
        lines.append(line)
    lines.reverse()
    if lines:
        lines = lines[_count_prose_lines(paragraphs[len(paragraphs) - len(lines) - 1 :], lines) :]
    return lines if any(line.addresses or line.label for line in lines) else []


def _count_prose_lines(paragraphs: list[Paragraph], lines: list[SourceLine]) -> int:
    """How many of the first lines are prose after all, and stay in the body.

    A block with labels follows a line that closes a sentence, and a list of prices or names is prose.

    Args:
        paragraphs: the paragraph before the lines, then those of the lines.
        lines: what each of them holds.
    """
    last_label = max((index for index, line in enumerate(lines) if line.label), default=-1)
    for skipped in range(last_label + 1):
        if source_labels.closes_sentence(paragraphs[skipped].text):
            labels = [line.label for line in lines[skipped:] if line.label]
            return last_label + 1 if source_labels.is_list(labels) else skipped
    return last_label + 1
