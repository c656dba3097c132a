"""A story page written in another legal way: same meaning, other markup.

Nobody has seen many raw pages of the live site, so a parser must not lean on how one is marked up. ``varied`` rewrites
a whole page by a seed: attribute order and quoting, the case of tags, further classes, white space, entities, addresses
without scheme or host, wrappers and boxes around the story, the JSON-LD's form and place, ``<!--more-->``.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from html import unescape

TOKEN = re.compile(
    r"<!--.*?-->|<!DOCTYPE[^>]*>|<(?:script|style|textarea)\b.*?</(?:script|style|textarea)>|</?[a-zA-Z][^>]*>|[^<]+|<",
    re.DOTALL | re.IGNORECASE,
)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(.*?)(/?)>", re.DOTALL)
ATTRIBUTE = re.compile(r"([a-zA-Z:_-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
JSON_LD = re.compile(r'<script type="application/ld\+json">.*?</script>\s*', re.DOTALL)
MESSAGES = re.compile(r'<div class="block_r"><h2>消息</h2>.*?</div></div></div>\s*', re.DOTALL)
OWN_HOST = re.compile(r"(?:https?:)?//([a-z.]*\bsolidot\.org)(?=/|$)")
SPACES = [" ", "  ", "\n", "\t", "\r\n    ", "\xa0", "&nbsp;", "&#160;", " &#xA0;", "\xa0 "]
CLASSES = ["clearfix", "x1", "mb-2", "content", "block", "story-item", "inner", "f14"]
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
LEGACY = re.compile(r"&(?:[a-zA-Z#])")


class Page:
    """A page on its way to another form."""

    def __init__(self, text: str, rng: random.Random) -> None:
        self.text = text
        self.rng = rng

    def chance(self, share: float) -> bool:
        return self.rng.random() < share


def varied(data: bytes, seed: int) -> bytes:
    """Another legal form of a page; the same for the same seed."""
    page = Page(data.decode(), random.Random(seed))
    for change in (json_ld, view_box, wrapped, more_boxes, more_marks):
        change(page)
    return rewritten(page).encode()


def json_ld(page: Page) -> None:
    """The JSON-LD missing, with a trailing comma, on one line, in other order, or elsewhere on the page."""
    found = JSON_LD.search(page.text)
    if not found:
        return
    page.text = page.text.replace(found[0], "", 1)
    if page.chance(0.1):
        return
    inside = json.loads(re.sub(r",\s*}", "}", found[0].partition(">")[2].partition("</script>")[0]))
    keys = list(inside)
    if page.chance(0.5):
        page.rng.shuffle(keys)
    made = json.dumps(
        {key: inside[key] for key in keys},
        ensure_ascii=page.chance(0.3),
        indent=page.rng.choice([None, 1, 4]),
        separators=page.rng.choice([None, (",", ":"), (" , ", " : ")]),
    )
    if page.chance(0.3):
        made = made[:-1].rstrip() + ",\n}"
    script = page.rng.choice(
        [
            '<script type="application/ld+json">',
            "<script type='application/ld+json' id=ld>",
            '<SCRIPT data-x="1" TYPE="application/ld+json">',
        ]
    )
    other = '<script type="application/ld+json">{"@type": "WebSite", "name": "x"}</script>'
    block = f"{other if page.chance(0.2) else ''}{script}{made}</script>\n"
    place = page.rng.choice(["</head>", '<div id="wrap">', '<div id="center">', "</body>"])
    page.text = page.text.replace(place, block + place, 1)


def view_box(page: Page) -> None:
    """The box with the view count behind the story."""
    found = MESSAGES.search(page.text)
    if found and page.chance(0.4):
        page.text = page.text.replace(found[0], "", 1).replace('<div id="footer">', found[0] + '<div id="footer">', 1)


def wrapped(page: Page) -> None:
    """Wrappers around the block, the meta line and the body; no ``p_content``."""
    text = page.text
    if page.chance(0.4):
        text = text.replace('<div class="p_content">', "<div>" if page.chance(0.5) else "<section>", 1)
    elif page.chance(0.5):
        text = re.sub(
            r'<div class="p_content">(.*?)</div>(\s*</div>\s*<div class="pn">)',
            r"\1\2",
            text,
            count=1,
            flags=re.DOTALL,
        )
    if "<section>" in text:
        text = text.replace("<section>", "<div>")
    if page.chance(0.4):
        text = text.replace('<div class="about_at">', '<div class="about_at"><div class="wrapper"><div>', 1)
        text = text.replace("<!-- comments start -->", "</div></div><!-- comments start -->", 1)
    if page.chance(0.3):
        text = text.replace('<div class="bg_htit"><h2>', '<div class="bg_htit"><div><h2>', 1)
        text = text.replace(
            '</h2></div>\n</div>\n<div class="talk_time">',
            '</h2></div></div>\n</div>\n<div class="talk_time">',
            1,
        )
    page.text = text


def more_boxes(page: Page) -> None:
    """Further boxes in the right column and around the story."""
    boxes = [
        '<div class="block_r"><h2>热门文章</h2><div class="contentbox"><ul><li><a href="/story?sid=1234">往事</a></li></ul></div></div>',
        '<div class="block_r"><h2>投票</h2><p>你用什么编辑器？<b>来自读者</b></p><a href="/polllist">往日投票</a></div>',
        '<div class="block_m_side x"><h2>编辑</h2><a href="/~nobody">nobody</a> (1)发表于 2001年01月01日 01时01分 星期一</div>',
        '<div class="block_r"><h2>公告</h2><div class="ct_tittle"><div class="bg_htit"><h2>另一个标题</h2></div></div></div>',
        '<!-- <div class="block_m"><h2>旧</h2></div> -->',
    ]
    for box in page.rng.sample(boxes, page.rng.randint(0, 3)):
        place = page.rng.choice(['<div id="center">', '<div id="right">', '<div class="about_at">'])
        behind = place + box if place == '<div id="right">' or page.chance(0.5) else box + place
        page.text = page.text.replace(place, behind, 1)
    if page.chance(0.3):
        box = page.rng.choice(boxes)
        page.text = page.text.replace('<div id="footer">', box + '<div id="footer">', 1)


def more_marks(page: Page) -> None:
    """``<!--more-->`` removed, or added where a paragraph ends."""
    if page.chance(0.5):
        page.text = page.text.replace("<!--more-->", "")
    if page.chance(0.4):
        head, mark, body = page.text.partition('<div class="p_mainnew">')
        cut = body.find("<!-- comments start")
        story, rest = body[:cut], body[cut:]
        mark_there = page.rng.choice(["<!--more-->", "<!-- more -->"])
        story = re.sub(r"(?i)<br\s*/?>|</p>", lambda m: m[0] + (mark_there if page.chance(0.3) else ""), story)
        page.text = head + mark + story + rest


def rewritten(page: Page) -> str:
    """The page with every tag and every text written anew."""
    out = []
    region = "frame"
    upper = page.chance(0.3)
    depth_pre = 0
    for token in TOKEN.findall(page.text):
        if token.startswith("<!") or re.match(r"(?i)<(script|style|textarea)\b", token) or token == "<":
            out.append(token)
            continue
        if token.startswith("<"):
            region = _region(token, region)
            if re.match(r"(?i)<(/?)pre\b", token):
                depth_pre += -1 if token[1] == "/" else 1
            out.append(tag(page, token, region, upper))
        else:
            out.append(token if depth_pre else text(page, token, region))
    return "".join(out)


def _region(token: str, region: str) -> str:
    if 'class="block_m"' in token:
        return "head"
    if region == "head" and "p_mainnew" in token:
        return "body"
    if 'class="pn"' in token:
        return "behind"
    return "frame" if 'id="footer"' in token else region


def tag(page: Page, token: str, region: str, upper: bool) -> str:
    """A tag with its attributes in other order, quoting and case, and perhaps a further class."""
    found = TAG.fullmatch(token)
    assert found, token
    closing, name, inside, slash = found.groups()
    written = name.upper() if upper and page.chance(0.7) else name
    if closing:
        return f"</{written}{' ' if page.chance(0.05) else ''}>"
    if name.lower() == "br" and region == "body" and not inside.strip():
        return page.rng.choice(
            [f"<{written}>", f"<{written}/>", f"<{written} />", f"<{written}>\n", f'<{written} class="x">']
        )
    attributes = [[a, unescape(b or c or d or "")] for a, b, c, d in ATTRIBUTE.findall(inside)]
    for pair in attributes:
        if pair[0] == "href" and region in ("head", "body", "behind"):
            pair[1] = address(page, pair[1])
        elif pair[0] == "src" and "icon.solidot" in pair[1]:
            pair[1] = re.sub(r"\?.*", page.rng.choice(["", "?v=2", "?123&x=y"]), pair[1])
    _extra(page, attributes, name.lower())
    if page.chance(0.5):
        page.rng.shuffle(attributes)
    space = page.rng.choice([" ", " ", "  ", "\n", "\t"])
    made = "".join(space + attribute(page, key, value, upper) for key, value in attributes)
    return f"<{written}{made}{' ' if made else ''}{slash}>" if slash else f"<{written}{made}>"


def _extra(page: Page, attributes: list[list[str]], name: str) -> None:
    if name in ("html", "head", "meta", "link", "title") or not page.chance(0.25):
        return
    own = next((pair for pair in attributes if pair[0] == "class"), None)
    new = page.rng.choice(CLASSES)
    if own:
        own[1] = page.rng.choice([f"{own[1]} {new}", f"{new} {own[1]}", f" {new}  {own[1]}\n"])
    else:
        attributes.append(["class", new])
    if not any(pair[0] == "id" for pair in attributes) and page.chance(0.3):
        attributes.append(["id", f"e{page.rng.randint(1, 999)}"])
    if page.chance(0.2):
        attributes.append(["data-x", "a > b"])


def attribute(page: Page, key: str, value: str, upper: bool) -> str:
    """An attribute, quoted in one of the three ways; its ampersands bare or escaped."""
    key = key.upper() if upper and page.chance(0.5) else key
    if (
        page.chance(0.5)
        or re.search(r"&#|&\w+;", value)
        or re.search(r"&(?:lt|gt|amp|quot|copy|reg|sect|para|not|times)", value)
    ):
        value = value.replace("&", page.rng.choice(["&amp;", "&#38;"]))
    quoting = page.rng.random()
    if quoting < 0.2 and value and not re.search(r"[\s\"'<>=`]", value) and not value.endswith("/"):
        return f"{key}={value}"
    if (
        quoting < 0.2
        and value
        and "href" in key.lower()
        and not re.search(r"[\s\"'<>`]", value)
        and not value.endswith("/")
    ):
        return f"{key}={value}"
    if quoting < 0.5 and "'" not in value:
        return f"{key}='{value}'"
    return key + '="' + value.replace('"', "&quot;") + '"'


def address(page: Page, value: str) -> str:
    """An address on the site in another form, and the share link's inner one escaped."""
    if "share.php" in value:
        head, _, inner = value.partition("url=")
        url, _, rest = inner.partition("&")
        form = page.rng.choice(["//", "https://", "http://"])
        url = form + url.removeprefix("//")
        if page.chance(0.4):
            url = (
                url.replace(":", "%3A")
                .replace("/", "%2F")
                .replace("?", "%3F")
                .replace("=", page.rng.choice(["%3D", "%3d"]))
            )
        parts = [f"url={url}", *rest.split("&")]
        if page.chance(0.3):
            page.rng.shuffle(parts)
        host = page.rng.choice(["//", "https://", "http://"]) + head.partition("//")[2]
        return host + "&".join(parts)
    if value.startswith("/") and not value.startswith("//"):
        return page.rng.choice(["", "//www.solidot.org", "http://www.solidot.org", "https://www.solidot.org"]) + value
    found = OWN_HOST.match(value)
    if found:
        rest = value[found.end() :]
        forms = [f"//{found[1]}{rest}", f"http://{found[1]}{rest}", f"https://{found[1]}{rest}"]
        if found[1] == "www.solidot.org" and rest.startswith("/"):
            forms.append(rest)
        return page.rng.choice(forms)
    return value


def text(page: Page, token: str, region: str) -> str:
    """A text with other white space and entities."""
    change: list[Callable[[re.Match[str]], str]] = []
    if page.chance(0.4):
        token = re.sub(r"&(?!#?\w+;)", lambda _: page.rng.choice(["&amp;", "&#38;"]), token)
    if page.chance(0.3):
        share = page.rng.choice([0.1, 1])
        change.append(lambda m: page.rng.choice(SPACES) if page.chance(share) else m[0])
        token = re.sub(r"(?:(?<=\S)|(?<!\s)) (?=\S)", change[0], token)
    if page.chance(0.1):
        token = IDEOGRAPH.sub(
            lambda m: page.rng.choice([f"&#{ord(m[0])};", f"&#x{ord(m[0]):x};"]) if page.chance(0.3) else m[0],
            token,
        )
    if page.chance(0.1):
        token = token.replace("\n", "\r\n")
    if region == "head" and "发表于" in token:
        token = _meta(page, token)
    if region == "head" and token.startswith("来自") and page.chance(0.4):
        token = page.rng.choice([" ", "\xa0", "\n&nbsp;"]) + token + page.rng.choice(["", " ", "\xa0"])
    return token


def _meta(page: Page, token: str) -> str:
    """``(42865)发表于 2024年10月18日 22时58分 星期五`` with white space and ``<span>`` about its pieces."""
    uid, _, date = token.partition("发表于")
    found = re.fullmatch(r"(\s*)\((\d+)\)(\s*)", unescape(uid).replace("\xa0", " "))
    if found and page.chance(0.5):
        inner = page.rng.choice([" ", "\xa0", "&nbsp;", ""])
        uid = f"{page.rng.choice(['', ' ', '&nbsp;'])}({inner}{found[2]}{inner}){page.rng.choice(['', ' ', '&nbsp;'])}"
    date = page.rng.choice(["", " ", "&nbsp;", "\n  ", "\xa0"]) + date.lstrip()
    if page.chance(0.3):
        return f"<span>{uid}</span>发表于<span>{date}</span>"
    if page.chance(0.2):
        return f"{uid}<span class='time'>发表于{date}</span>"
    return f"{uid}发表于{date}"
