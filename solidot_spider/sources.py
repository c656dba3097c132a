"""A story's sources: the source block at its end, the links in its prose, and the stories it refers to.

The longest run of lines that hold nothing but sources and that reaches the end of the body is the source block
(README, *The source block*). It is decided line by line, never by the sid or by ``<!--more-->``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from solidot_spider import labels, links, site
from solidot_spider.item import Link
from solidot_spider.paragraphs import Anchor, Paragraph, Run

_PREFIX = re.compile(r"(?:来源|参考|论文)\s*[:：]\s*")
_REMARK = re.compile(r"\s*(?:（[^（）]{1,8}）|\s\([^()]{1,8}\)|【[^【】]{1,8}】|\s\[[^\[\]]{1,8}\])")
_BETWEEN = re.compile(r"[\s|｜、，,；;。.!！)）\]:']+")


class Sources(Struct):
    """What a story's paragraphs say of its sources, and the paragraphs that are left for the body."""

    links: list[Link]
    labels: list[str]
    related: list[int]
    prose: list[Paragraph]


class _Address(Struct):
    url: str
    raw: str
    form: str
    text: str | None = None


class _Line(Struct):
    """A line of the source block: its addresses, or its label, or neither (a prefix, a separator)."""

    found: tuple[_Address, ...] = ()
    label: str = ""


def read(paragraphs: list[Paragraph], published_at: datetime, sid: int) -> Sources:
    """The sources of a story, and its paragraphs without the source block.

    Args:
        paragraphs: the whole body, in page order.
        published_at: labels are read only in stories of the time when the site gave sources by name.
        sid: the story's own, which is no related story.
    """
    block = _block(paragraphs, published_at)
    prose = paragraphs[: len(paragraphs) - len(block)]
    gathered = _Gathered(sid)
    for paragraph in prose:
        for address in _inline(paragraph):
            gathered.add(address, "inline")
    for line in block:
        if line.label:
            gathered.add_label(line.label)
        for address in line.found:
            gathered.add(address, "trailing")
    return Sources(gathered.links, gathered.labels, gathered.related, prose)


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

    def add(self, address: _Address, placement: str) -> None:
        url = address.url
        if site.is_internal(url):
            sid = site.linked_sid(url)
            if sid and sid != self.sid and sid not in self.related:
                self.related.append(sid)
            return
        mirror = links.is_mirror(url)
        if url not in self.seen:
            self.seen.add(url)
            archive_of = (links.archived(url) or self.original) if mirror else None
            self.links.append(
                Link(
                    url=url,
                    text=address.text or None,
                    host=site.host(url),
                    form=address.form,  # type: ignore[arg-type]
                    placement=placement,  # type: ignore[arg-type]
                    raw=address.raw,
                    archive_of=archive_of,
                )
            )
        if not mirror:
            self.original = url


def _inline(paragraph: Paragraph) -> Iterator[_Address]:
    """The addresses of a paragraph of prose: anchors, and bare ones in the text around them."""
    for anchor, runs in _stretches(paragraph.all_runs()):
        if anchor is not None:
            if anchor.url:
                yield _Address(anchor.url, anchor.raw, "anchor", anchor.text)
        else:
            for found in links.in_prose("".join(run.text for run in runs)):
                yield _Address(found.url, found.raw, found.form)


def _stretches(runs: list[Run]) -> Iterator[tuple[Anchor | None, list[Run]]]:
    """Runs grouped by the anchor for the web that they stand in (None: outside of any)."""
    if len(runs) == 1 and not runs[0].tags:
        yield None, runs
        return
    current: Anchor | None = None
    group: list[Run] = []
    for run in runs:
        anchor = (
            next((tag for tag in run.tags if isinstance(tag, Anchor) and tag.url), None) if run.tags else None
        )
        if anchor is not current and group:
            yield current, group
            group = []
        current = anchor
        group.append(run)
    if group:
        yield current, group


def _block(paragraphs: list[Paragraph], published_at: datetime) -> list[_Line]:
    """The lines of the source block, in page order; the first line of a body is never one."""
    with_labels = published_at >= labels.SINCE
    run: list[_Line] = []
    first = _first_line(paragraphs)
    for index in range(len(paragraphs) - 1, first, -1):
        line = _source_line(paragraphs[index], with_labels)
        if line is None:
            break
        run.append(line)
    run.reverse()
    start = len(paragraphs) - len(run)
    return run[_without_prose(paragraphs, run, start) :]


def _first_line(paragraphs: list[Paragraph]) -> int:
    return next((index for index, paragraph in enumerate(paragraphs) if paragraph.text), len(paragraphs))


def _without_prose(paragraphs: list[Paragraph], run: list[_Line], start: int) -> int:
    """How many lines at the beginning of a run stay in the body after all.

    A block with labels stands behind a line that closes a sentence, and a list of prices or names is prose.
    """
    last_label = max((index for index, line in enumerate(run) if line.label), default=-1)
    for skipped in range(last_label + 1):
        named = [line.label for line in run[skipped:] if line.label]
        if labels.closes_sentence(paragraphs[start + skipped - 1].text) and not labels.is_list(named):
            return skipped
    return last_label + 1


def _source_line(paragraph: Paragraph, with_labels: bool) -> _Line | None:
    """A line of the source block, or None for a line of prose."""
    if paragraph.cells is not None or paragraph.heading:
        return None
    if any(run.picture for run in paragraph.runs):
        return None
    found = _addresses(paragraph)
    if found is not None:
        return _Line(tuple(found))
    if with_labels and not paragraph.path and labels.is_label(paragraph.text) and not _has_address(paragraph):
        return _Line(label=paragraph.text)
    return None


def _has_address(paragraph: Paragraph) -> bool:
    anchored = any(isinstance(tag, Anchor) for run in paragraph.runs for tag in run.tags)
    return anchored or any(True for _ in links.in_prose(paragraph.text))


def _addresses(paragraph: Paragraph) -> list[_Address] | None:
    """The addresses of a line that holds nothing else; [] for a prefix or a separator; None for any other line."""
    addresses: list[_Address] = []
    prefix_allowed = True
    for anchor, runs in _stretches(paragraph.runs):
        text = "".join(run.text for run in runs)
        if anchor is None:
            found = _plain_addresses(text, prefix_allowed)
            if found is None:
                return None
            addresses += found
        elif _is_own_text(anchor):
            addresses.append(_Address(anchor.url, anchor.raw, "anchor", anchor.text))
        else:
            return None
        prefix_allowed = False
    if any(site.is_internal(address.url) and not site.linked_sid(address.url) for address in addresses):
        return None  # neither a source nor a story: pulled out, it would be lost
    return addresses


def _plain_addresses(text: str, prefix_allowed: bool) -> list[_Address] | None:
    addresses: list[_Address] = []
    prefix = _PREFIX.match(text) if prefix_allowed else None
    at = prefix.end() if prefix else 0
    while at < len(text):
        between = _BETWEEN.match(text, at)
        if between:
            at = between.end()
            continue
        found = links.alone(text, at)
        if found is None:
            return None
        addresses.append(_Address(found.url, found.raw, found.form))
        remark = _REMARK.match(text, found.end)
        at = remark.end() if remark else found.end
    return addresses


def _is_own_text(anchor: Anchor) -> bool:
    """Whether an anchor's text is its own address, with or without the scheme."""
    found = links.alone(anchor.text)
    return found is not None and found.end == len(anchor.text) and _bare(found.url) == _bare(anchor.url)


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/")
