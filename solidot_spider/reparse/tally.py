"""Counts what came of kept pages that were read again, and keeps a few examples of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from solidot_spider.items import PARSER_VERSION, Story
from solidot_spider.store import changes
from solidot_spider.store.pages.rereading import Reread
from solidot_spider.store.schema import UNPARSED

EXAMPLES = 3
_DERIVED = frozenset({"content_hash", "schema_version", "withdrawn_at"})


@dataclass(slots=True)
class Cases:
    """How many there are, and the first ones, each with a story or what it has changed."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """One more."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def join(self, other: Cases) -> None:
        """Those of another tally, which come later."""
        self.count += other.count
        self.examples += other.examples[: EXAMPLES - len(self.examples)]


@dataclass(slots=True)
class Tally:
    """What came of pages.

    Attributes:
        pages: how many were read.
        stories: how many ids have a record of today's parser.
        changed: how many of these had another record, or none.
        others: how many had the same record by another parser version.
        merged: how many pages were dropped since a later one has the same content.
        fields: the fields that differ.
        new: the ids that had no record.
        lost: the reasons why stories keep the record of an older parser: today's cannot read their page.
        unparsed: the reasons why other pages are no story.
    """

    pages: int = 0
    stories: int = 0
    changed: int = 0
    others: int = 0
    merged: int = 0
    fields: dict[str, Cases] = field(default_factory=dict)
    new: Cases = field(default_factory=Cases)
    lost: dict[str, Cases] = field(default_factory=dict)
    unparsed: dict[str, Cases] = field(default_factory=dict)

    def add(self, found: Reread) -> None:
        """Count what came of an id."""
        rewrite, before = found.rewrite, found.before
        self.pages += len(found.readings)
        self.merged += len(rewrite.dropped) - len(rewrite.pages)
        self.stories += found.record is not None
        for each in found.readings:
            if each.story is None:
                is_record = before is not None and each.row.content_hash == before.content_hash
                told = self.lost if is_record and found.record is None else self.unparsed
                if is_record or each.row.content_hash == UNPARSED:
                    told.setdefault(each.reason, Cases()).add(str(rewrite.sid))
        if rewrite.story is None:
            return
        if before is None:
            self.changed += 1
            self.new.add(str(rewrite.sid))
        elif before.record == rewrite.story.record:
            self.others += 1
        else:
            self.changed += 1
            self._add_fields(rewrite.sid, msgspec.json.decode(before.record), msgspec.json.decode(rewrite.story.record))

    def _add_fields(self, sid: int, old: dict[str, Any], new: dict[str, Any]) -> None:
        for name in Story.__struct_fields__:
            if name not in _DERIVED and old.get(name) != new[name]:
                cases = self.fields.setdefault(name, Cases())
                cases.add(f"{sid}: {changes.shown(old.get(name), new[name])}" if len(cases.examples) < EXAMPLES else "")

    def join(self, other: Tally) -> None:
        """Add what came of the pages behind these."""
        for name in ("pages", "stories", "changed", "others", "merged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.new.join(other.new)
        for name in ("fields", "lost", "unparsed"):
            mine: dict[str, Cases] = getattr(self, name)
            for key, cases in getattr(other, name).items():
                mine.setdefault(key, Cases()).join(cases)

    def lines(self, *, is_dry: bool) -> Iterator[str]:
        """What came of the pages, for a person."""
        would = "would be " if is_dry else ""
        yield f"{self.pages:,} pages read by parser version {PARSER_VERSION}: {self.stories:,} stories"
        yield f"  {self.stories - self.changed:,} records as they are, {self.changed:,} {would}changed"
        if self.others:
            yield f"  {self.others:,} of those that stay were another parser version's"
        for name in Story.__struct_fields__:
            if name in self.fields:
                yield from _cases(f"  {name}: {self.fields[name].count:,} {would}changed", self.fields[name])
        if self.new.count:
            yield f"  {self.new.count:,} {would}stored, unparsed before: {_shown(self.new)}"
        if self.merged:
            yield f"  {self.merged:,} pages {would}dropped: later ones have the same content"
        for reason, cases in sorted(self.unparsed.items()):
            yield f"  unparsed: {reason}: {cases.count:,}: {_shown(cases)}"
        for reason, cases in sorted(self.lost.items()):
            yield f"  kept as they were, since this parser cannot read them: {reason}: {cases.count:,}: {_shown(cases)}"


def _cases(heading: str, cases: Cases) -> Iterator[str]:
    yield f"{heading}, such as"
    for example in cases.examples:
        yield f"    {example}"


def _shown(cases: Cases) -> str:
    return ", ".join(cases.examples) + (", …" if cases.count > len(cases.examples) else "")
