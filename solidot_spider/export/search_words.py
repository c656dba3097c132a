"""Writes text as words that SQLite's full-text search tells apart: Chinese as pairs of characters.

The tokenizer takes a run of ideographs for one word, and its trigrams find no word of two characters. As overlapping
pairs ``苹果`` is a word of the index, and any longer word is a phrase of pairs.
"""

from __future__ import annotations

import re
from itertools import pairwise

_RUN = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def search_words(text: str) -> str:
    """``苹果公司的 iPhone`` as ``苹果 果公 公司 司的 的 iPhone``; a last character stands alone, too."""
    return _RUN.sub(_pairs, text)


def _pairs(run: re.Match[str]) -> str:
    chars = run[0]
    return f" {' '.join(map(''.join, pairwise(chars)))} {chars[-1]} "
