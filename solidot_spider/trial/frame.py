"""The parts around every page of the site: head, header, right column, footer.

Class names, order and traps are the real site's (a sidebar heading before the story's, a U+FEFF and a
changing saying at the end, ``issume``); words that are more than labels are invented.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from solidot_spider.trial.story import Editor

PLACEHOLDER = "\x00"
"""A placeholder for what changes on every fetch: first the view count (on story pages), then the saying."""

SECTIONS = {
    "linux": "Linux",
    "science": "科学",
    "technology": "科技",
    "mobile": "移动",
    "apple": "苹果",
    "hardware": "硬件",
    "software": "软件",
    "security": "安全",
    "games": "游戏",
    "books": "书籍",
    "idle": "idle",
    "cloud": "云计算",
    "story": "高飞的电子替身",
}
"""The section hosts and what they are called."""

HEAD = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="zh" lang="zh">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>奇客Solidot | {title}</title>
<link rel="alternate" type="application/rss+xml" title="奇客Solidot" href="/index.rss" />
{json_ld}<script type="text/javascript">
function setTheme(n){{document.cookie="theme="+n+";path=/";location.reload();}}
</script>
<style type="text/css">
.block_m .p_mainnew img{{max-width:100%}}
.ct_tittle{{height:31px;line-height:31px;overflow:hidden}}
.talk_time{{background:#e6e6e6;padding:6px 10px}}
.p_mainnew{{font-size:14px;line-height:24px;word-break:break-all}}
.block_r{{width:220px;margin:0 0 10px 0;border:1px solid #ccc}}
.famous{{color:#999;font-size:12px}}
</style>
</head>
<body>
<div id="main">
<div class="bg_col">
<div class="nav-secondary-wrap">
<div class="logo"><a href="//www.solidot.org/"><img src="https://icon.solidot.org/images/logo.png" \
alt="奇客Solidot" width="180" height="54" /></a></div>
<div class="logo_sosobox"><form action="/search" method="get"><input type="hidden" name="tid" value="0" />\
<input type="text" name="query" value="站内搜索" /><input type="submit" value="搜索" /></form></div>
<div class="login"><a href="/login">登录</a> <a href="/register">注册</a></div>
<ul class="menu">
<li><span>文章</span><div class="sub"><a href="/?issue={yesterday}">往日文章</a> \
<a href="/polllist">往日投票</a></div></li>
<li><span>皮肤</span><div class="sub"><a href="/?theme=blue">蓝色</a> \
<a href="/?theme=green">绿色</a></div></li>
</ul>
</div>
<div class="nav-wrap">
<ul class="nav">
<li>分类:</li>
<li class="on"><a href="//www.solidot.org/">首页</a></li>
{sections}
</ul>
</div>
</div>
<div id="wrap">
<div id="right">
<div class="block_r"><h2>关注我们：</h2>
<div class="contentbox"><div class="content">
这是一个演示站点，常见问题请看<a href="/QA">这里</a>。
</div></div></div>
"""

FOOT = """</div>
\ufeff
<div id="footer">
<p class="famous">{placeholder}</p>
<ul class="foot_nav">
<li><a href="/">首页</a></li><li><a href="/?issume={yesterday}">往日文章</a></li>\
<li><a href="/polllist">过去的投票</a></li><li><a href="/authors">编辑介绍</a></li>\
<li><a href="/privacy">隐私政策</a></li><li><a href="/index.rss">RSS</a></li>
</ul>
<p>演示站点：文章、评论和人物均为虚构。</p>
<p><a href="//www.solidot.org" title="solidot.org"><img \
src="https://icon.solidot.org/images/btn/solidot-s.gif" /></a></p>
</div>
</div>
</div>
</body>
</html>
"""

NAVIGATION = "\n".join(f'<li><a href="//{host}.solidot.org/">{name}</a></li>' for host, name in SECTIONS.items())


def page(title: str, right: str, center: str, yesterday: str, json_ld: str = "") -> str:
    """A whole page with placeholders for what changes on every fetch."""
    head = HEAD.format(title=escape(title), json_ld=json_ld, yesterday=yesterday, sections=NAVIGATION)
    foot = FOOT.format(placeholder=PLACEHOLDER, yesterday=yesterday)
    return f'{head}{right}</div>\n<div id="center">\n{center}{foot}'


def box(heading: str, content: str) -> str:
    """A box of the right column."""
    return (
        f'<div class="block_r"><h2>{heading}</h2>\n'
        f'<div class="contentbox"><div class="content">\n{content}\n</div></div></div>\n'
    )


def person(name: str, prefix: str = "/~") -> str:
    """The path of a person's page."""
    return prefix + quote(name)


def signature(editor: Editor, prefix: str) -> str:
    """An editor's link."""
    return f'<a href="{person(editor.name, prefix)}">{escape(editor.name, quote=False)}</a>'
