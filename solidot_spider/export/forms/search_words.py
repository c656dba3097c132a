"""Writes text as words that SQLite's full-text search tells apart: Chinese as pairs of characters.

The tokenizer takes a run of ideographs for one word, and its trigrams find no word of two characters. As overlapping
pairs ``苹果`` is a word of the index, and any longer word is a phrase of pairs.
"""

from __future__ import annotations

import re
from itertools import pairwise

_IDEOGRAPHS = "[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
_RUN = re.compile(f"{_IDEOGRAPHS}+")

SEARCH = f"""\
WITH RECURSIVE
  given(text) AS (SELECT replace(:words, '"', ' ') || ' '),
  chars(place, char, next) AS (
    SELECT 1, substr(text, 1, 1), substr(text, 2, 1) FROM given
    UNION ALL
    SELECT place + 1, next, substr(text, place + 2, 1) FROM chars, given WHERE next <> ''
  ),
  kinds(place, char, next, kind, before, after) AS (
    SELECT place, char, next, kind, lag(kind, 1, 0) OVER (ORDER BY place), lead(kind, 1, 0) OVER (ORDER BY place)
    FROM (
      SELECT *, CASE WHEN trim(char) = '' THEN 0 WHEN char GLOB '{_IDEOGRAPHS}' THEN 2 ELSE 1 END AS kind FROM chars
    )
  ),
  written(place, text) AS (
    SELECT place,
      CASE WHEN kind > 0 AND before <> kind THEN ' "' ELSE '' END
      || CASE WHEN kind < 2 THEN char WHEN after = 2 THEN char || next || ' ' WHEN before = 2 THEN '' ELSE char END
      || CASE WHEN kind = 0 OR after = kind THEN '' WHEN kind = 2 AND before <> 2 THEN '"*' ELSE '"' END
    FROM kinds
  )
SELECT stories.* FROM stories_fts JOIN stories ON stories.sid = stories_fts.rowid
WHERE stories_fts MATCH (
  SELECT coalesce(nullif(trim(group_concat(text, '')), ''), '""') FROM (SELECT text FROM written ORDER BY place)
)
ORDER BY stories_fts.rank, stories.sid LIMIT 100"""  # noqa: S608 - characters of our own
"""A query of an exported database: stories with all of ``:words``, of which Chinese ones become phrases of pairs."""


def search_words(text: str) -> str:
    """``苹果公司的 iPhone`` as ``苹果 果公 公司 司的 的 iPhone``; a last character stands alone, too."""
    return _RUN.sub(_pairs, text)


def _pairs(run: re.Match[str]) -> str:
    chars = run[0]
    return f" {' '.join(map(''.join, pairwise(chars)))} {chars[-1]} "
