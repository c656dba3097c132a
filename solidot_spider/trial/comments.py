"""The comments below a story."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from solidot_spider.trial.dateline import dateline
from solidot_spider.trial.frame import person

if TYPE_CHECKING:
    from solidot_spider.trial.story import Comment, Story

REGION = """<!-- comments start -->
{inside}<!-- comments end -->
"""
INSIDE = """<div class="statement"><a href="/story?sid={sid}">{title}</a> | <b>{count}</b>条评论</div>
<div class="statement"><b>声明:</b> 以下评论纯属演示。</div>
<div class="reply_list">
{tree}</div>
"""
COMMENT = """<li id="tree_{id}">
<div id="comment_{id}" class="list_com">
<div class="ct_tittle smallct_tit"><div class="mid_bgtittle"></div>\
<div class="bg_htit"><h2>{title}(得分:{score} )</h2></div></div>
<div class="talk_time">
<a class="same_the" href="{path}">{author}</a>({uid})
<span class="expression"><a href="/my/check?uid={uid}"><img alt="Smile" \
src="https://icon.solidot.org/images/default/smile.gif"></a></span>
<span>发表于{dateline}</span>
</div>
<div class="p_text">
           \t{text}                   </div>
<div class="reply_chice">[ <a class="same_the" \
href="/comments/?sid={sid}&op=reply&type=story&pid={id}">回复本条</a> ]</div>
</div>
{replies}</li>
"""


def comments(story: Story) -> str:
    """The comment region, with replies nested below what they answer."""
    if not story.comments:
        return REGION.format(inside="\n")
    title = escape(story.title, quote=False)
    inside = INSIDE.format(sid=story.sid, title=title, count=len(story.comments), tree=_tree(story, None))
    return REGION.format(inside=inside)


def _tree(story: Story, parent: int | None) -> str:
    items = "".join(_comment(story, comment) for comment in story.comments if comment.parent == parent)
    return f'<ul class="reply_ul">\n{items}</ul>\n' if items else ""


def _comment(story: Story, comment: Comment) -> str:
    return COMMENT.format(
        id=comment.id,
        sid=story.sid,
        title=escape(comment.title, quote=False),
        score=comment.score,
        path=person(comment.author),
        author=escape(comment.author, quote=False),
        uid=comment.uid,
        dateline=dateline(comment.posted),
        text=comment.text,
        replies=_tree(story, comment.id),
    )
