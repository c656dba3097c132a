"""Source links, labels and related stories, line by line."""

from __future__ import annotations

from datetime import datetime

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.parsing import body, html_paragraphs, html_tree, source_labels, sources, submitter, urls
from solidot_spider.parsing.sources import Sources

URL = "https://www.solidot.org/story?sid=81000"
PROSE = "研究人员公布了结果。"
EARLY = datetime(2024, 10, 18, tzinfo=BEIJING)
LATE = datetime(2025, 3, 1, tzinfo=BEIJING)


def extract(html: str, at: datetime = LATE) -> Sources:
    paragraphs = html_paragraphs.parse_fragment(html_tree.parse(f"<div>{html}</div>".encode()).root, URL)
    return sources.extract(paragraphs, at, 81000)


def block(*lines: str, at: datetime = LATE) -> Sources:
    """The sources of a story with these lines behind its prose."""
    return extract("<br>".join((PROSE, *lines)), at)


def text(found: Sources) -> str:
    return body.text(found.prose)


@pytest.mark.parametrize(
    ("line", "url", "form", "archive_of"),
    [
        ("https://lists.example.org/2024-October/003545.html。", "https://lists.example.org/2024-October/003545.html", "bare", None),
        ("zh.wikipedia.org/wiki/方濟各_(教宗)", "https://zh.wikipedia.org/wiki/方濟各_(教宗)", "schemeless", None),
        ("lore.kernel.org/lkml/CAHk-=x@mail.gmail.com/T/#u", "https://lore.kernel.org/lkml/CAHk-=x@mail.gmail.com/T/#u", "schemeless", None),
        ("spaceweather.com", "https://spaceweather.com", "schemeless", None),
        ("Github.com/electronicarts", "https://Github.com/electronicarts", "schemeless", None),
        ("doi.org/10.1126/science.x", "https://doi.org/10.1126/science.x", "schemeless", None),
        ("来源：https://a.example.org/x", "https://a.example.org/x", "bare", None),
        ("http://https://a.example.org/x", "https://a.example.org/x", "bare", None),
        ("ttps://a.example.org/x", "https://a.example.org/x", "bare", None),
        ("https://a.example.org/x?a=1&amp;b=2", "https://a.example.org/x?a=1&b=2", "bare", None),
        ("https://a.example.org/(x)/y(22)-8/f#%20", "https://a.example.org/(x)/y(22)-8/f#%20", "bare", None),
        (
            "https://web.archive.org/web/20250115/https://mastodon.social/@x/113833073219145503（存档）",
            "https://web.archive.org/web/20250115/https://mastodon.social/@x/113833073219145503",
            "bare",
            "https://mastodon.social/@x/113833073219145503",
        ),
        (
            '<a href=" https://a.example.org/x/ ">https://a.example.org/x</a>',
            "https://a.example.org/x/",
            "anchor",
            None,
        ),
    ],
)  # fmt: skip
def test_a_line_that_is_one_address(line: str, url: str, form: str, archive_of: str | None) -> None:
    found = block(line)
    (link,) = found.links
    assert (link.url, link.form, link.placement, link.archive_of) == (url, form, "trailing", archive_of)
    assert text(found) == PROSE


def test_an_archive_points_to_the_source_before_it() -> None:
    found = block("https://www.nytimes.com/a", "https://archive.ph/Bas23")
    assert [link.archive_of for link in found.links] == [None, "https://www.nytimes.com/a"]


def test_an_archive_behind_a_label_or_alone_points_nowhere() -> None:
    assert [link.archive_of for link in block("https://archive.ph/Bas23").links] == [None]
    found = block("https://www.nytimes.com/a", "日报：另一个标题在这里", "archive.ph/Bas23")
    assert [link.archive_of for link in found.links] == [None, None]


@pytest.mark.parametrize(
    ("prose", "url"),
    [
        ("双方达成一致（https://arstechnica.com/?p=1893499）。", "https://arstechnica.com/?p=1893499"),
        ("服务 https://privacy.example.com（已下线），允许查询。", "https://privacy.example.com"),
        ("地址是https://a.example.org/b，欢迎访问。", "https://a.example.org/b"),
        ("前往 www.eSteuern.BS/private 登记。", "https://www.eSteuern.BS/private"),
        ("结束。https://a.example.org/b-c", "https://a.example.org/b-c"),
        ("见“https://a.example.org/b”。", "https://a.example.org/b"),
        ("报名地址：https://a.example.org/b", "https://a.example.org/b"),
        ("高飞的电子替身：https://mp.weixin.qq.com/s/x", "https://mp.weixin.qq.com/s/x"),
    ],
)
def test_an_address_in_prose_stays_there(prose: str, url: str) -> None:
    found = extract(PROSE + "<br>" + prose)
    assert [(link.url, link.placement) for link in found.links] == [(url, "inline")]
    assert prose in text(found)


@pytest.mark.parametrize(
    "prose",
    [
        "CVE-2021-22555: Turning \\x00\\x00。",
        "恶意域名 vvinscp[.]net 已失效。",
        "他的博客 (syme.dev) 已关闭。",
        "Node.js/Deno 和 ASP.NET/C# 都受影响。",
        "价格在 24.10/25.04 之间，速度是 5 km/s。",
        "坏链接 http://https//example 没有主机。",
        "写信给 me@example.org/x 即可。",
    ],
)
def test_text_that_only_looks_like_an_address(prose: str) -> None:
    assert extract(prose).links == []


@pytest.mark.parametrize(
    "line",
    [
        "Ars:Meta AI learns to swim",
        "/.:Microsoft CEO Says It Is Raining",
        "日经 电话神话在别国破灭",
        "DOI: 10.48550/arXiv.2501.1",
        "DOI 10.1088/2515-7620/adb7bd",
        "路透社：公司称“一切正常”",
        "Nature: Who wins?",
        "《自然》：冰层之下另有海洋",
        "只有标题的一行也算",
    ],
)
def test_a_source_by_name_only(line: str) -> None:
    found = block(line)
    assert found.labels == [line]
    assert text(found) == PROSE
    assert block(line, at=EARLY).labels == []
    assert text(block(line, at=EARLY)).endswith(line)


@pytest.mark.parametrize(
    "lines",
    [
        ("主机 A - $299.99", "主机 B - $399.99"),
        ("张三", "李四", "王五"),
        ("时间：2025 年 9 月 10 日", "地点：北京"),
        ("09:00 开幕", "10:30 主题演讲"),
        ("（图片来自官方网站）",),
        ("- 一个要点而不是来源",),
        ("1. 第一步先备份",),
        ("这一行没有说完，",),
        ("这是一句话。它不是来源",),
        ("字" * 201,),
    ],
)
def test_prose_is_never_part_of_the_block(lines: tuple[str, ...]) -> None:
    found = block(*lines)
    assert found.labels == []
    assert text(found) == "\n\n".join((PROSE, *lines))


def test_labels_stand_behind_a_closed_sentence() -> None:
    assert extract("列表如下：<br>日报：一个标题在这里").labels == []
    assert extract("他说：“结束了”<br>日报：一个标题在这里").labels == ["日报：一个标题在这里"]


def test_the_first_line_is_never_part_of_the_block() -> None:
    found = extract("https://a.example.org/x<br>https://a.example.org/y")
    assert [(link.url[-1], link.placement) for link in found.links] == [("x", "inline"), ("y", "trailing")]
    assert text(found) == "https://a.example.org/x"


def test_separators_prefixes_and_remarks_are_dropped() -> None:
    found = block(
        "参考：",
        "https://a.example.org/1 https://a.example.org/2",
        "|",
        "论文：https://a.example.org/3（已删除）",
        '<img src="https://img.solidot.org//0/446/liiLIZF8Uh6yM.jpg">',
    )
    assert [link.url[-1] for link in found.links] == ["1", "2", "3"]
    assert text(found) == PROSE


@pytest.mark.parametrize("mark", ["<!--more-->", "<p></p><!--more--><p></p>", ""])
def test_the_more_mark_is_no_rule(mark: str) -> None:
    found = extract(f"{PROSE}{mark}<br>又一段。{mark}<br>https://a.example.org/x{mark}")
    assert text(found) == f"{PROSE}\n\n又一段。"
    assert len(found.links) == 1


def test_other_stories_are_related_and_never_sources() -> None:
    found = extract(
        '见<a href="/story?sid=5">甲</a>、<a href="//linux.solidot.org/story?sid=6">乙</a>、'
        '<a href="/story?sid=81000">自己</a>、<a href="/comments?sid=7">评论</a>、<a href="/~x">人</a>、'
        '<a href="http://www.solidot.org/article.pl?sid=08/05/03/1">旧</a>。<br>http://www.solidot.org/story?sid=8'
    )
    assert found.related == [5, 6, 8]
    assert found.links == []
    assert "sid=8" not in text(found)


def test_each_link_is_given_once_with_its_first_place() -> None:
    found = extract(
        '<a href="https://a.example.org/x">甲</a>说明。<br>https://a.example.org/x<br>https://a.example.org/y'
    )
    assert [(link.url[-1], link.form, link.placement) for link in found.links] == [
        ("x", "anchor", "inline"),
        ("y", "bare", "trailing"),
    ]


def test_a_host_has_neither_www_nor_port() -> None:
    (link,) = block("https://WWW.Example.org:8443/x").links
    assert link.host == "example.org"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('匿名读者 写道 "引文。"', "匿名读者"),
        ("哥伦布写道：正文。", "哥伦布"),
        ("Shawn the R0ck 写道：正文。", "Shawn the R0ck"),
        ("小 C 写道", "小 C"),
        ("他写道理很多。", None),
        ("工程师在博客上写道：正文。", None),
        ("研究人员说，他写道：正文。", None),
        ("甲 和 乙 写道：正文。", "甲 和 乙"),
        ("John Doe 和 小 C写道:正文。", "John Doe 和 小 C"),
        ("甲 写道\n\n“正文。", "甲"),
    ],
)
def test_the_reader_who_submitted(line: str, name: str | None) -> None:
    assert submitter.name(line) == name


@pytest.mark.parametrize(
    "html",
    [
        '<a href="http://blog.example.org/">甲</a> 写道 “正文。”',
        '<a href="http://blog.example.org/"> 甲</a>写道：正文。',
        '<i><a href="http://blog.example.org/"><b>甲</b></a> 写道<br>“正文。”</i>',
        '<a href="http://blog.example.org/">甲</a> 和 <a href="http://home.example.org/">乙</a> 写道：正文。',
        '<a href="http://blog.example.org/">甲 和 乙</a> 写道：正文。',
        '<img src="//img.solidot.org/x.png"><br><a href="http://blog.example.org/">甲</a> 写道：正文。',
    ],
)
def test_a_submitters_own_page_is_no_source(html: str) -> None:
    found = extract(html)
    assert found.links == []
    assert submitter.name(text(found)) in ("甲", "甲 和 乙")
    assert '<a href="http://blog.example.org/">' in body.html(found.prose)


@pytest.mark.parametrize(
    "html",
    [
        '甲 写道：<a href="http://blog.example.org/">甲</a>的网站。',
        '正文。<br><a href="http://blog.example.org/">甲</a> 写道：正文。',
        '<a href="http://blog.example.org/">某人</a>说，乙写道：正文。',
        "甲 写道：正文。<br>http://blog.example.org/",
    ],
)
def test_other_links_of_a_submitted_story_are_sources(html: str) -> None:
    assert [link.url for link in extract(html).links] == ["http://blog.example.org/"]


def test_an_internal_placeholder_is_no_link() -> None:
    found = extract('见<a href="__SLASHLINK__" sect="science" sid="08/01/08/044230" tid="102">旧文</a>。')
    assert (found.links, found.related, body.html(found.prose)) == ([], [], "<p>见旧文。</p>")


@pytest.mark.parametrize(
    "address",
    [
        "http://https//a.example.org/",
        "http://.example.com/",
        "http://a..example.com/x",
        "http://name&lt;AT&gt;host",
        "http://name&lt;AT&gt;example.org/",
        "http://a%20b.example.org/",
        "http://a b.example.org/",
        "http://reversethis-moc.…/",
        "http://localhost/x",
        "http://ww\ufffd.example.org/x",
        "http:///",
    ],
)
def test_a_host_that_cannot_be_one_is_no_link(address: str) -> None:
    found = extract(f'见<a href="{address}">此处</a>。<br>见 {address} 。')
    assert "<a" not in body.html(found.prose)
    assert "此处" in text(found)
    assert [link for link in found.links if link.form == "anchor"] == []


def test_a_file_server_is_a_source_without_an_anchor_in_the_html() -> None:
    url = "ftp://ftp.example.org:21/pub/x.tar.gz"
    found = extract(f'下载<a href="{url}">程序</a>。')
    assert [(link.url, link.host, link.form, link.placement) for link in found.links] == [
        (url, "ftp.example.org", "anchor", "inline")
    ]
    assert body.html(found.prose) == "<p>下载程序。</p>"
    assert [(link.url, link.placement) for link in block(url).links] == [(url, "trailing")]
    assert [link.url for link in block(f'<a href="{url}">{url}</a>').links] == [url]
    assert [link.url for link in extract(f"见{url}，或 sftp://sftp.example.org 。").links] == [url]


@pytest.mark.parametrize("tag", ["i", "em", "b"])
def test_emphasis_may_stand_round_whole_paragraphs(tag: str) -> None:
    found = extract(
        f'<{tag}><a href="http://blog.example.org/">甲</a> 写道：<p>第一段。</p>第二段。<br>'
        f"日报：一个标题<br>https://a.example.org/x<p>example.org</p></{tag}>"
    )
    assert text(found) == "甲 写道：\n\n第一段。\n\n第二段。"
    assert submitter.name(text(found)) == "甲"
    assert found.labels == ["日报：一个标题"]
    assert [link.url for link in found.links] == ["https://a.example.org/x", "https://example.org"]


def test_emphasis_is_kept_over_breaks() -> None:
    found = extract("<i>第一段。<br>第二段。<br>https://a.example.org/x</i>")
    assert body.html(found.prose) == "<p><i>第一段。</i></p><p><i>第二段。</i></p>"


def test_labels_count_from_the_day_the_site_began_to_give_them() -> None:
    assert datetime(2025, 1, 26, tzinfo=BEIJING) == source_labels.SINCE


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/story?sid=1", "https://www.solidot.org/story?sid=1"),
        ("//a.example.org/x", "https://a.example.org/x"),
        ("  https://a.example.org/a b ", "https://a.example.org/a%20b"),
        ("http://https://a.example.org", "https://a.example.org"),
        ("mailto:x@example.org", ""),
        ("javascript:alert(1)", ""),
        ("http://https//x", ""),
        ("", ""),
        ("http://[::1", ""),
        ("/htt\u00a0ps:/x", "https://www.solidot.org/htt%C2%A0ps:/x"),
        ("https://example.org/文\u3000件", "https://example.org/文%E3%80%80件"),
    ],
)
def test_an_href_is_made_absolute_or_dropped(href: str, url: str) -> None:
    assert urls.absolute(href, URL) == url
