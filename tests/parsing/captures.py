"""Makes captures: pages as feed archivers keep them, with a front matter and all of the page as Markdown."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from markdownify import markdownify

from solidot_spider.base import site
from tests import pages

FETCHED_AT = datetime.fromisoformat("2025-11-05T04:00:00.123456")
"""Without a zone, as archivers write it."""

STYLES: dict[str, dict[str, Any]] = {
    "archived": {"heading_style": "ATX"},
    "underlined": {},
    "backslashes": {"newline_style": "backslash", "strong_em_symbol": "_", "escape_misc": True, "bullets": "-"},
    "unescaped": {"escape_asterisks": False, "escape_underscores": False, "autolinks": False},
}
"""How tools write: by name, the options of markdownify."""

_SPACE_AT_END = re.compile(r"[ \t]+$", re.MULTILINE)


def capture(sid: int, *, page: bytes | None = None, style: str = "archived") -> bytes:
    """A capture of a story of the trial site, or of the page that answered for it."""
    page = pages.page(sid) if page is None else page
    return front_matter(sid) + markdown(page, style).encode()


def markdown(page: bytes, style: str = "archived") -> str:
    """A page as Markdown; ``archived`` has no space at the ends of lines, so that breaks are plain line ends."""
    text = markdownify(page.decode(), **STYLES[style])
    return _SPACE_AT_END.sub("", text) if style == "archived" else text


def front_matter(sid: int, title: str = "题目", fetch_date: datetime = FETCHED_AT) -> bytes:
    """The front matter of a story's capture."""
    return (
        f"---\ntitle: {title}\nurl: {site.story_url(sid)}\nsource: 订阅\ndate: {fetch_date:%Y-%m-%d}\n"
        f"fetch_date: {fetch_date.isoformat()}\n---\n\n# {title}\n\n"
    ).encode()


def written(body: str, *, sid: int = 81234, title: str = "一则消息", is_spaced: bool = False) -> bytes:
    """A capture with a body in Markdown as it stands; ``is_spaced``: lists are written as html2text does."""
    item = "  * " if is_spaced else "* "
    text = f"""\
{item}[登录](/login)

## 消息

**本文已被查看 1234 次**

## {title}

[![商业](https://icon.solidot.org/images/topics/topicbiz.png)](/search?tid=54 "商业")

[Wilson](/~Wilson) (42865)发表于 2025年05月06日 13时21分 星期二 \
[新浪微博分享](//service.weibo.com/share/share.php?url=//www.solidot.org/story?sid={sid}&appkey=1 "新浪微博分享")
![](https://icon.solidot.org/images/a7c7.png)
**来自永生粮**

{body}

\ufeff

一句闲话。

{item}[首页](/)
{item}[往日文章](/?issume=20251104)
{item}[过去的投票](/polllist)
{item}[编辑介绍](/authors)
{item}[RSS](/index.rss)

本站提到的所有注册商标属于他们各自的所有人所有，评论属于其发表者所有。
"""
    return front_matter(sid, title) + text.encode()
