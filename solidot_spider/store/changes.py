"""Compares a new record of a story with the stored one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from solidot_spider.items import HASHED

COUNTERS = ("views", "comment_count")
"""Fields that change without an edit; they are shown, but do not make a story changed."""

VALUE_LENGTH = 60
"""A line for a person shows so many characters of a value."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a new record changes of a stored story.

    Attributes:
        kind: ``older`` if the stored record is of a younger page and stays, ``lesser`` if it is of a page and stays
            before what a capture in Markdown tells, ``same`` if an import brings the page that is stored already.
        fields: name, old value and new value of each field that an edit changed.
        moved: the same for the counters.
    """

    kind: Literal["new", "changed", "unchanged", "older", "lesser", "same"]
    fields: list[tuple[str, Any, Any]] = field(default_factory=list)
    moved: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def old(self) -> dict[str, Any]:
        """The old values of the fields that an edit changed."""
        return {name: old for name, old, _ in self.fields}

    def lines(self, sid: int) -> list[str]:
        """The change in lines for a person."""
        moved = "".join(f"; {name} {old} → {new}" for name, old, new in self.moved)
        if self.kind == "older":
            return [f"story {sid}: the store has a younger page, which stays"]
        if self.kind != "changed":
            return [f"story {sid}: {self.kind}{moved}"]
        return [f"story {sid}: changed{moved}", *self._field_lines()]

    def _field_lines(self) -> Iterator[str]:
        for name, old, new in self.fields:
            yield f"  {name}: {shown(old, new)}"


def shown(old: Any, new: Any) -> str:
    """The old and the new value of a field for a person, both cut to begin shortly before their first difference."""
    return " → ".join(_excerpts(_text(old), _text(new)))


def between(old: dict[str, Any], new: dict[str, Any]) -> Change:
    """The change from one record of a story to another."""
    fields = _differing(HASHED, old, new)
    return Change("changed" if fields else "unchanged", fields, _differing(COUNTERS, old, new))


def _differing(names: tuple[str, ...], old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _excerpts(one: str, other: str) -> tuple[str, str]:
    """Both texts, cut to begin shortly before their first difference."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, same - VALUE_LENGTH // 3) if max(len(one), len(other)) > VALUE_LENGTH else 0
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    end = start + VALUE_LENGTH
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, str) else "nothing" if value in (None, []) else str(value)
