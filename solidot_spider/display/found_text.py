"""Writes a story that a search has found: its title, and a place of its body that has a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from solidot_spider.base.console import plain
from solidot_spider.display import wrapping
from solidot_spider.display.colours import Colours

_MARGIN = 6
"""Spaces before a place."""


def lines(record: dict[str, Any], words: Sequence[str], width: int, colours: Colours, *, titles: bool) -> Iterator[str]:
    """The story's sid, day and title, and a line of its body if the title has not all words.

    Args:
        record: the record.
        words: the words that were looked for.
        width: columns.
        colours: how the words are painted.
        titles: whether titles only were looked into.
    """
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE)
    head = f"{record['sid']}  {record['published_at'][:10]}  "
    title = wrapping.fitted(plain(record["title"]), max(20, width - len(head)))
    yield f"{colours.paint(head, 'dim')}{_marked(title, pattern, colours)}"
    folded = record["title"].casefold()
    absent = [each for each in words if each.casefold() not in folded]
    if not titles and absent:
        text = plain(" ".join(record["body"].split()))
        place = text.casefold().find(absent[0].casefold())
        start = max(0, place - (width - _MARGIN) // 6)
        shown = ("…" if start else "") + text[start : start + width]
        yield f"{' ' * _MARGIN}{_marked(wrapping.fitted(shown, max(20, width - _MARGIN)), pattern, colours)}"


def _marked(text: str, pattern: re.Pattern[str], colours: Colours) -> str:
    return pattern.sub(lambda found: colours.paint(found[0], "match"), text)
