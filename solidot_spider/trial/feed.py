"""The feed ``/index.rss``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solidot_spider.trial.dateline import feed_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solidot_spider.trial.story import Story

CHANNEL = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
<channel>
<title>奇客Solidot（演示）</title>
<link>https://www.solidot.org</link>
<description>虚构的知识，重要的测试。</description>
<language>zh-cn</language>
{items}
</channel>
</rss>
"""
ITEM = """<item>
<title><![CDATA[{title}]]></title>
<link>{scheme}//www.solidot.org/story?sid={sid}</link>
<description><![CDATA[{teaser}]]></description>
<pubDate>{date}</pubDate>
</item>"""
SCHEMELESS = 3
"""The item whose link has no scheme."""


def feed(stories: Sequence[Story]) -> str:
    """The feed of these stories, newest first."""
    items = (
        ITEM.format(
            title=story.title,
            scheme="" if index == SCHEMELESS else "https:",
            sid=story.sid,
            teaser=story.teaser,
            date=feed_date(story.published),
        )
        for index, story in enumerate(stories)
    )
    return CHANNEL.format(items="\n".join(items))
