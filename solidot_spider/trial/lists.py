"""The list pages: blocks of stories under each other, as home, section and day pages have them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from solidot_spider.trial import frame
from solidot_spider.trial.dateline import dateline
from solidot_spider.trial.page import ampersand, body_block, topic_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solidot_spider.trial.story import Story

BLOCK = """<div class="block_m">
<div class="ct_tittle">
<div class="mid_bgtittle"></div>
<div class="bg_htit"><h2>{prefix}<a href="{link}">{title}</a></h2></div>
</div>
<div class="talk_time">
<div class="icon_float">
{topics}
</div>
{editor}({uid})
                发表于{dateline}
<br />
<b>来自{department}</b>
</div>
{body}
<div class="talk_more">
<ul class="talkm_mid">
<li><a href="{link}">阅读原文</a></li>
<li>{comments}</li>
<li><a href="javascript:;" onclick="fav({sid})">收藏</a></li>
<li><a href="//www.solidot.org/comments?sid={sid}{amp}op=reply{amp}type=story">评论</a></li>
</ul>
</div>
</div>
"""
POLL = """<form action="/poll" method="post"><b>你的第一台电脑现在在哪里？</b><br />\
<input type="radio" name="aid" value="1" /> 阁楼上<br />\
<input type="radio" name="aid" value="2" /> 还在用<br />\
<input type="submit" value="投票" /></form>"""
TURNS = """<div class="page"><a href="/?issue={before}">前一天</a> \
<a href="/?issue={after}">后一天</a></div>
"""
HOT_STORY = '<li><a href="/story?sid={sid}">{title}</a> <i>({count})</i></li>'
HOT_COMMENT = (
    '<li><a href="/story?sid={sid}#comment_{id}"><b>{heading}</b></a><br />({score} points, 一般)<br />'
    'by {author} 在 {dateline}<br />评论到 <a href="/story?sid={sid}">{title}</a></li>'
)
FORMS = (
    "/story?sid={}",
    "/story?sid={}",
    "//www.solidot.org/story?sid={}",
    "https://www.solidot.org/story?sid={}",
)


def list_page(title: str, stories: Sequence[Story], hot: Sequence[Story], yesterday: str, turns: str = "") -> str:
    """A page of stories, with a placeholder for the saying; ``turns`` are links to the days before and after."""
    center = "".join(map(_block, stories))
    return frame.page(title, _right(hot), f"{center}{turns}</div>\n", yesterday)


def day_turns(before: str, after: str) -> str:
    """The links to the day before and the day after."""
    return TURNS.format(before=before, after=after)


def link(sid: int) -> str:
    """A story's link in a list: mostly a path, now and then with a host or a scheme."""
    return FORMS[sid // 3 % len(FORMS)].format(sid)


def _block(story: Story) -> str:
    section = story.section
    prefix = f'<a href="//{section}.solidot.org">{frame.SECTIONS[section]}</a>: ' if section else ""
    return BLOCK.format(
        prefix=prefix,
        link=link(story.sid),
        title=escape(story.title, quote=False),
        topics=topic_links(story.topics),
        editor=frame.signature(story.editor, "/specialist~"),
        uid=story.editor.uid,
        dateline=dateline(story.published),
        department=escape(story.department, quote=False),
        body=body_block(story, f"{story.teaser}\n"),
        comments=len(story.comments),
        sid=story.sid,
        amp=ampersand(story.sid),
    )


def _right(hot: Sequence[Story]) -> str:
    titles = "\n".join(
        HOT_STORY.format(sid=story.sid, title=escape(story.title, quote=False), count=len(story.comments))
        for story in hot
    )
    return (
        frame.box("投 票", POLL)
        + frame.box("热门文章", f"<ul><li><ul>\n{titles}\n</ul></li></ul>")
        + frame.box("热门评论", f"<ul>\n{_hot_comments(hot)}\n</ul>")
    )


def _hot_comments(hot: Sequence[Story]) -> str:
    return "\n".join(
        HOT_COMMENT.format(
            sid=story.sid,
            id=comment.id,
            heading=escape(comment.title, quote=False),
            score=comment.score,
            author=escape(comment.author, quote=False),
            dateline=dateline(comment.posted),
            title=escape(story.title, quote=False),
        )
        for story in hot
        for comment in story.comments
    )
