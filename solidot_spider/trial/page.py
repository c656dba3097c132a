"""The page of one story."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from solidot_spider.trial import frame
from solidot_spider.trial.comments import comments
from solidot_spider.trial.dateline import dateline

if TYPE_CHECKING:
    from solidot_spider.trial.story import Story, Topic

SHARE = (
    "//service.weibo.com/share/share.php?url=//www.solidot.org/story?sid={sid}{amp}appkey=1234567890{amp}title={title}"
)
TOPIC = (
    '<a href="/search?tid={tid}" title="{name}">'
    '<img src="https://icon.solidot.org/images/topics/{icon}?12" alt="{name}" /></a>'
)
BLOCK = """<div class="about_at">
<div class="block_m">
<div class="ct_tittle">
<div class="mid_bgtittle"></div>
<div class="bg_htit"><h2>{title}</h2></div>
</div>
<div class="talk_time">
<div class="icon_float">
{topics}
</div>
{editor} ({uid})发表于 {dateline} <a href="{share}" title="新浪微博分享">新浪微博分享</a>
<img src="https://icon.solidot.org/images/a7c7.png" />
<b>来自{department}</b>
</div>
{body}
</div>
<div class="pn"><script type="text/javascript" src="/story/story_pn/{sid}"></script></div>
"""


def story_page(story: Story, *, is_open: bool, yesterday: str) -> str:
    """The story's page, with placeholders for its view count and the saying."""
    views = frame.box("消息", f"<b>本文已被查看 {frame.PLACEHOLDER} 次</b>")
    center = f"{_block(story)}{_reply(story, is_open=is_open)}{comments(story)}</div>\n</div>\n"
    return frame.page(story.title, views, center, yesterday, json_ld(story))


def ampersand(sid: int) -> str:
    """How a page writes ``&`` in its links: bare on one, escaped on the next."""
    return "&amp;" if sid % 2 else "&"


def topic_links(topics: tuple[Topic, ...]) -> str:
    """The topics with their icons, whose file names may hold spaces and ideographs."""
    return "\n".join(
        TOPIC.format(tid=topic.tid, name=escape(topic.name), icon=topic.icon or f"topic{topic.name.strip()}.png")
        for topic in topics
    )


def body_block(story: Story, body: str) -> str:
    """``div.p_mainnew`` with the site's white space; pages before 2017 have no ``div.p_content`` around it."""
    main = f'<div class="p_mainnew">\n                {body}\t\t\t\t\t                </div>'
    return f'<div class="p_content">\n{main}\n</div>' if story.p_content else main


def json_ld(story: Story) -> str:
    """The script with the story's title and time, one key a line; see ``Story.json_ld``."""
    if story.json_ld == "missing":
        return ""
    values = {
        "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
        "@id": f"https://www.solidot.org/story?sid={story.sid}",
        "title": story.title,
        "images": [],
        "pubDate": f"{story.published:%Y-%m-%dT%H:%M:%S}",
    }
    text = json.dumps(values, ensure_ascii=story.sid % 2 == 0, indent=4)
    if story.json_ld == "comma":
        text = f"{text[:-2]},\n}}"
    return f'<script type="application/ld+json">\n{text}\n</script>\n'


def _block(story: Story) -> str:
    amp = ampersand(story.sid)
    return BLOCK.format(
        title=escape(story.title, quote=False),
        topics=topic_links(story.topics),
        editor=frame.signature(story.editor, "/~"),
        uid=story.editor.uid,
        dateline=dateline(story.published),
        share=SHARE.format(sid=story.sid, amp=amp, title=quote(story.title)),
        department=escape(story.department, quote=False),
        body=body_block(story, story.body),
        sid=story.sid,
    )


def _reply(story: Story, *, is_open: bool) -> str:
    amp = ampersand(story.sid)
    if is_open:
        link = f'<a href="/comments?sid={story.sid}{amp}op=reply{amp}type=story">回复</a>'
        return f'<div class="e_reply">{link}</div>\n'
    return '<div class="e_reply">评论已经自动封存，请勿再发言论</div>\n' if story.comments else ""
