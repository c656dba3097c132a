"""Story ids as people give them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidot_spider.base import sids
from solidot_spider.base.sids import ArgumentError, Sids

ids = st.integers(1, 99_999_999)
ranges = st.lists(st.tuples(ids, st.integers(0, 50)).map(lambda pair: (pair[0], min(pair[0] + pair[1], 99_999_999))))


@given(ranges)
def test_ranges_hold_the_same_ids_ascending_and_each_once(given_ranges: list[tuple[int, int]]) -> None:
    wanted = sorted({sid for first, last in given_ranges for sid in range(first, last + 1)})
    made = Sids(given_ranges)
    assert list(made) == wanted
    assert len(made) == len(wanted)


@given(ranges.filter(bool))
def test_what_is_written_is_read_back(given_ranges: list[tuple[int, int]]) -> None:
    made = Sids(given_ranges)
    assert sids.parse(str(made)) == made


@given(ranges, ids)
def test_after_leaves_what_is_greater(given_ranges: list[tuple[int, int]], sid: int) -> None:
    made = Sids(given_ranges)
    assert list(made.after(sid)) == [each for each in made if each > sid]


def test_neighbours_become_one_range() -> None:
    assert str(sids.parse("79502, 79500-79501,79503 , 80001")) == "79500-79503,80001"


def test_a_huge_range_costs_nothing() -> None:
    made = sids.parse("1-99999999")
    assert len(made) == 99_999_999
    assert next(iter(made)) == 1


def test_a_file_has_ids_ranges_and_comments(tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("\ufeff79500-79502  # failed: time-out\n\n# nothing here\n80001,80003\n", encoding="utf-8")
    assert str(sids.parse(f"@{file}")) == "79500-79502,80001,80003"


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("5\n6\n"))
    assert str(sids.parse("@-")) == "5-6"


@pytest.mark.parametrize(
    "text",
    ["0", "100000000", "-5", "5-", "7-6", "1e3", "٧", "79532x", "1--2", "", "5,,6", "../../etc", "1.5"],
)
def test_what_is_no_id_is_named(text: str) -> None:
    with pytest.raises(ArgumentError, match="ids are 1 to 99999999"):
        sids.parse(text)


def test_ten_bad_values_are_named_and_the_rest_counted() -> None:
    with pytest.raises(ArgumentError) as told:
        sids.parse(",".join(f"x{number}" for number in range(14)))
    assert "'x9'" in str(told.value)
    assert "'x10'" not in str(told.value)
    assert "and 4 more" in str(told.value)
    assert "\n" not in str(told.value)


def test_bad_values_of_a_file_have_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("1\nzwei\n3\nvier  # four\n", encoding="utf-8")
    with pytest.raises(ArgumentError, match=r"'zwei' \(line 2\), 'vier' \(line 4\)"):
        sids.parse(f"@{file}")


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="No such file"):
        sids.parse(f"@{tmp_path}/none.txt")
    (tmp_path / "bin").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ArgumentError, match="not UTF-8"):
        sids.parse(f"@{tmp_path}/bin")


def test_an_empty_file_names_no_ids(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("# nothing\n")
    with pytest.raises(ArgumentError, match="no story ids"):
        sids.parse(f"@{tmp_path}/empty")


@pytest.mark.parametrize("text", ["", "0", "79532-79533", "100000000", "abc", "1" * 40])
def test_one_id_is_one_id(text: str) -> None:
    with pytest.raises(ArgumentError, match="from 1 to 99999999"):
        sids.parse_one(text)
    assert sids.parse_one(" 79532 ") == 79532


close = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])))
"""Ranges that meet, overlap and lie in one another."""

ends = st.lists(st.sampled_from([(1, 3), (2, 2), (99_999_990, 99_999_999), (99_999_999, 99_999_999)]))


@given(close | ends | ranges, close | ends | ranges)
def test_within_and_without_are_those_of_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    given_ids, among = Sids(one), Sids(other)
    assert list(given_ids.within(among)) == sorted(set(given_ids) & set(among))
    assert list(given_ids.without(among)) == sorted(set(given_ids) - set(among))


@given(close, close)
def test_what_is_within_and_what_is_without_are_all(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    given_ids, among = Sids(one), Sids(other)
    assert Sids([*given_ids.within(among).ranges, *given_ids.without(among).ranges]) == given_ids


def test_all_ids_without_a_few_cost_nothing() -> None:
    left = sids.parse("1-99999999").without(sids.parse("1,500-600,99999999"))
    assert str(left) == "2-499,601-99999998"
    assert str(sids.parse("1-99999999").within(left)) == str(left)


@given(st.lists(st.integers(1, 60)))
def test_single_ids_make_a_set_in_any_order(singles: list[int]) -> None:
    assert Sids.of(singles) == Sids.of(sorted(singles)) == Sids((sid, sid) for sid in singles)


@pytest.mark.parametrize(
    ("text", "count", "summary"),
    [
        ("7", 5, "7"),
        ("1-3,5,7,9,11", 5, "1-3, 5, 7, 9, 11"),
        ("1-3,5,7,9,11,13", 5, "1-3, 5, 7, 9, 11, …"),
        ("1-3,5,7", 2, "1-3, 5, …"),
    ],
)
def test_a_summary_names_the_first_ranges(text: str, count: int, summary: str) -> None:
    assert sids.parse(text).summary(count) == summary
    assert Sids().summary(count) == ""
