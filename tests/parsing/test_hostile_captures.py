"""Captures made to hurt, and captures in pieces: little time, no exception, a whole record or a reason."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solidot_spider import items
from solidot_spider.parsing.capture import capture as parser
from solidot_spider.parsing.page import Missing, Unparsed
from solidot_spider.record import CapturedStory, record_of_capture
from tests import pages
from tests.parsing import captures
from tests.parsing.sanitiser import paragraphs_text, sanitised

SMALL = 3000
MOST_GROWTH = 2.5
"""Times the time per byte: work that grows with the square has four."""
MOST_SECONDS = 20
REPEATED = [
    *"[ ] ![ []( [a]( [a](< [a][ [a]() * ** _ *a a* a*b ~~ ` `a \\ \\a < <a <b> <!-- & &amp; > - -a".split(),
    *(
        "> ",
        "* ",
        "- ",
        "1. ",
        "# ",
        "| ",
        "a | ",
        ":::\n",
        "```\n",
        "a\n",
        "a  \n",
        "\\\n",
        "\n",
        "\t",
        " ",
        "\ufeff\n",
    ),
    *("\ufeff\n\n", "- a\n", "> a\n\n", "a\n-\n", "|a|b|\n|-|-|\n", "[a][b]\n\n[b]: c\n\n", "_\n", "*a\n\n", "b*\n\n"),
    *('[a](b "c ', '[a](b "c" "d" ', "[a](b 'c' (d) ", "https://a.b/c ", "https://", "a_b", "• ", "•a\n", "。*a", "\0"),
    *("Alpha 1)Alpha 2\n", "。前缀：https://", "[首页](/) ", "## a\n\n(1)发表于 2022年10月13日 10时59分\n\n", "**来自"),
    *("[a](http://x.y/z) ", "![a](http://x.y/z) ", "<https://x.y/z> ", "<img src=x> ", "    a\n\n", "a - b\n---\n"),
]
BITS = [
    *REPEATED,
    *(
        "**",
        "](",
        "---\n",
        "***\n",
        "===\n",
        "\n\n",
        "  \n",
        "\r",
        "\ufffd",
        "\u2028",
        "\x0b",
        "\x1f",
        "</div>",
        "<h2>",
    ),
    *(
        "发表于 2022年10月13日 10时59分",
        "来自",
        "/story?sid=5",
        "op=reply",
        "评论已经自动封存",
        "## 消息\n",
        "本文已被查看 7 次",
    ),
]


def repeated(bit: str, size: int, before: str = "文。") -> bytes:
    return captures.written(before + bit * (size // len(bit.encode())))


def seconds(data: bytes) -> float:
    start = time.process_time()
    made = record_of_capture(data)
    spent = time.process_time() - start
    assert isinstance(made, CapturedStory | Missing | Unparsed)
    return spent


@pytest.mark.long
@pytest.mark.parametrize("bit", REPEATED)
def test_time_grows_with_size(bit: str) -> None:
    for before in ("文。", "\n\n"):
        # The lesser of two: a collection of all that the tests have in memory may fall into one.
        small, large = (min(seconds(repeated(bit, size, before)) for _ in range(2)) for size in (SMALL, 4 * SMALL))
        assert large < 4 * small * MOST_GROWTH + 0.1, (small, large)


@pytest.mark.long
@pytest.mark.parametrize("bit", REPEATED)
def test_largest_captures(bit: str) -> None:
    assert seconds(repeated(bit, parser.MAX_SIZE - 5000)) < MOST_SECONDS


def test_deep_nesting_is_refused() -> None:
    assert record_of_capture(captures.written("> " * 50 + "文")) == Unparsed("too-deep")
    assert record_of_capture(captures.written("\n".join("  " * depth + "- 文" for depth in range(50)))) == Unparsed(
        "too-deep"
    )


def mutated(seed: int) -> tuple[int, bytes]:
    """A capture in pieces, and the sid that it is of."""
    rng = random.Random(seed)
    sid = rng.choice(pages.SIDS)
    text = captures.capture(sid, style=rng.choice(list(captures.STYLES))).decode()
    for _ in range(rng.randint(1, 12)):
        at, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        end = min(end, at + rng.choice([1, 5, 40, 400]))
        match rng.randrange(5):
            case 0:
                text = text[:at] + text[end:]
            case 1:
                text = text[:at] + text[at:end] * rng.randint(2, 9) + text[end:]
            case 2:
                text = text[:at] + rng.choice(BITS) * rng.choice([1, 1, 1, 3, 60]) + text[at:]
            case 3:
                lines = text.split("\n")
                start = rng.randrange(len(lines))
                moved, rest = lines[start : start + 3], lines[:start] + lines[start + 3 :]
                put = rng.randrange(len(rest) + 1)
                text = "\n".join(rest[:put] + moved + rest[put:])
            case _:
                data = bytearray(text.encode())
                data[rng.randrange(len(data))] = rng.randrange(256)
                text = data.decode(errors="replace")
    return sid, text.encode()


def check(seed: int) -> None:
    """Check the record of one capture in pieces."""
    sid, data = mutated(seed)
    made = record_of_capture(data, sid=sid)
    if not isinstance(made, CapturedStory):
        assert made.reason
        return
    story = made.story
    items.check(story)
    assert story.sid == sid
    assert items.read_line(items.line(story)) == story
    assert sanitised(story.body_html) == story.body_html
    assert paragraphs_text(story.body_html) == story.body
    assert all(not getattr(story, name) for name in made.unknown_fields)


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_captures_in_pieces(seed: int) -> None:
    check(seed)


@pytest.mark.long
def test_many_captures_in_pieces() -> None:
    for seed in range(1000):
        check(seed)


@pytest.mark.long
@given(st.binary(max_size=200), st.text(max_size=300))
@settings(max_examples=50, deadline=None)
def test_any_bytes_and_any_body(data: bytes, body: str) -> None:
    assert isinstance(record_of_capture(data), Missing | Unparsed)
    assert isinstance(record_of_capture(captures.written(body)), CapturedStory | Missing | Unparsed)
