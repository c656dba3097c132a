"""Holds every tag, class, id, link form and text mark of the site's pages that the parser looks for.

No other module of the package spells one of them (the trial site, which renders such pages, has its own), so a renamed
class of the site is one line here. The form of the site's addresses is in ``base/site.py``, what holds for HTML in
general in ``html_tags.py``. Attested means: seen in captured copies of the site; n/m counts story pages of 2022-10 to
2025-10. Nobody has seen a whole raw page, so no fact may depend on one detail alone.
"""

from __future__ import annotations

import re

# Tags of the site's choice. Attested.
BOX_TAG = "div"
"""Blocks, heading boxes, meta lines, comments, side boxes and the footer."""
HEADING_TAG = "h2"
"""The headings of stories, comments and side boxes; the first of a page is a side box's."""
HEADING_TAGS = frozenset({HEADING_TAG, "h1", "h3"})
"""Those that a story's heading may have one day."""

# The block of a story: one on its own page, many on a list page. Attested.
BLOCK_CLASS = "block_m"
BLOCK_CLASS_BYTES = BLOCK_CLASS.encode()
BLOCK_TAG_START = re.compile(
    rf"""<{BOX_TAG}\s(?:[^<>]*\s)?class\s*=\s*["']?(?:[^"'<>=]*\s)?\Z""".encode(), re.IGNORECASE
)
"""The block's tag up to the name of its class."""

# The heading: in a box of its own; on list pages a link, with a section's name before it. Attested.
HEADING_BOX_CLASS = "bg_htit"
SECTION_SEPARATORS = (":", "：")
NAMES_IN_HEADING = frozenset(
    "solidot 奇客 奇客solidot solidot奇客 奇客的资讯，重要的东西 首页 linux 科学 科技 移动 苹果"
    " 硬件 软件 安全 游戏 书籍 idle 云计算 高飞的电子替身".split()
)
"""The site's and its sections' names, in lower case: no part of a title that the JSON-LD has without them."""
SITE_NAME_IN_HEADING = re.compile(
    r"^(?:奇客\s?)?Solidot\s?[|｜_–—-]\s?|\s?[|｜_–—-]\s?(?:奇客\s?)?Solidot$", re.IGNORECASE
)
"""No part of a title anywhere."""

# The meta line: editor, uid, dateline, share link, department. Comments have one of the same class. Attested, the
# dateline on 4804/4804, the department on 4782/4782; only old departments end in the suffix.
META_CLASS = "talk_time"
POSTED = "发表于"
POSTED_BYTES = POSTED.encode()
PROFILE_PATH = "/~"
PROFILE_NAME = re.compile(rf"{PROFILE_PATH}([^/?#]{{1,200}})")
UID = re.compile(r"[(（]\s*(\d{1,9})\s*[)）]", re.ASCII)
NAME_AND_UID = re.compile(r"(?<!\S)(\S{1,100}?)\s?[(（]\s?(\d{1,9})\s?[)）]\s?$", re.ASCII)
DEPARTMENT_TAGS = ("b", "strong")
DEPARTMENT_PREFIX = "来自"
DEPARTMENT_SUFFIX = "部门"
DEPARTMENT_IN_TEXT = re.compile(rf"{DEPARTMENT_PREFIX}\S.*")
SHARE_MARK = "share"
SHARE_MARK_BYTES = SHARE_MARK.encode()
"""In the address of a share link: the page's own statement of its sid, on every story page."""

# The topics: icons that link to a search, one to three a story. Attested.
TOPIC_PATH = "/search"
TOPIC_TID = re.compile(r"[?&]tid=([1-9]\d{0,8})(?!\d)", re.ASCII)

# The body: inside a wrapper since about 2017, directly in the block before. Attested.
BODY_CLASS = "p_mainnew"
BODY_CLASS_BYTES = BODY_CLASS.encode()

# The readers' comments: list items, nested for replies, between two HTML comments. Attested, but rare by now.
_COMMENTS_START = "comments start"
_COMMENTS_END = "comments end"
COMMENTS_START_BYTES = _COMMENTS_START.encode()
COMMENTS_START_IN_HTML = re.compile(
    rb"<!--\s*" + COMMENTS_START_BYTES.replace(b" ", rb"\s+") + rb"\s*-->", re.IGNORECASE
)
COMMENTS_START = re.compile(r"\s*" + _COMMENTS_START.replace(" ", r"\s+") + r"\s*", re.IGNORECASE)
COMMENTS_END = re.compile(r"\s*" + _COMMENTS_END.replace(" ", r"\s+") + r"\s*", re.IGNORECASE)
COMMENTS_END_BYTES = _COMMENTS_END.encode()
COMMENT_CLASS = "list_com"
COMMENT_CLASS_BYTES = COMMENT_CLASS.encode()
COMMENT_ID = re.compile(r"comment_(\d+)", re.ASCII)
COMMENT_ITEM_TAG = "li"
COMMENT_ITEM_ID = re.compile(r"tree_(\d{1,9})", re.ASCII)
COMMENT_SCORE = re.compile(r"\s?[(（]\s?得分\s?[:：]\s?(?P<score>[+-]?\d{1,9})(?!\d)[^()（）]*[)）]$", re.ASCII)
COMMENT_UID = re.compile(r"[(（]\s*(\d{1,9})\s*[)）]", re.ASCII)
COMMENT_TEXT_CLASS = "p_text"
COMMENT_MARKS = (COMMENT_CLASS_BYTES, b"comment_", b"tree_")
"""Stand in a page with comments, as a class or in ids."""

# What ends a story's text, besides the readers' comments: the reply link (for about 62 days), the notice of sealed
# comments, and boxes behind the body. Link, notice and ``reply_ul`` are attested, the other classes are not.
REPLY_MARK = "op=reply"
REPLY_MARK_BYTES = REPLY_MARK.encode()
SEALED_NOTICE = "评论已经自动封存"
CLASSES_BEHIND_BODY = frozenset({"pn", "e_reply", "talk_more", "statement", "reply_list", "reply_ul", COMMENT_CLASS})

INTERNAL_PLACEHOLDER = "__SLASHLINK__"
"""In place of a link's address: an internal link that the old engine never filled in. Attested on 12/170 stories of
2006-05 to 2012-06."""

# What a page may put into a story's text that is not the story: none is attested.
FOREIGN_NAME = re.compile(
    r"(?<![^\s_-])(?:ads?\d*|adv|advert\w*|adsense|adsbygoogle|ad(?:box|wrap|content)|gg\d*|guanggao|tuiguang|promo\w*|sponsor\w*"
    r"|(?:bd|social)?share\w*|jiathis\w*|addthis\w*|related\w*|recommend\w*|tuijian|xiangguan|(?:read)?more)(?![^\s_-])",
    re.IGNORECASE,
)
"""A class or id of advertisements, share links, links to other stories, or a button to read on."""
SUMMARY_NAME = re.compile(r"(?<![^\s_-])(?:summary|abstract|digest|zhaiyao)(?![^\s_-])", re.IGNORECASE)
"""A class or id of what may be made of the text or be its beginning."""
LATE_IMAGE_ATTRIBUTES = ("data-src", "data-original")
"""Hold an image's address where a script loads it late."""

# A donation image that the template put at the end of every body from 2018-05 to 2021-08. Attested.
DONATION_IMAGE = re.compile(r"/0/446/liiLIZF8Uh6yM\.")

# The JSON-LD in the page's head: title and time once more. Attested; whether it is always valid JSON is not known.
JSON_LD_TYPE = b"ld+json"
JSON_LD_TITLE = "title"
JSON_LD_PUBDATE = "pubDate"
JSON_LD_ADDRESS = "@id"

# The page's own address in its head; not attested.
HEAD_END = b"</head"
HEAD_MARKS = (b"canonical", b"og:url")
ADDRESS_IN_HEAD = re.compile(
    rb"""<(?:link|meta)\b(?=[^>]{0,300}(?:canonical|og:url))[^>]{0,300}?/story/?\?(?:[^"'>]{0,100}[&;])?sid=([1-9]\d{0,7})(?!\d)""",
    re.IGNORECASE,
)

# The script that loads the stories before and after this one. Attested.
NEIGHBOURS_MARK = b"story_pn/"
NEIGHBOURS_SCRIPT = re.compile(rb"<script\b[^<>]*/" + NEIGHBOURS_MARK + rb"([1-9]\d{0,7})(?!\d)", re.IGNORECASE)

# The view count, in a side box. Attested; its place on the page changed over the years.
_VIEWS_LABEL = "本文已被查看"
_VIEWS_UNIT = "次"
_SPACE_OR_TAG = rb"(?:\s|\xc2\xa0|&nbsp;|&#160;|&#xa0;|<[^>]*>)*+"
VIEWS_LABEL_BYTES = _VIEWS_LABEL.encode()
VIEWS_IN_HTML = re.compile(
    VIEWS_LABEL_BYTES + _SPACE_OR_TAG + rb"(\d[\d,]{0,11}+)" + _SPACE_OR_TAG + _VIEWS_UNIT.encode(), re.IGNORECASE
)
VIEWS_IN_TEXT = re.compile(rf"{_VIEWS_LABEL}\s*(\d[\d,]{{0,11}}+)\s*{_VIEWS_UNIT}", re.ASCII)

# The frame of every page: middle column, side boxes, links to days, footer. Attested.
CENTER_ID = "center"
SIDE_BOX_CLASS = "block_r"
DAY_LINK_MARK = "issue="
FOOTER_ID = "footer"
FOOTER_ID_BYTES = FOOTER_ID.encode()
FOOTER_TAG_START = re.compile(rf"""<{BOX_TAG}\s(?:[^<>]*\s)?id\s*=\s*["']?\Z""".encode(), re.IGNORECASE)
"""The footer's tag up to its id."""

# The home page, which answers for a withdrawn story (22/4804). Attested on captured home pages.
READ_MORE_BYTES = "阅读原文".encode()
SPECIALIST_PATH_BYTES = b"/specialist~"

# The feed: RSS 2.0; the names of Atom are a guess.
FEED_ITEM_TAGS = ("{*}item", "{*}entry")
FEED_LINK_TAG = "{*}link"

# What a page is known by where only its text is left. Attested on captured pages.
COPYRIGHT_NOTICE = "本站提到的所有注册商标"
COMMENTS_NOTICE = "下面的评论属于其发表者所有"
FOOTER_NAMES = frozenset("首页 至顶网 往日文章 过去的投票 编辑介绍 隐私政策 使用条款 网站介绍 RSS".split())
"""The links of the footer, in front of which stands a random saying."""
SIDE_BOX_NAMES = frozenset("关注我们 消息 公告 Solidot公告 投票 热门文章 热门评论 快速链接".split())
"""The headings of side boxes, without their spaces."""
ADDRESSES_OF_FRAME = ("/polllist", "/search?tid=", "/index.rss")
WORDS_OF_FRAME = ("登录", "首页", "分类", POSTED)
