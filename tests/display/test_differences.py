"""What an edit changed, for a person."""

from __future__ import annotations

from typing import Any

import pytest

from solidot_spider.display import differences
from solidot_spider.display.colours import Colours
from solidot_spider.display.differences import Difference


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("灯塔", "灯塔", []),
        ("灯塔熄灭", "灯塔点亮", [("-", "灯塔熄灭", [(2, 4)]), ("+", "灯塔点亮", [(2, 4)])]),
        ("一\n\n二", "一\n\n三\n\n二", [("+", "三", [])]),
        (None, "灯塔", [("+", "灯塔", [])]),
        ([1, 2], [2], [("-", "1", [])]),
        ([], [{"tid": 1}], [("+", '{"tid":1}', [])]),
        ("\x1b[31m", "", [("-", "?[31m", [])]),
    ],
)
def test_what_went_and_what_came(old: Any, new: Any, lines: list[tuple[str, str, Any]]) -> None:
    assert list(differences.between(old, new)) == [Difference(*each) for each in lines]


def test_the_characters_that_differ_are_painted() -> None:
    painted = list(differences.lines("灯塔熄灭", "灯塔点亮", 40, Colours(enabled=True)))
    assert painted == [
        "\x1b[31m-\x1b[0m \x1b[31m灯塔\x1b[0m\x1b[1;31m熄灭\x1b[0m",
        "\x1b[32m+\x1b[0m \x1b[32m灯塔\x1b[0m\x1b[1;32m点亮\x1b[0m",
    ]
    assert list(differences.lines("灯塔熄灭", "灯塔点亮", 40, Colours(enabled=False))) == ["- 灯塔熄灭", "+ 灯塔点亮"]


def test_long_lines_are_broken_and_keep_their_parts() -> None:
    old, new = "灯" * 30 + "灭" + "塔" * 30, "灯" * 30 + "亮" + "塔" * 30
    lines = list(differences.lines(old, new, 22, Colours(enabled=True)))
    assert len(lines) == 14
    assert [line for line in lines if "1;31" in line] == [lines[3]]
