"""Text in lines of a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidot_spider.base.console import is_safe
from solidot_spider.display import wrapping

CLOSING = "，。、；：？！）》」"
OPENING = "（《「"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("灯塔熄灭了", 10, ["灯塔熄灭了"]),
        ("灯塔熄灭了", 6, ["灯塔熄", "灭了"]),
        ("灯塔熄灭了", 7, ["灯塔熄", "灭了"]),
        ("看见灯塔。再见", 8, ["看见灯", "塔。再见"]),
        ("他读《灯塔》吗", 6, ["他读", "《灯", "塔》吗"]),
        ("在 Lanternfish 上", 12, ["在", "Lanternfish", "上"]),
        ("灯塔Lantern亮", 11, ["灯塔Lantern", "亮"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("看 abcdefghij 灯", 5, ["看", "abcde", "fghij", "灯"]),
        ("", 10, []),
        ("a  b", 10, ["a  b"]),
        ("it’s “so”", 8, ["it’s", "“so”"]),
        ("灯塔 12\xa0views", 8, ["灯塔", "12 views"]),
    ],
)
def test_lines_break_where_a_person_would(text: str, width: int, lines: list[str]) -> None:
    assert wrapping.wrap(text, width) == lines


TEXTS = st.text(
    st.one_of(st.sampled_from(f" 灯塔亮 ab-{CLOSING}{OPENING}"), st.characters().filter(is_safe)), max_size=60
)


@given(TEXTS, st.integers(8, 40))
def test_no_line_is_too_wide_and_nothing_but_space_is_lost(text: str, width: int) -> None:
    lines = wrapping.wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wrapping.cells(line) <= width for line in lines if len(line) > 1)


PROSE = st.lists(
    st.sampled_from(["灯", "塔亮", "a", "灯，", "亮。", "《塔》", "（a）", "“灯！”", " "]), max_size=60
).map("".join)


@given(PROSE, st.integers(8, 40))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text: str, width: int) -> None:
    for line in wrapping.wrap(text, width):
        assert line[0] not in f"{CLOSING}”"
        assert line[-1] not in f"{OPENING}“"


@pytest.mark.parametrize(
    ("text", "width", "fitted"), [("灯塔", 4, "灯塔"), ("灯塔亮", 5, "灯塔…"), ("灯塔亮", 4, "灯…")]
)
def test_a_text_is_cut_to_fit(text: str, width: int, fitted: str) -> None:
    assert wrapping.fitted(text, width) == fitted
