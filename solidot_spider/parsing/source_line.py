"""Parses one line of the source block: addresses alone, or a label, or a prefix or separator between them."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.parsing import source_labels, urls
from solidot_spider.parsing.paragraphs import Anchor, Paragraph, group_by_anchor

Form = Literal["anchor", "bare", "schemeless"]

_PREFIX = re.compile(r"(?:来源|参考|论文)\s*[:：]\s*")
_HEADING = re.compile(r"(?:来源|参考|论文)\s*[:：]?")
_REMARK = re.compile(r"\s*(?:（[^（）]{1,8}）|【[^【】]{1,8}】)|\s+(?:\([^()]{1,8}\)|\[[^\[\]]{1,8}\])")
_BETWEEN = re.compile(r"[\s|｜、，,；;。.!！)）\]:']+")
_SEPARATOR = re.compile(r"[\s|｜]+")
_MAX_ADDRESSES = 1000
"""A line of more addresses is no line of sources."""


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


def parse(paragraph: Paragraph, *, with_labels: bool) -> SourceLine | None:
    """What a line of the source block holds; None for a line of prose."""
    if paragraph.heading and _HEADING.fullmatch(paragraph.text):
        return SourceLine()
    if paragraph.cells is not None or paragraph.heading or any(span.image for span in paragraph.spans):
        return None
    addresses = _addresses(paragraph)
    if addresses is not None:
        return SourceLine(tuple(addresses))
    if with_labels and not paragraph.path and source_labels.is_label(paragraph.text) and not _has_address(paragraph):
        return SourceLine(label=paragraph.text)
    return None


def is_prefix(text: str) -> bool:
    """Whether a line is a word such as ``来源：`` before the sources."""
    return _PREFIX.fullmatch(text) is not None


def _has_address(paragraph: Paragraph) -> bool:
    in_anchor = any(isinstance(tag, Anchor) for span in paragraph.spans for tag in span.tags)
    return in_anchor or any(True for _ in urls.find_in_prose(paragraph.text))


def _addresses(paragraph: Paragraph) -> list[Address] | None:
    """The addresses of a line that holds nothing else; [] for a prefix or a separator; None for any other line."""
    text = paragraph.text
    if is_prefix(text) or _SEPARATOR.fullmatch(text):
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
        if len(addresses) == _MAX_ADDRESSES:
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
