"""Puts line breaks back where tools lose them: at empty paragraphs of a page, whose place its text still shows."""

from __future__ import annotations

import re
from collections import Counter

SENTENCE_ENDS = ("。", "！", "？", "!", "?")
_BEFORE_ADDRESS = re.compile(r"(?<=[。！？])(?=[^\s。！？，：:/]{2,12}[：:]https?://)")
_BULLET_AT_START = re.compile(r"^•", re.MULTILINE)
_BULLET_INSIDE = re.compile(r"(?<=[^\s\\])•")
_BREAK = "  \n"
_FIRST_WORD = re.compile(r"^[A-Z][A-Za-z]{3,20}(?= )", re.MULTILINE)
_WORD_INSIDE = re.compile(r"(?<=[\d)）])[A-Z][A-Za-z]{3,20}(?= )")
_MIN_ITEMS = 2


def restored(text: str) -> str:
    """A paragraph's Markdown with the breaks that it must have had.

    They are before a prefix with an address, before the bullets of a list, and before the word that a list's lines
    begin with.
    """
    if "://" in text:
        text = _BEFORE_ADDRESS.sub(_BREAK, text)
    if "•" in text and _BULLET_AT_START.search(text):
        text = _BULLET_INSIDE.sub(_BREAK + "•", text)
    if "\n" in text:
        items = {word for word, count in Counter(_FIRST_WORD.findall(text)).items() if count >= _MIN_ITEMS}
        if items:
            text = _WORD_INSIDE.sub(lambda found: _BREAK * (found[0] in items) + found[0], text)
    return text
