"""The source block: the longest run of lines that hold nothing but sources and that reaches the end of the body.

Decided line by line, never by the sid or by ``<!--more-->`` (README, *The source block*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.parsing import links, source_labels
from solidot_spider.parsing.paragraphs import Anchor, Paragraph, Run

Form = Literal["anchor", "bare", "schemeless"]

_PREFIX = re.compile(r"(?:来源|参考|论文)\s*[:：]\s*")
_REMARK = re.compile(r"\s*(?:（[^（）]{1,8}）|【[^【】]{1,8}】)|\s+(?:\([^()]{1,8}\)|\[[^\[\]]{1,8}\])")
_BETWEEN = re.compile(r"[\s|｜、，,；;。.!！)）\]:']+")
_SEPARATOR = re.compile(r"[\s|｜]+")


class Address(Struct, frozen=True, gc=False):
    """A link as a paragraph gives it: absolute, as written, how it is given, and an anchor's text."""

    url: str
    raw: str
    form: Form
    text: str = ""


class Line(Struct, frozen=True, gc=False):
    """A line of the source block: its addresses, or its label, or neither (a prefix, a separator)."""

    addresses: tuple[Address, ...] = ()
    label: str = ""


def lines(paragraphs: list[Paragraph], published_at: datetime) -> list[Line]:
    """The lines of the source block, the last paragraphs of a body, in page order; [] where it has none.

    The first line of a body is never part of it.
    """
    with_labels = published_at >= source_labels.SINCE
    run: list[Line] = []
    first = next((index for index, paragraph in enumerate(paragraphs) if paragraph.text), len(paragraphs))
    for index in range(len(paragraphs) - 1, first, -1):
        line = _line(paragraphs[index], with_labels=with_labels)
        if line is None:
            break
        run.append(line)
    run.reverse()
    run = run[_prose_lines(paragraphs[len(paragraphs) - len(run) - 1 :], run) :] if run else run
    return run if any(line.addresses or line.label for line in run) else []


def stretches(runs: list[Run]) -> Iterator[tuple[Anchor | None, str]]:
    """The text of runs, grouped by the anchor for the web that it stands in (None: outside of any)."""
    if len(runs) == 1 and not runs[0].tags:
        yield None, runs[0].text
        return
    current: Anchor | None = None
    text = ""
    for run in runs:
        anchor = next((tag for tag in run.tags if isinstance(tag, Anchor) and tag.url), None)
        if anchor is not current:
            if text or current:
                yield current, text
            current, text = anchor, ""
        text += run.text
    if text or current:
        yield current, text


def _prose_lines(paragraphs: list[Paragraph], run: list[Line]) -> int:
    """How many lines at the beginning of a run stay in the body after all.

    A block with labels stands behind a line that closes a sentence, and a list of prices or names is prose.

    Args:
        paragraphs: the paragraph before the run, then those of the run.
        run: what each of them holds.
    """
    last_label = max((index for index, line in enumerate(run) if line.label), default=-1)
    for skipped in range(last_label + 1):
        if source_labels.closes_sentence(paragraphs[skipped].text):
            named = [line.label for line in run[skipped:] if line.label]
            return last_label + 1 if source_labels.is_list(named) else skipped
    return last_label + 1


def _line(paragraph: Paragraph, *, with_labels: bool) -> Line | None:
    """What a line of the source block holds, or None for a line of prose."""
    if paragraph.cells is not None or paragraph.heading or any(run.picture for run in paragraph.runs):
        return None
    addresses = _addresses(paragraph)
    if addresses is not None:
        return Line(tuple(addresses))
    if with_labels and not paragraph.path and source_labels.is_label(paragraph.text) and not _has_address(paragraph):
        return Line(label=paragraph.text)
    return None


def _has_address(paragraph: Paragraph) -> bool:
    anchored = any(isinstance(tag, Anchor) for run in paragraph.runs for tag in run.tags)
    return anchored or any(True for _ in links.in_prose(paragraph.text))


def _addresses(paragraph: Paragraph) -> list[Address] | None:
    """The addresses of a line that holds nothing else; [] for a prefix or a separator; None for any other line."""
    text = paragraph.text
    if _PREFIX.fullmatch(text) or _SEPARATOR.fullmatch(text):
        return []
    addresses: list[Address] = []
    for number, (anchor, text) in enumerate(stretches(paragraph.runs)):
        if anchor is None:
            found = _plain_addresses(text, is_first=number == 0)
            if found is None:
                return None
            addresses += found
        elif _is_own_text(anchor):
            addresses.append(Address(anchor.url, anchor.raw, "anchor", anchor.text))
        else:
            return None
    if any(site.is_internal(address.url) and not site.linked_sid(address.url) for address in addresses):
        return None  # neither a source nor a story: pulled out, it would be lost
    return addresses or None


def _plain_addresses(text: str, *, is_first: bool) -> list[Address] | None:
    """The addresses of a text that holds nothing else but marks between them, a prefix and remarks."""
    addresses: list[Address] = []
    prefix = _PREFIX.match(text) if is_first else None
    at = prefix.end() if prefix else 0
    while at < len(text):
        between = _BETWEEN.match(text, at)
        if between:
            at = between.end()
            continue
        found = links.alone(text, at)
        if found is None:
            return None
        addresses.append(Address(found.url, found.raw, found.form))
        remark = _REMARK.match(text, found.end)
        at = remark.end() if remark else found.end
    return addresses


def _is_own_text(anchor: Anchor) -> bool:
    """Whether an anchor's text is its own address, with or without the scheme."""
    found = links.alone(anchor.text)
    return found is not None and found.end == len(anchor.text) and _bare(found.url) == _bare(anchor.url)


def _bare(url: str) -> str:
    return unquote(url.partition("://")[2]).rstrip("/")
