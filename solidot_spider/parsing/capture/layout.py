"""Finds the stories of a capture among its navigation: where their headings, meta lines and texts are.

Only the text tells: a heading, then a dateline with its editor, then the department, then the story, then what is
behind each story of the site.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from solidot_spider.parsing import dateline
from solidot_spider.parsing.capture import line_signs
from solidot_spider.parsing.markup import (
    COMMENT_SCORE,
    COMMENTS_NOTICE,
    COPYRIGHT_NOTICE,
    DEPARTMENT_PREFIX,
    FOOTER_NAMES,
    POSTED,
    SIDE_BOX_NAMES,
    VIEWS_IN_TEXT,
)

_REACH = 30
"""A heading stands fewer lines before its dateline."""
_NEAR = 10
"""The department stands fewer lines behind the dateline."""
_MAX_DEPARTMENT = 200
_MIN_FOOTER = 4
"""So many links of the footer, one behind the other, are the footer."""
_POSTER = re.compile(rf"\d\\?[)）]\s*{POSTED}|~[^\n]*{POSTED}")
_BOLD_DEPARTMENT = re.compile(
    rf"(?:\*\*|__|<b>|<strong>)\s*{DEPARTMENT_PREFIX}[^*<]{{1,{_MAX_DEPARTMENT}}}?(?:\*\*|__|</b>|</strong>)"
)
_PLAIN_DEPARTMENT = re.compile(rf"{DEPARTMENT_PREFIX}[^\s。][^。]{{0,60}}")
_MARKS_OF_LINKS = re.compile(r"\]\([^()]*\)|\]\[[^\[\]]*\]|<[^<>]*>|[\[\]*+•·|\\-]|^\s*\d+\.")
_TAG = re.compile(r"<[^<>]*>")
_STRAY_MARK = "\ufeff"


class Region(NamedTuple):
    """A story's lines: those of its heading, of what is between heading and text, and of its text; ends are behind."""

    title: str
    start: int
    meta: int
    body: int
    end: int


class Layout(NamedTuple):
    """The stories of a capture, and the line of the footer's links; -1 if there are none, as where it was cut off."""

    regions: list[Region]
    footer: int


def find(lines: list[str]) -> Layout:
    """The layout of a capture's lines."""
    found: list[Region] = []
    headings = _headings(lines)
    starts = [at for at, _, _ in headings]
    for line in _datelines(lines):
        index = bisect_right(starts, line) - 1
        if index < 0 or line - starts[index] > _REACH or (found and starts[index] == found[-1].start):
            continue
        start, behind, title = headings[index]
        if COMMENT_SCORE.search(title) or not _POSTER.search("\n".join(lines[behind : line + 1])):
            continue
        following = starts[index + 1] if index + 1 < len(starts) else len(lines)
        found.append(Region(title, start, behind, _end_of_meta(lines, line, following), 0))
    footer = _footer(lines, found[-1].body if found else 0)
    ends = [*(region.start for region in found[1:]), footer if footer >= 0 else len(lines)]
    return Layout([region._replace(end=end) for region, end in zip(found, ends, strict=True)] if found else [], footer)


def _headings(lines: list[str]) -> list[tuple[int, int, str]]:
    """Each heading's first line, the line behind it, and its text."""
    found: list[tuple[int, int, str]] = []
    for at, line in enumerate(lines):
        heading = line_signs.HEADING.match(line)
        if heading:
            found.append((at, at + 1, line_signs.heading_text(heading[2] or "")))
            continue
        under = line_signs.UNDERLINE.match(line)
        if under and at and lines[at - 1].strip() and line_signs.is_underline(under[1], lines[at - 1]):
            found.append((at - 1, at + 1, lines[at - 1].strip()))
    return found


def _datelines(lines: list[str]) -> list[int]:
    """The lines in which a dateline ends."""
    text = "\n".join(lines)
    ends = list(accumulate(len(line) + 1 for line in lines))
    return [bisect_right(ends, found.end - 1) for found in dateline.find_all(text)]


def _end_of_meta(lines: list[str], line: int, limit: int) -> int:
    """The line behind a meta line whose dateline ends in ``line``: behind the department, if there is one."""
    limit = min(limit, line + _REACH)
    text = "\n".join(lines[line:limit])
    bold = _BOLD_DEPARTMENT.search(text)
    if bold and text.count("\n", 0, bold.start()) < _NEAR:
        return line + text.count("\n", 0, bold.end()) + 1
    for at in range(line, min(limit, line + _NEAR)):
        if _PLAIN_DEPARTMENT.fullmatch(lines[at].strip()):
            return at + 1
    at = line + 1
    while at < limit and lines[at].strip():
        at += 1
    return at


def text_lines(lines: list[str], region: Region, *, is_last: bool) -> list[str]:
    """The lines of a story's text, without what is behind it on the page.

    Args:
        lines: all lines.
        region: the story's.
        is_last: whether the footer is behind it: a random saying stands before the footer's links.
    """
    text = lines[region.body : region.end]
    stray = max((at for at, line in enumerate(text) if line.strip() == _STRAY_MARK), default=-1)
    if stray >= 0:
        text, is_last = text[:stray], False
    for at, line in enumerate(text):
        heading = line_signs.HEADING.match(line)
        name = heading_name(heading[2] or "" if heading else line)
        is_heading = heading or (at + 1 < len(text) and line_signs.UNDERLINE.match(text[at + 1]))
        if (
            COMMENTS_NOTICE in line
            or VIEWS_IN_TEXT.search(line)
            or (POSTED in line and _POSTER.search(line) and dateline.parse(line))
            or (is_heading and (name in SIDE_BOX_NAMES or COMMENT_SCORE.search(name)))
        ):
            return text[:at]
    return _without_saying(text) if is_last else text


def heading_name(text: str) -> str:
    """A heading's text without its marks and spaces."""
    return "".join(text.split()).strip("#*:：")


def _without_saying(text: list[str]) -> list[str]:
    """The lines before the saying that stands between a stray mark and the footer, or only before the footer."""
    runs: list[tuple[int, int]] = []
    for at, line in enumerate(text):
        if not _TAG.sub("", line).strip(" \t:\xa0"):
            continue
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    for start, end in reversed(runs[-3:]):
        for at in range(start, end):
            if text[at].strip().startswith(_STRAY_MARK):
                return text[:at]
    return text[: runs[-1][0]] if runs else []


def _footer(lines: list[str], start: int) -> int:
    """The line where the footer's links begin, behind a line; where its notice stands, if the links are missing."""
    best, first, seen = -1, -1, 0
    for at in range(start, len(lines)):
        names = _MARKS_OF_LINKS.sub(" ", lines[at]).split() if len(lines[at]) < 1000 else ["?"]
        if not names:
            continue
        if not FOOTER_NAMES.issuperset(names):
            if best < 0 and COPYRIGHT_NOTICE in lines[at]:
                best = at
            first, seen = -1, 0
            continue
        first = at if first < 0 else first
        seen += len(names)
        if seen >= _MIN_FOOTER:
            best = first
    return best
