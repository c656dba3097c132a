"""Extracts a story's sources from its paragraphs: the source block, links in the prose, and related stories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.items import Link, RecordError
from solidot_spider.parsing import source_block, submitter, urls
from solidot_spider.parsing.paragraphs import Anchor, Paragraph, group_by_anchor
from solidot_spider.parsing.source_line import Address

_MAX_ADDRESSES = 20_000
"""A text of so many addresses is no story."""


class Sources(Struct):
    """A story's sources, and its ``prose``: the paragraphs without the source block."""

    links: list[Link]
    labels: list[str]
    related: list[int]
    prose: list[Paragraph]


def extract(paragraphs: list[Paragraph], published_at: datetime, sid: int) -> Sources:
    """The sources of a story, and its paragraphs without the source block.

    Args:
        paragraphs: the whole body, in page order.
        published_at: labels count only in stories of the time since the site gives sources by name.
        sid: the story's own, which is no related story.

    Raises:
        RecordError: there are too many addresses.
    """
    prose, block = source_block.split_off(paragraphs, published_at)
    own_pages = submitter.own_pages(prose)
    collector = _SourceCollector(sid)
    for paragraph in prose:
        for address in _addresses_in_prose(paragraph, own_pages):
            collector.add_address(address, "inline")
    for line in block:
        if line.label:
            collector.add_label(line.label)
        for address in line.addresses:
            collector.add_address(address, "trailing")
    return Sources(collector.links, collector.labels, collector.related, prose)


def _addresses_in_prose(paragraph: Paragraph, own_pages: list[Anchor]) -> Iterator[Address]:
    """The addresses of a paragraph of prose: anchors but the submitters', and plain ones in the text around them."""
    for anchor, text in group_by_anchor(paragraph.all_spans()):
        if anchor in own_pages:
            continue
        if anchor is not None:
            yield Address(anchor.url, anchor.raw, "anchor", anchor.text)
        else:
            for found in urls.find_in_prose(text):
                yield Address(found.url, found.raw, found.form)


class _SourceCollector:
    """Links and stories in page order, each once, and all labels."""

    def __init__(self, sid: int) -> None:
        self.links: list[Link] = []
        self.labels: list[str] = []
        self.related: list[int] = []
        self.seen: set[str] = set()
        self.seen_sids = {sid}
        self.count = 0
        self.original: str | None = None  # the nearest earlier link that is no archive's

    def add_label(self, label: str) -> None:
        self.labels.append(label)
        self.original = None

    def add_address(self, address: Address, placement: Literal["inline", "trailing"]) -> None:
        self.count += 1
        if self.count > _MAX_ADDRESSES:
            raise RecordError(f"source_links: more than {_MAX_ADDRESSES} addresses")
        url = address.url
        host = site.host(url)
        if site.is_internal_host(host):
            sid = site.linked_sid(url)
            if sid and sid not in self.seen_sids:
                self.seen_sids.add(sid)
                self.related.append(sid)
            return
        is_archive = urls.is_archive(url)
        if url not in self.seen:
            self.seen.add(url)
            self.links.append(
                Link(
                    url=url,
                    text=address.text or None,
                    host=host,
                    form=address.form,
                    placement=placement,
                    raw=address.raw,
                    archive_of=(urls.original_of(url) or self.original) if is_archive else None,
                )
            )
        if not is_archive:
            self.original = url
