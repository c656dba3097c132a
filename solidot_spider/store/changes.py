"""What a new record changes of the one before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from solidot_spider.items import HASHED

MOVING = ("views", "comment_count")
"""What changes by itself; told, but no change of the story."""

SHOWN = 60
"""Characters of a value that a line for a person holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a stored story.

    Attributes:
        kind: ``older`` where the store has a younger page already, which stays.
        fields: name, old value and new value of each field that differs.
        moved: the same for what changes by itself.
    """

    kind: Literal["new", "changed", "unchanged", "older"]
    fields: list[tuple[str, Any, Any]] = field(default_factory=list)
    moved: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def old(self) -> dict[str, Any]:
        """The old values of the fields that differ."""
        return {name: old for name, old, _ in self.fields}

    def lines(self, sid: int) -> list[str]:
        """The change in lines for a person."""
        moved = "".join(f"; {name} {old} → {new}" for name, old, new in self.moved)
        if self.kind == "older":
            return [f"story {sid}: the store has a younger page, which stays"]
        if self.kind != "changed":
            return [f"story {sid}: {self.kind}{moved}"]
        shown = [f"  {name}: {before} → {now}" for name, old, new in self.fields for before, now in [_shown(old, new)]]
        return [f"story {sid}: changed{moved}", *shown]


def between(old: dict[str, Any], new: dict[str, Any]) -> Change:
    """What differs between two records of one story."""
    fields = _differing(HASHED, old, new)
    return Change("changed" if fields else "unchanged", fields, _differing(MOVING, old, new))


def _differing(names: tuple[str, ...], old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _shown(old: Any, new: Any) -> tuple[str, str]:
    """Both values, cut to where they begin to differ."""
    one, other = _text(old), _text(new)
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, same - SHOWN // 3) if max(len(one), len(other)) > SHOWN else 0
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    end = start + SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, str) else "nothing" if value in (None, []) else str(value)
