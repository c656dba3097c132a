"""A story's sources: the source block at its end, the links in its prose, and the stories it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.items import Link
from solidot_spider.parsing import links, source_block
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.source_block import Address, stretches


class Sources(Struct):
    """What a story's paragraphs say of its sources, and the paragraphs that are left for the body."""

    links: list[Link]
    labels: list[str]
    related: list[int]
    prose: list[Paragraph]


def read(paragraphs: list[Paragraph], published_at: datetime, sid: int) -> Sources:
    """The sources of a story, and its paragraphs without the source block.

    Args:
        paragraphs: the whole body, in page order.
        published_at: labels are read only in stories of the time when the site gave sources by name.
        sid: the story's own, which is no related story.
    """
    block = source_block.lines(paragraphs, published_at)
    prose = paragraphs[: len(paragraphs) - len(block)]
    gathered = _Gathered(sid)
    for paragraph in prose:
        for address in _inline(paragraph):
            gathered.add(address, "inline")
    for line in block:
        if line.label:
            gathered.add_label(line.label)
        for address in line.addresses:
            gathered.add(address, "trailing")
    return Sources(gathered.links, gathered.labels, gathered.related, prose)


def _inline(paragraph: Paragraph) -> Iterator[Address]:
    """The addresses of a paragraph of prose: anchors, and bare ones in the text around them."""
    for anchor, text in stretches(paragraph.all_runs()):
        if anchor is not None:
            yield Address(anchor.url, anchor.raw, "anchor", anchor.text)
        else:
            for found in links.in_prose(text):
                yield Address(found.url, found.raw, found.form)


class _Gathered:
    """Links, labels and stories in page order, each once."""

    def __init__(self, sid: int) -> None:
        self.sid = sid
        self.links: list[Link] = []
        self.labels: list[str] = []
        self.related: list[int] = []
        self.seen: set[str] = set()
        self.original: str | None = None  # the nearest earlier link that is no mirror

    def add_label(self, label: str) -> None:
        self.labels.append(label)
        self.original = None

    def add(self, address: Address, placement: Literal["inline", "trailing"]) -> None:
        url = address.url
        host = site.host(url)
        if site.is_internal_host(host):
            sid = site.linked_sid(url)
            if sid and sid != self.sid and sid not in self.related:
                self.related.append(sid)
            return
        mirror = links.is_mirror(url)
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
                    archive_of=(links.archived(url) or self.original) if mirror else None,
                )
            )
        if not mirror:
            self.original = url
