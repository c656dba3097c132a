"""Puts line breaks back where tools lose them: at empty paragraphs of a page, whose place its text still shows."""

from __future__ import annotations

import re

SENTENCE_ENDS = ("。", "！", "？", "!", "?")
_BEFORE_ADDRESS = re.compile(r"(?<=[。！？])(?=[^\s。！？，：:/]{2,12}[：:]https?://)")
_BULLET_AT_START = re.compile(r"^•", re.MULTILINE)
_BULLET_INSIDE = re.compile(r"(?<=[^\s\\])•")
_BREAK = "  \n"


def restored(text: str) -> str:
    """A paragraph's Markdown with the breaks that were before a prefix with an address, and before a list's bullets."""
    if "://" in text:
        text = _BEFORE_ADDRESS.sub(_BREAK, text)
    if "•" in text and _BULLET_AT_START.search(text):
        text = _BULLET_INSIDE.sub(_BREAK + "•", text)
    return text
