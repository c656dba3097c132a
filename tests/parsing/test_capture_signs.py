"""What the signs of Markdown mean in a capture, whichever tool wrote them."""

from __future__ import annotations

import pytest

from solidot_spider.items import Story
from solidot_spider.record import CapturedStory, record_of_capture
from tests.parsing import captures


def story(body: str, **given: bool) -> Story:
    made = record_of_capture(captures.written(body, **given))  # type: ignore[arg-type]
    assert isinstance(made, CapturedStory), made
    return made.story


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (r"变量 msg\_msg 与 \*指针\*。", "变量 msg_msg 与 *指针*。"),
        ("变量 msg_msg 与 2 * 3 * 4。", "变量 msg_msg 与 2 * 3 * 4。"),
        ("他说*要***很快***去*做。", "他说要很快去做。"),
        ("他说_要_做。", "他说要做。"),
        ("***都***是。", "都是。"),
        ("~~旧~~新。", "旧新。"),
        (r"括号 \[一\] 与 [二] 与 \(三\)。", "括号 [一] 与 [二] 与 (三)。"),
        ("路径 \\x00\\x01 与 C:\\\\temp。", "路径 \\x00\\x01 与 C:\\temp。"),
        ("A &amp; B &lt;c&gt; &#20013; &copy。", "A & B <c> 中 &copy。"),
        ("name<AT>host 与 a<b 与 x > y。", "name<AT>host 与 a<b 与 x > y。"),
        ("H<sub>2</sub>O 与 <span class='x'>字</span><!-- 无 -->。", "H2O 与 字。"),
        ("用 `rm -rf a_b` 与 `example.com`。", "用 rm -rf a_b 与 `example.com`。"),
        ("[字]{.underline}下。", "字下。"),
        ("一行  \n二行\\\n三行。", "一行\n\n二行\n\n三行。"),
        ("一行\n二行。  \n三行。", "一行 二行。\n\n三行。"),
        ("一行\n二行。", "一行\n\n二行。"),
        ("一。  \n  \n二。", "一。\n\n二。"),
        ("*一。\n\n二。*三。", "一。\n\n二。三。"),
        ("他写道：*一。\n\n二。*三。  \n四。", "他写道：\n\n一。\n\n二。三。\n\n四。"),
        ("甲。*乙丙。*", "甲。 乙丙。"),
        ("前。高飞的替身：https://a.example.com/x 。", "前。\n\n高飞的替身：https://a.example.com/x 。"),
        (
            "单：  \nAlpha One - 5 (4)Alpha Two - 6  \nAlpha Three - 7",
            "单：\n\nAlpha One - 5 (4)\n\nAlpha Two - 6\n\nAlpha Three - 7",
        ),
        ("单：  \n•一•二", "单：\n\n•一\n\n•二"),
        ("* 一\n* 二\n  + 三\n\n  续\n* 四\n\n完。", "- 一\n\n- 二\n\n- 三\n\n续\n\n- 四\n\n完。"),
        ("-   一\n    \n    续\n-   二", "- 一\n\n续\n\n- 二"),
        ("1. 一\n2. 二\n\n完。", "1. 一\n\n2. 二\n\n完。"),
        ("1. 一\n1. 二", "1. 一\n\n2. 二"),
        ("3. 三  \n2. 二  \n1. 一", "3. 三\n\n2. 二\n\n1. 一"),
        ("2025. 年。", "2025. 年。"),
        (r"\- 一" + "\n" + r"1\. 二", "- 一\n\n1. 二"),
        ("> 引一\n> 引二\n>\n> > 里\n\n完。", "引一\n\n引二\n\n里\n\n完。"),
        ("> 引一\n续。", "引一\n\n续。"),
        ("### 小题 ###\n\n文。", "小题\n\n文。"),
        ("小题\n--\n\n文。", "小题\n\n文。"),
        ("很长的一行字\n-----\n\n文。", "很长的一行字\n\n-----\n\n文。"),
        ("上。\n\n* * *\n\n下。", "上。\n\n下。"),
        ("```\na_b *c*\n  d\n```\n\n文。", "a_b *c* d\n\n文。"),
        ("文。\n\n    a_b *c*\n    d\n\n文。", "文。\n\na_b *c* d\n\n文。"),
        ("文 ``` 字。", "文 ``` 字。"),
        ("| 甲 | 乙 |\n| --- | --- |\n| 一 | a\\|b |\n| 二 | |\n\n文。", "甲 | 乙\n\n一 | a|b\n\n二\n\n文。"),
        ("甲 | 乙  \n---|---  \n一 | 二  \n\n文。", "甲 | 乙\n\n一 | 二\n\n文。"),
        ('<div class="p_mainnew">\n\n文。\n\n</div>', "文。"),
        ("::: p_mainnew\n文。\n:::", "文。"),
        ("\\\n文。\\", "文。"),
    ],
)
def test_text(markdown: str, text: str) -> None:
    assert story(markdown).body == text


@pytest.mark.parametrize(
    ("markdown", "url", "raw", "title"),
    [
        ("[字](https://a.example.com/x)", "https://a.example.com/x", "https://a.example.com/x", ""),
        (
            '[字](https://a.example.com/x "题 \\"目\\"")',
            "https://a.example.com/x",
            "https://a.example.com/x",
            "题 &quot;目&quot;",
        ),
        ("[字](<https://a.example.com/x>)", "https://a.example.com/x", "https://a.example.com/x", ""),
        ("[字](https://a.example.com/x_(y)_z)", "https://a.example.com/x_(y)_z", "https://a.example.com/x_(y)_z", ""),
        ("[字](https://a.example.com/x )", "https://a.example.com/x", "https://a.example.com/x ", ""),
        ("[*字*](https://a.example.com/*x_y*)", "https://a.example.com/*x_y*", "https://a.example.com/*x_y*", ""),
        ("[字][1]\n\n[1]: https://a.example.com/x", "https://a.example.com/x", "https://a.example.com/x", ""),
        ("[字][]\n\n[字]: <https://a.example.com/x> 'T'", "https://a.example.com/x", "https://a.example.com/x", "T"),
        ("[字](//a.example.com/x)", "https://a.example.com/x", "//a.example.com/x", ""),
        ('[字](https://a.example.com/x){rel="nofollow" .u}', "https://a.example.com/x", "https://a.example.com/x", ""),
        ("[[字] 一](https://a.example.com/x)", "https://a.example.com/x", "https://a.example.com/x", ""),
        (
            '<a href="https://a.example.com/x" onclick="y">字</a>',
            "https://a.example.com/x",
            "https://a.example.com/x",
            "",
        ),
    ],
)
def test_links(markdown: str, url: str, raw: str, title: str) -> None:
    made = story(f"见{markdown}\n\n完。")
    assert [(each.url, each.raw, each.form, each.placement) for each in made.source_links] == [
        (url, raw, "anchor", "inline")
    ]
    assert made.body.replace("[字] 一", "字") == "见字\n\n完。"
    assert (f'title="{title}"' in made.body_html) == bool(title)
    assert "onclick" not in made.body_html


def test_sources() -> None:
    made = story(
        "文。\n<https://a.example.com/1_2>\n[https://b.example.com/x](https://b.example.com/x)\n"
        "https://c.example.com/\\_y\nwww.example.org/z\n日经 某某新闻\n[1]: 不是"
    )
    assert made.body.endswith("[1]: 不是")
    made = story(
        "文。\n<https://a.example.com/1_2>\n[https://b.example.com/x](https://b.example.com/x)\n"
        "https://c.example.com/\\_y\nwww.example.org/z\n日经 某某新闻"
    )
    assert made.body == "文。"
    assert [(each.url, each.form) for each in made.source_links] == [
        ("https://a.example.com/1_2", "anchor"),
        ("https://b.example.com/x", "anchor"),
        ("https://c.example.com/_y", "bare"),
        ("https://www.example.org/z", "schemeless"),
    ]
    assert made.source_labels == ["日经 某某新闻"]


def test_images() -> None:
    made = story(
        '文。\n\n![图 *一*](https://a.example.com/a.png "题")\n\n[![二](//a.example.com/b.png)](https://b.example.com/)'
    )
    assert [(each.url, each.alt) for each in made.images] == [
        ("https://a.example.com/a.png", "图 一"),
        ("https://a.example.com/b.png", "二"),
    ]
    assert [each.url for each in made.source_links] == ["https://b.example.com/"]


def test_html() -> None:
    made = story("*斜***粗**\n\n* 一\n  1. 二\n\n> 引\n\n## 题\n\n<script>x</script>")
    assert made.body_html == (
        "<p><em>斜</em><strong>粗</strong></p><ul><li>一<ol><li>二</li></ol></li></ul>"
        "<blockquote><p>引</p></blockquote><h2>题</h2><p>&lt;script&gt;x&lt;/script&gt;</p>"
    )


def test_spaces_that_html2text_adds() -> None:
    made = story("他说： _很好_ 然后**走** 了。\n\n[ _字_](https://a.example.com/)与 foo _bar_ baz。", is_spaced=True)
    assert made.body == "他说：很好然后走了。\n\n字与 foo bar baz。"


def test_broken_lines_of_a_tool_that_fits_a_width() -> None:
    data = captures.written("甲 乙\n丙 UTF-\n8 丁。\nhttps://a.example.com/one-\ntwo").replace(
        "星期二 [".encode(), "星期二\n[".encode()
    )
    made = record_of_capture(data)
    assert isinstance(made, CapturedStory)
    assert made.story.body == "甲 乙 丙 UTF-8 丁。"
    assert [each.url for each in made.story.source_links] == ["https://a.example.com/one-two"]
