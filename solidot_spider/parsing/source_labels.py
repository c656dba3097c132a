"""Recognises sources that are given by name only: a medium and a headline, or ``DOI: 10.48550/…``.

The site gives sources so since the end of January 2025. A label looks like any short line, so it is recognised by what
it is not: when in doubt, a line stays in the body.
"""

from __future__ import annotations

import re
from datetime import datetime

from solidot_spider.base.clock import BEIJING

SINCE = datetime(2025, 1, 26, tzinfo=BEIJING)
"""The first day of stories with labels; nothing else depends on a story's age."""

MIN_LENGTH = 4
MAX_LENGTH = 200
MAX_LABELS = 4
MAX_NAME_LENGTH = 12
"""A possible label of so few characters may be only a name; more than two of them are a list of names."""

_LIST_MARKER = re.compile(
    r"[（(\[【〔{｛<＜〈]|[-–—•·●○■□◆◇▪►▶*＊※+＋>#]"
    r"|\d{1,2}(?:[)、）]|[.．](?!\d))|[a-zA-Z][)、）]|[①-⑳]|[一二三四五六七八九十]{1,3}、"
)
_OPEN_END = tuple("，；：、,;:")
_SENTENCE_END = re.compile(r"[。！？!?…．.][\s”’」』）)》\"'】\]]*$|[”」』）】]$")
_PRICE = re.compile(r"(?:[$€£¥￥]\s?\d[\d,.]*|\d\s?(?:元|美元|欧元|日元|英镑))\s*[)）]?$")
# Begins a line of a programme, an invitation or a note, and never a source.
_NOTICE = re.compile(
    r"\d{1,2}\s*[:：]\s*\d{2}(?!\d)"
    r"|(?:活动|会议|大会|演讲|直播|参会|参赛|比赛|报名|项目|展示|专属|分享|举办|截止|咨询|课程)?"
    r"(?:时间|地点|日期|会期|主办|协办|承办|主持|主题|嘉宾|议题|议程|议程安排|福利|对象|费用|票价|报名|入口|链接|地址|联系|电话|邮箱"
    r"|微信|公众号|官网|网址|作者|编辑|编译|翻译|责编|校对|摄影|制图|文|图|图源|图片|配图|视频|注|附|附录|备注|声明|更新|编者按)"
    r"(?:单位|方式|人|地址|嘉宾|时间|地点|方|热线|链接|邮箱)?\s*[:：|｜]"
)


def is_label(text: str) -> bool:
    """Whether a plain paragraph without any address can be a source's name and headline, or a headline alone."""
    return (
        MIN_LENGTH <= len(text) <= MAX_LENGTH
        and "。" not in text
        and not text.endswith(_OPEN_END)
        and _LIST_MARKER.match(text) is None
        and _NOTICE.match(text) is None
    )


def is_list(labels: list[str]) -> bool:
    """Whether the possible labels of a block are a list: of prices, of names, or just too many."""
    if len(labels) > MAX_LABELS:
        return True
    if sum(_PRICE.search(label) is not None for label in labels) > 1:
        return True
    return len(labels) > 2 and all(len(label) <= MAX_NAME_LENGTH for label in labels)


def closes_sentence(text: str) -> bool:
    """Whether a line ends like a sentence, so that a block with labels may begin behind it."""
    return _SENTENCE_END.search(text) is not None
