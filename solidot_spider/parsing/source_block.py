"""Finds the source block: the longest sequence of lines at the end of a body that hold nothing but sources.

It is decided line by line, never by the sid or by ``<!--more-->`` (README, *The source block*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.parsing import source_labels, urls
from solidot_spider.parsing.paragraphs import Anchor, Paragraph, Span

Form = Literal["anchor", "bare", "schemeless"]

_PREFIX = re.compile(r"(?:来源|参考|论文)\s*[:：]\s*")
_REMARK = re.compile(r"\s*(?:（[^（）]{1,8}）|【[^【】]{1,8}】)|\s+(?:\([^()]{1,8}\)|\[[^\[\]]{1,8}\])")
_BETWEEN = re.compile(r"[\s|｜、，,；;。.!！)）\]:']+")
_SEPARATOR = re.compile(r"[\s|｜]+")


class Address(Struct, frozen=True, gc=False):
    """A link of a paragraph: its absolute URL, as written, its form, and an anchor's text."""

    url: str
    raw: str
    form: Form
    text: str = ""


class SourceLine(Struct, frozen=True, gc=False):
    """A line of the source block: its addresses, or its label, or neither (a prefix, a separator)."""

    addresses: tuple[Address, ...] = ()
    label: str = ""


def find(paragraphs: list[Paragraph], published_at: datetime) -> list[SourceLine]:
    """The lines of the source block, which are the last paragraphs of a body, in page order; [] if it has none.

    The first line of a body is never part of it.
    """
    with_labels = published_at >= source_labels.SINCE
    lines: list[SourceLine] = []
    first = next((index for index, paragraph in enumerate(paragraphs) if paragraph.text), len(paragraphs))
    for index in range(len(paragraphs) - 1, first, -1):
        line = _source_line(paragraphs[index], with_labels=with_labels)
        if line is None:
            break
        lines.append(line)
    lines.reverse()
    if lines:
        lines = lines[_count_prose_lines(paragraphs[len(paragraphs) - len(lines) - 1 :], lines) :]
    return lines if any(line.addresses or line.label for line in lines) else []


def group_by_anchor(spans: list[Span]) -> Iterator[tuple[Anchor | None, str]]:
    """The text of spans, joined as long as the anchor around them is the same (None: no anchor of the web)."""
    if len(spans) == 1 and not spans[0].tags:
        yield None, spans[0].text
        return
    current: Anchor | None = None
    text = ""
    for span in spans:
        anchor = next((tag for tag in span.tags if isinstance(tag, Anchor) and tag.url), None)
        if anchor is not current:
            if text or current:
                yield current, text
            current, text = anchor, ""
        text += span.text
    if text or current:
        yield current, text


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


def _source_line(paragraph: Paragraph, *, with_labels: bool) -> SourceLine | None:
    """What a line of the source block holds; None for a line of prose."""
    if paragraph.cells is not None or paragraph.heading or any(span.image for span in paragraph.spans):
        return None
    addresses = _addresses(paragraph)
    if addresses is not None:
        return SourceLine(tuple(addresses))
    if with_labels and not paragraph.path and source_labels.is_label(paragraph.text) and not _has_address(paragraph):
        return SourceLine(label=paragraph.text)
    return None


def _has_address(paragraph: Paragraph) -> bool:
    in_anchor = any(isinstance(tag, Anchor) for span in paragraph.spans for tag in span.tags)
    return in_anchor or any(True for _ in urls.find_in_prose(paragraph.text))


def _addresses(paragraph: Paragraph) -> list[Address] | None:
    """The addresses of a line that holds nothing else; [] for a prefix or a separator; None for any other line."""
    text = paragraph.text
    if _PREFIX.fullmatch(text) or _SEPARATOR.fullmatch(text):
        return []
    addresses: list[Address] = []
    for number, (anchor, text) in enumerate(group_by_anchor(paragraph.spans)):
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
        return None  # neither a source nor a story: as part of the block it would be lost
    return addresses or None


def _plain_addresses(text: str, *, is_first: bool) -> list[Address] | None:
    """The addresses of a text that holds nothing else but marks between them, a prefix and remarks; else None."""
    addresses: list[Address] = []
    prefix = _PREFIX.match(text) if is_first else None
    at = prefix.end() if prefix else 0
    while at < len(text):
        between = _BETWEEN.match(text, at)
        if between:
            at = between.end()
            continue
        found = urls.match_in_line(text, at)
        if found is None:
            return None
        addresses.append(Address(found.url, found.raw, found.form))
        remark = _REMARK.match(text, found.end)
        at = remark.end() if remark else found.end
    return addresses


def _is_own_text(anchor: Anchor) -> bool:
    """Whether an anchor's text is its own address, with or without the scheme."""
    found = urls.match_in_line(anchor.text)
    return (
        found is not None
        and found.end == len(anchor.text)
        and _without_scheme(found.url) == _without_scheme(anchor.url)
    )


def _without_scheme(url: str) -> str:
    return unquote(url.partition("://")[2]).rstrip("/")
