"""Sources given by name only: ``日经 iPhone神话在中国破灭``, ``DOI: 10.48550/…``.

The site names sources so since the end of January 2025. A label looks like any short line, so prose is told apart by
what it is not: when in doubt a line stays in the body.
"""

from __future__ import annotations

import re
from datetime import datetime

from solidot_spider.clock import BEIJING

SINCE = datetime(2025, 1, 26, tzinfo=BEIJING)
"""The day from which labels are read; nothing else depends on a story's age."""

LONGEST = 200
SHORTEST = 5
MOST = 4

_OPENERS = re.compile(
    r"[（(\[【〔{｛<＜]|[-–—•·●○■□◆◇▪►▶*＊※+＋>#]|(?:\d{1,2}|[a-z])[.)、）．](?!\d)\s*|[①-⑳]"
)
_OPEN_ENDS = tuple("，；：、,;:")
_CLOSED = re.compile(r"[。！？!?…．.][\s”’」』）)》\"'】\]]*$|[”」』）】]$")
_PRICE = re.compile(r"[$€£¥￥]\s?\d|\d\s?(?:元|美元|欧元|日元|英镑)")
_PROGRAMME = re.compile(
    r"\d{1,2}\s*[:：]\s*\d{2}\b"
    r"|(?:时间|地点|日期|会期|主办|协办|承办|主持|嘉宾|议题|议程|票价|报名|地址|联系|电话|邮箱|微信|官网|网址|作者|编辑|翻译|责编|文|图)"
    r"(?:单位|方式|人|地址|嘉宾|时间|地点|方)?\s*[:：|｜]"
)


def is_label(text: str) -> bool:
    """Whether a plain paragraph without any address can be a source's name and headline, or a headline alone."""
    return (
        SHORTEST <= len(text) <= LONGEST
        and "。" not in text
        and not text.endswith(_OPEN_ENDS)
        and not _OPENERS.match(text)
        and not _PROGRAMME.match(text)
    )


def is_list(labels: list[str]) -> bool:
    """Whether the would-be labels of a block are a list: of prices, of names, or simply too long."""
    if len(labels) > MOST:
        return True
    if len(labels) > 1 and sum(bool(_PRICE.search(label)) for label in labels) > 1:
        return True
    return len(labels) > 2 and all(len(label) <= 12 for label in labels)


def closes_sentence(text: str) -> bool:
    """Whether a line ends as a sentence does: behind it a block with labels may begin."""
    return _CLOSED.search(text) is not None
