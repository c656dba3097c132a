"""Pages that no site would write: cut, spliced, repeated, swapped, with tags, marks and bytes anywhere; by a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests import pages

RECORDS = Path(__file__).parent / "records"
BITS = [
    *(
        f"<{name}>"
        for name in "p div br b i u em a li ul ol table tr td th tbody pre code h2 h3 blockquote sup".split()
    ),
    *(f"</{name}>" for name in "p div b i a li ul table tr td pre h2 blockquote body html span center".split()),
    *(
        f"<{name}>"
        for name in "script style textarea title iframe noscript xmp plaintext template select svg math".split()
    ),
    *(f"</{name}>" for name in "script style textarea title iframe noscript xmp svg".split()),
    *"< > \" ' & = / -- --> <!-- <!--> <! <? </ ]]> \0 \r \n \t \ufeff \u200b \u2028 \ufffe \x01 \x1f".split(" "),
    *"&amp; &lt; &#0; &#xD800; &#xFFFE; &#13; &#160; &nbsp; &#x110000; &#95; &lowbar; &quot; &zwnj;".split(),
    '<div class="block_m">',
    '<div class="block&#95;m">',
    "<div class=block_m>",
    '<div data-x="a>b" class="block_m">',
    '<div id="footer">',
    '<div id="footer_ad"></div>',
    "<DIV ID=footer CLASS=x>",
    '<div class="p_mainnew">',
    '<div class="list_com" id="comment_7">',
    '<div class="talk_time">',
    '<div class="bg_htit"><h2>另一个</h2></div>',
    "<!-- comments start -->",
    "<!-- comments end -->",
    '<!-- <div id="footer"> -->',
    '<script>var x = "</div><div id=footer>";</script>',
    "<script><!-- <script> --></script>",
    '<a title="<div id=footer>">x</a>',
    '<a href="/comments?sid=7&op=reply">回复</a>',
    '<a href="//s.example.org/share.php?url=//www.solidot.org/story?sid=7">分享</a>',
    '<a href="http://a.b:99999999/">甲</a>',
    '<a href="https://xn--a.example.org/">乙</a>',
    '<a href="http://1.2.3.999/">丙</a>',
    '<a href="http://a^b.example.org/&#xA0;x" title="&#xD800;&nbsp;">丁</a>',
    '<a href="https://u:p@a.example.org:80/%zz?<q>#\\">戊</a>',
    '<img src="//a.example.org/x.png" alt="&#xFFFE;&nbsp;<">',
    '<td colspan="99999999999999999999" rowspan="٣">',
    "https://a.example.org/x",
    "http://a.b:999999/x",
    "www.example.org/y)",
    "http://exa_mple..org/",
    "http://１.example.org/",
    "本文已被查看 99999999999999999999 次",
    "本文已被查看 5 次",
    "发表于 9999年12月31日 23时59分",
    "发表于٢٠٢٤年01月01日 01时01分",
    "(得分:99999999999999999999 )",
    "评论已经自动封存",
    "甲 写道：",
    "甲乙丙。",
]


@cache
def sources() -> list[tuple[int, bytes]]:
    """The trial site's stories and the fixed pages, by the sid that they are asked for."""
    found = [(sid, pages.page(sid)) for sid in pages.SIDS]
    for path in sorted(RECORDS.glob("*.html")):
        data = path.read_bytes()
        shared = re.search(rb"share\.php\S*?sid=(\d+)", data)
        if shared:
            found.append((int(shared[1]), data))
    return found


def mutated(seed: int) -> tuple[int, bytes]:
    """A sid, and what is left of its page."""
    rng = random.Random(seed)
    sid, data = rng.choice(sources())
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = rng.choice(MUTATIONS)(data, rng)
    return sid, data[:400_000]


def place(data: bytes, rng: random.Random) -> int:
    """An offset: anywhere, at a tag, or near the story."""
    kind = rng.random()
    if kind < 0.3:
        return rng.randint(0, len(data))
    start, end = 0, len(data)
    if kind > 0.6:
        start = max(0, data.find(b'class="block_m"') - 300)
        end = max(start + 1, data.find(b"<!-- comments start"))
    tags = [found.start() for found in re.finditer(rb"<", data[start:end])]
    return start + rng.choice(tags) if tags else 0


def insert(data: bytes, rng: random.Random) -> bytes:
    """Something inserted."""
    at = place(data, rng)
    return data[:at] + rng.choice(BITS).encode(errors="surrogatepass") * rng.choice((1, 1, 1, 2, 9)) + data[at:]


def insert_attribute(data: bytes, rng: random.Random) -> bytes:
    """An attribute inserted into a tag."""
    at = data.find(b">", place(data, rng))
    name = rng.choice(("class", "id", "href", "title", "data-x", "colspan", "src"))
    value = rng.choice(("block_m", "footer", "comment_3", "a>b", "list_com", "x<y", "p_mainnew", "//a.example.org/x"))
    mark = rng.choice(('"', "'", "", '"'))
    return data[:at] + f" {name}={mark}{value}{mark}".encode() + data[at:] if at >= 0 else data


def insert_bytes(data: bytes, rng: random.Random) -> bytes:
    """Random bytes."""
    at = place(data, rng)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 8))) + data[at:]


def cut_off(data: bytes, rng: random.Random) -> bytes:
    """The end, or the beginning, left out."""
    at = place(data, rng)
    return data[:at] if rng.random() < 0.7 else data[at:]


def left_out(data: bytes, rng: random.Random) -> bytes:
    """A part left out."""
    at = place(data, rng)
    return data[:at] + data[at + rng.choice((1, 5, 30, 200)) :]


def repeated(data: bytes, rng: random.Random) -> bytes:
    """A part repeated."""
    start, end = sorted((place(data, rng), place(data, rng)))
    part = data[start : min(end, start + 3000)]
    return data[:end] + part * rng.choice((1, 1, 2, 20)) + data[end:]


def swapped(data: bytes, rng: random.Random) -> bytes:
    """Two neighbouring parts in the other order."""
    first, second, third = sorted(place(data, rng) for _ in range(3))
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def spliced(data: bytes, rng: random.Random) -> bytes:
    """The beginning of one page and the end of another."""
    other = rng.choice((*(page for _, page in sources()), pages.home()))
    return data[: place(data, rng)] + other[place(other, rng) :]


def with_part(data: bytes, rng: random.Random) -> bytes:
    """A part of another page inserted, its story's block perhaps."""
    other = rng.choice((*(page for _, page in sources()), pages.home()))
    start, end = sorted((place(other, rng), place(other, rng)))
    at = place(data, rng)
    return data[:at] + other[start:end] + data[at:]


def other_case(data: bytes, rng: random.Random) -> bytes:
    """A part in capitals."""
    start, end = sorted((place(data, rng), place(data, rng)))
    return data[:start] + data[start:end].upper() + data[end:]


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    insert,
    insert,
    insert,
    insert_attribute,
    insert_bytes,
    cut_off,
    left_out,
    repeated,
    swapped,
    spliced,
    with_part,
    other_case,
]
