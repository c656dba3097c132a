"""A catalogue of what the site may change about its story pages: each a function from a page's HTML to other HTML.

Each change keeps what the story says, or takes a part away. A change that does not touch a page gives it back as it was.
"""

from __future__ import annotations

from datetime import timedelta

from tests.parsing.markup_edits import (
    BLOCK_END,
    BLOCK_START,
    BODY_END,
    BODY_START,
    COMMENTS,
    DATELINE,
    JSON_LD,
    META,
    TOPICS,
    Change,
    behind_body,
    body,
    both,
    dated,
    department,
    editor,
    framed,
    moved,
    redirected,
    removed,
    renamed,
    share,
    sources_moved,
    stale,
    sub,
    swap,
    title,
    titled,
    topics,
    twice,
    views,
)

AD = '<div class="gg"><a href="https://ads.example.com/c?id=7"><img src="https://ads.example.com/7.png"></a> 推广</div>'
SHARE_BOX = '<div class="bdshare"><a href="https://share.example.com/x">分享到动态</a> <a href="#">收藏</a></div>'
RELATED = '<div class="related">相关文章：<a href="/story?sid=60001">一台旧机器的新生</a></div>'
NOTICE = "<p>本文版权归原作者所有，转载请注明出处。</p>"
GONE_JSON_LD = sub(JSON_LD, "")
UTC = -timedelta(hours=8)

CHANGES: dict[str, Change] = {
    **{
        f"class {name} renamed": renamed(name)
        for name in (
            *("about_at", "block_m", "ct_tittle", "bg_htit", "talk_time", "icon_float", "p_content", "p_mainnew"),
            *("block_r", "pn", "e_reply", "statement", "reply_ul", "list_com", "p_text", "same_the"),
        )
    },
    **{f"id {name} renamed": renamed(name, "id") for name in ("main", "wrap", "right", "center", "footer")},
    **{f"class {name} gone": removed(name) for name in ("block_m", "bg_htit", "talk_time", "p_mainnew")},
    "comment ids renamed": sub(r'id="comment_(\d+)"', r'id="c\1"', 0),
    "comment tree ids gone": sub(r' id="tree_\d+"', "", 0),
    # the heading
    "site's name behind the title": title("{} - 奇客Solidot"),
    "site's name before the title": title("奇客Solidot | {}"),
    "site's name behind the title, no JSON-LD": both(title("{} - 奇客Solidot"), GONE_JSON_LD),
    "section before the title": title("科学：{}"),
    "section's link before the title": title('<a href="//science.solidot.org/">科学</a>: {}'),
    "title in h1": titled('<div class="bg_htit"><h1>{}</h1></div>'),
    "title in h3": titled('<div class="bg_htit"><h3>{}</h3></div>'),
    "title in a div": titled('<div class="bg_htit"><div class="title">{}</div></div>'),
    "title in a span of the heading": title('<span class="t">{}</span>'),
    "title twice, once for phones": titled(
        '<div class="bg_htit"><h2 class="m">{0}</h2></div><div class="bg_htit"><h2>{0}</h2></div>'
    ),
    "badge before the title": title('<span class="badge">热门</span> {}'),
    "count of comments behind the title": title('{} <span class="count">(12)</span>'),
    "heading of a box before the title": swap(BLOCK_START, f"{BLOCK_START}<h2>今日要闻</h2>\n"),
    "heading in a box of the same class before the title": swap(
        BLOCK_START, f'{BLOCK_START}<div class="bg_htit"><h2>今日要闻</h2></div>\n'
    ),
    # the dateline
    "dateline in ISO": dated("发表于 {at:%Y-%m-%d %H:%M}"),
    "dateline in ISO with an offset": dated("发表于 {at:%Y-%m-%dT%H:%M:%S}+08:00"),
    "dateline with slashes": dated("发表于 {at:%Y/%m/%d %H:%M}"),
    "dateline in UTC": dated("发表于 {at:%Y年%m月%d日 %H时%M分} UTC", UTC),
    "dateline in UTC, not said": dated("发表于 {at:%Y年%m月%d日 %H时%M分}", UTC),
    "dateline in UTC, not said, no JSON-LD": both(dated("发表于 {at:%Y年%m月%d日 %H时%M分}", UTC), GONE_JSON_LD),
    "dateline in UTC and ISO": dated("发表于 {at:%Y-%m-%dT%H:%M:%S}Z", UTC),
    "dateline relative": dated("发表于 3 小时前"),
    "dateline of twelve hours": dated("发表于 {at:%Y年%m月%d日} 下午{at:%I}时{at:%M}分 {day}"),
    "dateline with another label": dated("发布时间 {date} {day}"),
    "dateline in a time element": dated('发表于 <time datetime="{at:%Y-%m-%dT%H:%M}">{date}</time> {day}'),
    "time of an edit before the dateline": dated(
        "更新于 {at:%Y年%m月%d日 %H时%M分}，发表于 {date} {day}", timedelta(days=3)
    ),
    "time of an edit behind the dateline": dated(
        "发表于 {date} {day}，更新于 {at:%Y年%m月%d日 %H时%M分}", timedelta(days=3)
    ),
    "weekday before the time": sub(DATELINE, r"发表于 \1 \3 \2"),
    "weekday gone": dated("发表于 {date}"),
    "weekday in English": dated("发表于 {date} {at:%A}"),
    "weekday in brackets": dated("发表于 {date}（{day}）"),
    "meta line behind the body": moved(META, BODY_END),
    # the department
    "department in a span": department('<span class="dept">来自{}</span>'),
    "department with a colon": department("<b>来自：{}</b>"),
    "department behind other words": department("<b>本文由 {} 提供</b>"),
    "a bold line from elsewhere before the department": department("<b>来自读者投稿</b> <b>来自{}</b>"),
    "a place behind the dateline": dated("发表于 {date} {day} 来自北京"),
    "a place in place of the department": department("来自 手机版 {}"),
    # the body
    "advertisement at the start of the body": framed(AD, ""),
    "advertisement at the end of the body": framed("", AD),
    "advertisement behind the body": behind_body(AD),
    "share box at the end of the body": framed("", SHARE_BOX),
    "share box behind the body": behind_body(SHARE_BOX),
    "share box between the meta line and the body": swap(BODY_START, f"{SHARE_BOX}\n{BODY_START}", 1),
    "related stories at the end of the body": framed("", RELATED),
    "related stories behind the body": behind_body(RELATED),
    "notice at the end of the body": framed("", NOTICE),
    "notice behind the body": behind_body(NOTICE),
    "time to read before the body": framed("<p>阅读时间约 3 分钟</p>", ""),
    "summary in the body": framed('<div class="summary">摘要：这是一段自动生成的摘要。</div>', ""),
    "a hidden mark in the body": framed('<span style="display:none">来自奇客</span>', ""),
    "button to read on in the body": framed("", '<a href="javascript:void(0)" class="more">展开全文</a>'),
    "body twice": twice(whole=True),
    "teaser before the body": twice(whole=False),
    "teaser of another class before the body": swap(
        BODY_START, f'<div class="intro">这是导读。</div>\n{BODY_START}', 1
    ),
    "body loaded by a script": body(lambda _: ""),
    "body in an article": both(swap(BODY_START, '<article class="p_mainnew">\n'), swap(BODY_END, "</article>")),
    "body outside of its block": swap(BODY_START, f"</div>\n{BODY_START}", 1),
    "sources in a list": sources_moved('<ul class="sources">', "</ul>"),
    "sources in a box of their own behind the body": sources_moved('{end}\n<div class="sources"><ul>', "</ul>"),
    "sources under a heading": sources_moved("<h4>来源</h4><ul>", "</ul>"),
    "links through a redirector": body(sub(r'<a href="(https?://[^"]+)"', redirected, 0)),
    "images loaded late": body(sub(r"(<img [^>]*?)src=", r'\1src="/blank.gif" data-src=', 0)),
    "images loaded late, without an address": body(sub(r"(<img [^>]*?)src=", r"\1data-src=", 0)),
    # the comments
    "comments loaded by a script": sub(COMMENTS, '<script src="/comments.js"></script>\n'),
    "comments in another markup": both(renamed("list_com"), sub(r'id="comment_(\d+)"', r'id="c-\1"', 0)),
    "comments without their marks": sub("<!-- comments (?:start|end) -->", "", 0),
    # the JSON-LD
    "JSON-LD gone": GONE_JSON_LD,
    "JSON-LD of another story": stale,
    "JSON-LD with other keys": both(swap('"title": ', '"headline": '), swap('"pubDate": ', '"datePublished": ')),
    # the share link
    "share link gone": share(""),
    "share link of a path": share(
        '<a href="//service.weibo.com/share/share.php?url=//www.solidot.org/story/{}">分享</a>'
    ),
    "share link of another service": share(
        '<a href="https://x.example.com/post?u=www.solidot.org%2Fstory%3Fsid%3D{}">分享</a>'
    ),
    # the editor
    "editor's link of another form": editor('<a href="/user/{0}">{1}</a> ({2})'),
    "editor without a link": editor("{1} ({2})"),
    "editor without a uid": editor('<a href="/~{0}">{1}</a>'),
    "editor behind a reader": editor(
        '<a href="/~somebody">somebody</a> (77001)投稿，<a href="/~{0}">{1}</a> ({2})编辑，'
    ),
    "editor with a role": editor('<a href="/~{0}">{1}</a> [管理员] ({2})'),
    "editor's picture before the name": editor(
        '<a href="/~{0}"><img src="/a.png" alt="{1}"></a> <a href="/~{0}">{1}</a> ({2})'
    ),
    # the views
    "views gone": views(""),
    "views with another label": views("<b>阅读 {}</b>"),
    "views in the meta line": both(views(""), dated("发表于 {date} {day} 本文已被查看 4321 次")),
    "views filled in by a script": views('<b>本文已被查看 <span id="views" data-n="{}">0</span> 次</b>'),
    # the topics
    "topics by another path": topics('<a href="/topic/{0}" title="{1}">{1}</a>'),
    "topics without links": topics('<span class="tag" data-tid="{0}">{1}</span>'),
    "a link to all topics behind them": sub(
        TOPICS, r'<div class="icon_float">\n\1\n<a href="/search?tid=0">全部</a>\n</div>\n'
    ),
    "topics behind the body": moved(TOPICS, BODY_END),
    # the frame
    "block in a main element": both(
        swap(BLOCK_START, f"<main>{BLOCK_START}"), swap(BLOCK_END, f"\n</div></main>{BLOCK_END[7:]}")
    ),
    "block is an article": both(
        swap(BLOCK_START, '<article class="block_m">\n'), swap(BLOCK_END, f"\n</article>{BLOCK_END[7:]}")
    ),
    "block in a block": both(swap(BLOCK_START, BLOCK_START * 2), swap(BLOCK_END, f"\n</div>{BLOCK_END}")),
    "block of the same class before the story": swap(
        BLOCK_START, f'{BLOCK_START}公告：<a href="/QA">改版</a></div>\n{BLOCK_START}', 1
    ),
    "block of the same class behind the story": swap(BLOCK_END, f"\n</div>\n{BLOCK_START}公告{BLOCK_END}", 1),
}
