"""Recognises what a page puts into or behind a story's text that is not the story: advertisements, share links."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import _Element as Element

from solidot_spider.parsing.doubt import DoubtError
from solidot_spider.parsing.markup import FOREIGN_NAME, SUMMARY_NAME

_MAX_NAMES = 200
"""Names are looked at in so many characters."""
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def is_foreign(element: Element) -> bool:
    """Whether an element is hidden, or its class or id says that it is not the story's.

    Raises:
        DoubtError: it may be the story's beginning, or a summary of it.
    """
    keys = element.keys()
    if not keys:
        return False
    if "hidden" in keys or ("style" in keys and _HIDDEN.search(element.get("style") or "")):
        return True
    if "class" not in keys and "id" not in keys:
        return False
    return _is_foreign_name(f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES])


@lru_cache(maxsize=1024)
def _is_foreign_name(names: str) -> bool:
    if SUMMARY_NAME.search(names):
        raise DoubtError("summary-in-body")
    return FOREIGN_NAME.search(names) is not None
