"""Selects the stories of an export and the fields that they keep."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec

from solidot_spider.base.sids import Sids
from solidot_spider.items import Editor, Story, Topic
from solidot_spider.store.provenance import Edit, KeptPage
from solidot_spider.store.queries import Snapshot
from solidot_spider.store.records import Choice

FIELDS = Story.__struct_fields__
KEY = "sid"
"""The dataset's key: no selection leaves it out."""
COMMENTS = "comments"
PERIODS = {"year": 4, "month": 7}
"""What an export can be split by, and the length of a period's name in an ISO time."""


class _Marks(msgspec.Struct):
    topics: list[Topic]
    editor: Editor


_marks = msgspec.json.Decoder(_Marks)
_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported.

    Attributes:
        sids: only these stories; None for all.
        since: the first day of publication, in Beijing; None for any.
        until: the last one.
        topic: only stories of this topic, by ``tid`` or name; empty for all.
        editor: only stories of this editor, by ``uid`` or name; empty for all.
        fields: the fields that a record keeps, in the record's order; the sid is one of them.
        withdrawn: stories that the site has no more, too.
        revisions: their edits, too, as a table of their own.
        period: only stories of this year (``2024``) or month (``2024-10``), in Beijing; empty for all.
    """

    sids: Sids | None = None
    since: date | None = None
    until: date | None = None
    topic: str = ""
    editor: str = ""
    fields: tuple[str, ...] = FIELDS
    withdrawn: bool = True
    revisions: bool = False
    period: str = ""

    def __post_init__(self) -> None:
        assert KEY in self.fields
        assert set(self.fields) <= set(FIELDS)

    def has(self, field: str) -> bool:
        """Whether a record keeps this field."""
        return field in self.fields

    def without(self, field: str) -> Selection:
        """The same without a field."""
        return replace(self, fields=tuple(each for each in self.fields if each != field))

    @property
    def described(self) -> dict[str, Any]:
        """The selection as a descriptor has it; what selects nothing is left out."""
        chosen = {
            "sids": str(self.sids) if self.sids is not None else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "topic": self.topic,
            "editor": self.editor,
            "without": "" if self.withdrawn else "withdrawn",
            "with": "revisions" if self.revisions else "",
        }
        return {name: value for name, value in chosen.items() if value} | {"fields": list(self.fields)}

    def split(self, view: Snapshot, by: str) -> list[Selection]:
        """The same in parts, by ``year`` or ``month``; those that some story falls into."""
        return [replace(self, period=each) for each in view.periods(self.choice, PERIODS[by])]

    def count(self, view: Snapshot) -> int:
        """How many stories there are at most: topic and editor are looked at later."""
        return view.story_count(self.choice)

    def records(self, view: Snapshot) -> Generator[bytes]:
        """The record of each story that is selected, as one line of JSON without its end, by ascending sid."""
        wanted = self._wanted() if self.topic or self.editor else None
        is_whole = self.fields == FIELDS
        with closing(view.records(self.choice)) as records:  # a query that is given up must end before the view
            for line in records:
                if wanted is None or wanted(_marks.decode(line)):
                    yield line if is_whole else kept(line, self.fields)

    def edits(self, view: Snapshot) -> Generator[Edit]:
        """The edits of the stories that are selected, by ascending sid and time."""
        wanted = self._wanted() if self.topic or self.editor else None
        with closing(view.provenance.edits(self.choice)) as edits:
            for edit in edits:
                if wanted is None or wanted(_marks.decode(edit.record)):
                    yield edit

    def pages(self, view: Snapshot) -> Generator[KeptPage]:
        """The page of each story that is selected, if it is kept, by ascending sid."""
        wanted = self._wanted() if self.topic or self.editor else None
        with closing(view.provenance.pages(self.choice)) as pages:
            for each in pages:
                if wanted is None or wanted(_marks.decode(each.record)):
                    yield each

    def _wanted(self) -> Callable[[_Marks], bool]:
        topic, editor = self.topic.casefold(), self.editor.casefold()

        def wanted(marks: _Marks) -> bool:
            by_topic = not topic or any(topic in (str(each.tid), each.name.casefold()) for each in marks.topics)
            return by_topic and (not editor or editor in (str(marks.editor.uid), marks.editor.name.casefold()))

        return wanted

    def parser_versions(self, view: Snapshot) -> dict[str, int]:
        """How many of the stories each version of the parser has read; those that are withdrawn, too."""
        found = view.history.parser_versions(replace(self.choice, withdrawn=True))
        return {str(version): count for version, count in found.items()}

    def origins(self, view: Snapshot) -> dict[str, int]:
        """How many of the stories come from each origin; those that are withdrawn, too."""
        return view.provenance.origins(replace(self.choice, withdrawn=True))

    @property
    def choice(self) -> Choice:
        """What the store is asked for; topic and editor are looked at later."""
        since = self.since.isoformat() if self.since else ""
        before = (self.until + timedelta(days=1)).isoformat() if self.until else ""
        if self.period:
            after = _next(self.period)
            since, before = max(since, self.period), min(before or after, after)
        return Choice(self.sids, since, before, self.withdrawn)


def kept(line: bytes, fields: tuple[str, ...]) -> bytes:
    """The line of a record with these fields only."""
    values = _raw.decode(line)
    return _encode({name: values[name] for name in fields})


def _next(period: str) -> str:
    """The year or month that follows."""
    year, _, month = period.partition("-")
    if month and month != "12":
        return f"{year}-{int(month) + 1:02}"
    return f"{int(year) + 1}-01" if month else str(int(year) + 1)
