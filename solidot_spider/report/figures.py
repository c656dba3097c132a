"""Counts what the report shows, in one walk through the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct

from solidot_spider.base.console import plain
from solidot_spider.items import YEARS
from solidot_spider.report.titles import Title

SOURCES = {
    "text": "links within the sentences",
    "end": "addresses at the end",
    "short": "addresses without https://",
    "names": "names without an address",
    "none": "no source",
}
"""How a story gives its sources: the first that holds."""

FIELDS = (
    *("department", "topics", "submitter", "source_links", "source_labels", "related_sids", "images", "views"),
    "comments",
)
"""The fields that a story may lack."""


class _Named(Struct):
    name: str


class _Link(Struct):
    host: str
    form: str
    archive_of: str | None


class _Record(Struct):
    """What is counted of a record."""

    sid: int
    title: str
    published_at: str
    editor: _Named
    department: str | None
    topics: list[_Named]
    submitter: str | None
    source_links: list[_Link]
    source_labels: list[Raw]
    related_sids: list[int]
    images: list[Raw]
    views: int | None
    comments: list[Raw]


class Figures:
    """The counts.

    Attributes:
        stories: how many stories there are.
        years: stories by year; all times are in Beijing.
        days: stories by day.
        topics: stories by topic and year.
        editors: stories by editor and year.
        hosts: stories with a source at a host, by host and year; an archive's copy is not one.
        sources: stories by quarter (``2024-3``) and by how they give their sources, a key of ``SOURCES``.
        hours: stories by day of the week (0 is Monday) and hour.
        filled: stories with a value, by field and year.
        titles: sid, day and title of each story, by ascending sid.
    """

    def __init__(self) -> None:
        self.stories = 0
        self.years = Counter[int]()
        self.days = Counter[date]()
        self.topics = Counter[tuple[str, int]]()
        self.editors = Counter[tuple[str, int]]()
        self.hosts = Counter[tuple[str, int]]()
        self.sources = Counter[tuple[str, str]]()
        self.hours = Counter[tuple[int, int]]()
        self.filled = Counter[tuple[str, int]]()
        self.titles: list[Title] = []

    @classmethod
    def of(cls, records: Iterable[bytes]) -> Figures:
        """The figures of some records, each JSON in UTF-8."""
        made, decode = cls(), msgspec.json.Decoder(_Record).decode
        for each in records:
            made._add(decode(each))
        return made

    @property
    def span(self) -> range:
        """All years from the first to the last; there must be one."""
        return range(min(self.years), max(self.years) + 1)

    def _add(self, story: _Record) -> None:
        self.stories += 1
        when = story.published_at
        year = int(when[:4])
        day = date(year, int(when[5:7]), int(when[8:10]))
        self.titles.append(Title(story.sid, day, plain(story.title)))
        if year not in YEARS:  # stored by a version that did not look
            return
        self.years[year] += 1
        self.days[day] += 1
        self.hours[day.weekday(), int(when[11:13])] += 1
        self.sources[f"{year}-{(day.month + 2) // 3}", _way(story)] += 1
        self.editors[_name(story.editor.name), year] += 1
        for name in {_name(each.name) for each in story.topics}:
            self.topics[name, year] += 1
        for host in {_name(each.host) for each in story.source_links if each.archive_of is None}:
            self.hosts[host, year] += 1
        for field in FIELDS:
            value: Any = getattr(story, field)
            if value is not None and value != []:
                self.filled[field, year] += 1


@lru_cache(maxsize=100_000)
def _name(text: str) -> str:
    return plain(text).strip() or "(no name)"


def _way(story: _Record) -> str:
    forms = {each.form for each in story.source_links}
    for form, way in (("anchor", "text"), ("bare", "end"), ("schemeless", "short")):
        if form in forms:
            return way
    return "names" if story.source_labels else "none"
