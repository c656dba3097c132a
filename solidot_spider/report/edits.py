"""Shows what an edit changed, as HTML: what is gone is struck out, what is new is marked."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

import msgspec

from solidot_spider.report.html import Safe, chinese, joined, link, moment, tag, text
from solidot_spider.store.overview import Edited

LONGEST = 400
"""Characters of one place that are shown at most."""

_AROUND = 24
"""Characters of what stayed that are shown at each side of a place."""

_MOST_PIECES = 3000
_PIECE = re.compile(r"[^。！？!?\n]*(?:[。！？!?\n]|$)")


def edit(given: Edited, site: str) -> Safe:
    """An edit: when it was seen, its story, and each field."""
    head = tag("header", joined([moment(given.at), link(given.sid, site), chinese(given.title)]))
    fields = joined(
        joined([tag("dt", name), tag("dd", difference(old, new), lang="zh")])
        for name, (old, new) in given.fields.items()
    )
    return tag("article", joined([head, tag("dl", fields)]), class_="edit")


def difference(old: Any, new: Any) -> Safe:
    """Two values of a field, as what is gone and what is new."""
    if isinstance(old, str) and isinstance(new, str):
        return _of_texts(old, new)
    gone, come = _items(old), _items(new)
    if sorted(map(_name, gone)) == sorted(map(_name, come)):  # what a person knows them by is the same
        before, after = [_json(each) for each in gone], [_json(each) for each in come]
    else:
        before, after = [_name(each) for each in gone], [_name(each) for each in come]
    parts = [_gone(each) for each in before if each not in after] + [
        _come(each) for each in after if each not in before
    ]
    return joined(parts or ["another order"], " ")


def _items(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _name(value: Any) -> str:
    """What a person knows a value by: a link by its address, an editor or topic by its name."""
    if isinstance(value, dict) and (name := value.get("url") or value.get("name")):
        return str(name)
    return _json(value)


def _json(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _of_texts(old: str, new: str) -> Safe:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    if max(len(before), len(after)) > _MOST_PIECES:
        return joined([_gone(old), _come(new)], " ")
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    places = [_place("".join(before[a:b]), "".join(after[c:d])) for word, a, b, c, d in found if word != "equal"]
    return joined(places, " ")


def _place(old: str, new: str) -> Safe:
    """One place of a text, with a little of what stayed around it."""
    least = min(len(old), len(new))
    start = next((at for at in range(least) if old[at] != new[at]), least)
    end = next((at for at in range(least - start) if old[-1 - at] != new[-1 - at]), least - start)
    before, behind = old[:start], old[len(old) - end :]
    gone, come = old[start : len(old) - end], new[start : len(new) - end]
    return joined(
        [
            ("…" if start > _AROUND else "") + before[-_AROUND:],
            _gone(gone) if gone else "",
            _come(come) if come else "",
            behind[:_AROUND] + ("…" if end > _AROUND else ""),
        ]
    )


def _gone(value: str) -> Safe:
    return tag("del", _cut(value))


def _come(value: str) -> Safe:
    return tag("ins", _cut(value))


def _cut(value: str) -> Safe:
    value = " ".join(value.split())
    return text(value if len(value) <= LONGEST else value[:LONGEST] + "…")
