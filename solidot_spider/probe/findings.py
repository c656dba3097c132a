"""Checks pages part by part: pure functions from a page's bytes to findings."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Literal, NamedTuple

from solidot_spider.base import site
from solidot_spider.middlewares import robots_rules
from solidot_spider.middlewares.robots_rules import RobotsTextError
from solidot_spider.parsing import dateline, list_pages, page, sources
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.markup import COMMENT_CLASS_BYTES, COMMENTS_START_BYTES, JSON_LD_PUBDATE, JSON_LD_TITLE
from solidot_spider.parsing.meta_line import MetaLine
from solidot_spider.parsing.page import Missing, StoryPage, Unparsed
from solidot_spider.parsing.story_header import StoryHeader
from solidot_spider.probe.expectations import KnownStory

FindingState = Literal["found", "not found", "differs", "no answer"]

UNKNOWN_SID_DISTANCE = 100_000
"""The sid that never existed is so far above the newest."""


class Finding(NamedTuple):
    """A part of a page, whether it was found as expected, and what it says."""

    part: str
    state: FindingState
    detail: str = ""


def check_story(data: bytes, url: str, known: KnownStory) -> Iterator[Finding]:
    """Findings on the parts of a known story's page."""
    document = Document(data)
    header = StoryHeader(document.blocks[0]) if document.blocks else None
    parsed = page.parse(data, url, known.sid)
    yield _check_identity(parsed)
    yield _check_title(header, known)
    yield _check_dateline(header, known)
    yield _check_share_link(header, known)
    yield _compare("editor", MetaLine(header).editor() if header else None, known.editor)
    yield _compare("department", MetaLine(header).department(None) if header else None, known.department)
    topics = [topic.tid for topic in header.topics()] if header else []
    yield _compare("topics", topics or None, known.topics)
    yield _compare("views", document.views, None)
    yield from _check_body(parsed, known)
    yield _check_json_ld(document)
    region = COMMENTS_START_BYTES in data or COMMENT_CLASS_BYTES in data
    yield Finding("comments region", "found" if region else "not found")


def check_unknown_sid(data: bytes, url: str, sid: int) -> Iterator[Finding]:
    """The finding on the answer for a sid that never existed: it must not be parsed as a story."""
    parsed = page.parse(data, url, sid)
    if isinstance(parsed, Missing):
        yield Finding("missing", "found", parsed.reason)
    else:
        yield Finding("missing", "differs", "a story" if isinstance(parsed, StoryPage) else parsed.reason)


def check_robots(data: bytes, token: str) -> Iterator[Finding]:
    """Findings on the rules of robots.txt for this crawler."""
    try:
        rules = robots_rules.parse(data, token)
    except RobotsTextError as error:
        yield Finding("rules", "differs", f"cannot be read: {error}")
        return
    delay = rules.crawl_delay(token)
    allowed = rules.can_fetch(site.story_url(1), token)
    yield Finding("stories", "found" if allowed else "differs", "allowed" if allowed else "forbidden")
    yield Finding("Crawl-delay", "found", f"{delay:g} s" if delay else "none")


def check_feed(data: bytes) -> Iterator[Finding]:
    """The finding on the stories of the feed."""
    yield _check_list("items", list_pages.feed_sids(data))


def check_home(data: bytes) -> Iterator[Finding]:
    """The finding on the stories of the home page."""
    yield _check_list("stories", list_pages.story_sids(data))


def _check_list(part: str, sids: list[int]) -> Finding:
    return Finding(part, "found", f"{len(sids)}, newest {max(sids)}") if sids else Finding(part, "not found")


def _compare(part: str, value: object, expected: object) -> Finding:
    if value is None:
        return Finding(part, "not found")
    if expected is not None and value != expected:
        return Finding(part, "differs", f"{value}, expected {expected}")
    return Finding(part, "found", str(value))


def _check_identity(parsed: StoryPage | Missing | Unparsed) -> Finding:
    if isinstance(parsed, StoryPage):
        return Finding("the story itself", "found", "; ".join(parsed.notes))
    return Finding("the story itself", "not found", parsed.reason)


def _check_title(header: StoryHeader | None, known: KnownStory) -> Finding:
    title = header.title() if header else ""
    if not title:
        return Finding("title", "not found")
    differs = known.title_sha256 not in (None, sha256(title.encode()).hexdigest())
    return Finding("title", "differs" if differs else "found", title)


def _check_dateline(header: StoryHeader | None, known: KnownStory) -> Finding:
    posted = dateline.parse(MetaLine(header).text) if header else None
    return _compare("dateline", posted and f"{posted.at:%Y-%m-%dT%H:%M}", known.published_at)


def _check_share_link(header: StoryHeader | None, known: KnownStory) -> Finding:
    shared = sorted(header.shared_sids()) if header else []
    return _compare("share link", shared or None, [known.sid])


def _check_body(parsed: StoryPage | Missing | Unparsed, known: KnownStory) -> Iterator[Finding]:
    if not isinstance(parsed, StoryPage):
        yield Finding("body", "not found")
        yield Finding("sources", "not found")
        return
    extracted = sources.extract(parsed.paragraphs, parsed.published_at, parsed.sid)
    length = sum(len(paragraph.text) for paragraph in extracted.prose)
    yield Finding("body", "found" if length else "not found", f"{length} characters")
    yield _compare("sources", len(extracted.links), known.sources)


def _check_json_ld(document: Document) -> Finding:
    title, pubdate = document.json_ld
    missing = [name for name, value in ((JSON_LD_TITLE, title), (JSON_LD_PUBDATE, pubdate)) if not value]
    return Finding("JSON-LD", "not found" if missing else "found", f"no {', '.join(missing)}" if missing else pubdate)
