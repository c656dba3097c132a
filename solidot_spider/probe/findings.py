"""What the pages say, part by part: pure functions from a page's bytes to findings."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Literal, NamedTuple

from protego import Protego

from solidot_spider.base import site
from solidot_spider.parsing import dateline, list_pages, page, sources
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.page import Missing, StoryPage
from solidot_spider.parsing.story_header import Head
from solidot_spider.probe.expectations import KnownStory

State = Literal["found", "not found", "differs", "no answer"]

FAR = 100_000
"""The id that never existed is so far above the newest."""


class Finding(NamedTuple):
    """A part of a page, what became of it, and what stands there."""

    part: str
    state: State
    said: str = ""


def of_story(data: bytes, url: str, known: KnownStory) -> Iterator[Finding]:
    """The parts of a known story's page."""
    document = Document(data)
    head = Head(document.blocks[0]) if document.blocks else None
    said = page.read(data, url, known.sid)
    yield _proof(said)
    yield _title(head, known)
    yield _dateline(head, known)
    yield _share_link(head, known)
    yield _stated("editor", head.editor() if head else None, known.editor)
    yield _stated("department", head.department() if head else None, known.department)
    topics = [topic.tid for topic in head.topics()] if head else []
    yield _stated("topics", topics or None, known.topics)
    yield _stated("views", document.views, None)
    yield from _body(said, known)
    yield _json_ld(document)
    region = b"comments start" in data or b"list_com" in data
    yield Finding("comments region", "found" if region else "not found")


def of_unknown(data: bytes, url: str, sid: int) -> Iterator[Finding]:
    """The answer for an id that never existed: it must not be taken for a story."""
    said = page.read(data, url, sid)
    if isinstance(said, Missing):
        yield Finding("missing", "found", said.reason)
    else:
        yield Finding("missing", "differs", "a story" if isinstance(said, StoryPage) else said.reason)


def of_robots(data: bytes, token: str) -> Iterator[Finding]:
    """The rules of robots.txt that concern us."""
    rules = Protego.parse(data.decode("utf-8-sig", "replace"))
    delay = rules.crawl_delay(token)
    allowed = rules.can_fetch(site.story_url(1), token)
    yield Finding("stories", "found" if allowed else "differs", "allowed" if allowed else "forbidden")
    yield Finding("Crawl-delay", "found", f"{delay:g} s" if delay else "none")


def of_feed(data: bytes) -> Iterator[Finding]:
    """The stories of the feed."""
    yield _listed("items", list_pages.feed_sids(data))


def of_home(data: bytes) -> Iterator[Finding]:
    """The stories of the home page."""
    yield _listed("stories", list_pages.story_sids(data))


def _listed(part: str, sids: list[int]) -> Finding:
    return Finding(part, "found", f"{len(sids)}, newest {max(sids)}") if sids else Finding(part, "not found")


def _stated(part: str, said: object, expected: object) -> Finding:
    if said is None:
        return Finding(part, "not found")
    if expected is not None and said != expected:
        return Finding(part, "differs", f"{said}, expected {expected}")
    return Finding(part, "found", str(said))


def _proof(said: object) -> Finding:
    if isinstance(said, StoryPage):
        return Finding("the story itself", "found", "; ".join(said.notes))
    return Finding("the story itself", "not found", getattr(said, "reason", ""))


def _title(head: Head | None, known: KnownStory) -> Finding:
    title = head.title() if head else ""
    if not title:
        return Finding("title", "not found")
    differs = known.title_sha256 not in (None, sha256(title.encode()).hexdigest())
    return Finding("title", "differs" if differs else "found", title)


def _dateline(head: Head | None, known: KnownStory) -> Finding:
    line = dateline.read(head.text) if head else None
    return _stated("dateline", line and f"{line.at:%Y-%m-%dT%H:%M}", known.published_at)


def _share_link(head: Head | None, known: KnownStory) -> Finding:
    shared = sorted(head.shared_sids()) if head else []
    return _stated("share link", shared or None, [known.sid])


def _body(said: object, known: KnownStory) -> Iterator[Finding]:
    if not isinstance(said, StoryPage):
        yield Finding("body", "not found")
        yield Finding("sources", "not found")
        return
    pulled = sources.read(said.paragraphs, said.published_at, said.sid)
    text = sum(len(paragraph.text) for paragraph in pulled.prose)
    yield Finding("body", "found" if text else "not found", f"{text} characters")
    yield _stated("sources", len(pulled.links), known.sources)


def _json_ld(document: Document) -> Finding:
    said = document.json_ld
    missing = [name for name, value in (("title", said.title), ("pubDate", said.pubdate)) if not value]
    return Finding(
        "JSON-LD", "not found" if missing else "found", f"no {', '.join(missing)}" if missing else said.pubdate
    )
