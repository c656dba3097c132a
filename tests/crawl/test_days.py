"""Days as people give them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from solidot_spider.base.clock import BEIJING
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl import days

NOW = datetime(2025, 3, 1, 12, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-10-18", date(2024, 10, 18)),
        ("20241018", date(2024, 10, 18)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2005-01-01", date(2005, 1, 1)),
        ("today", date(2025, 3, 1)),
        ("yesterday", date(2025, 2, 28)),
        ("1 day ago", date(2025, 2, 28)),
        ("2 days ago", date(2025, 2, 27)),
        ("0 days ago", date(2025, 3, 1)),
        ("366 days ago", date(2024, 2, 29)),
        (" 2025-03-01 ", date(2025, 3, 1)),
    ],
)
def test_a_day_may_be_given_so(text: str, day: date) -> None:
    assert days.parse("date", text, NOW) == day


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "2024", "202410", "2024-10", "18", "2024-13-01", "20241301", "2024-02-30", "2023-02-29"),
        *("2024-1018", "202410-18", "2024-1-8", "2024/10/18", "18.10.2024", "2024-10-18T00:00", "2024-10-18 08:00"),
        *("２０２４-10-18", "2024年10月18日", "tomorrow", "Today", "last week", "-1 days ago", "1 days", "one day ago"),
        *("1.5 days ago", "3 days  ago", "999999 days ago", "2024-10-18,2024-10-19"),
    ],
)
def test_what_is_no_day_is_refused_with_all_that_is_allowed(text: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        days.parse("since", text, NOW)
    assert str(refused.value) == (f"since={text}: not a day; give 2024-10-18, 20241018, today, yesterday or 3 days ago")


@pytest.mark.parametrize("text", ["2025-03-02", "99991231", "2004-12-31", "00010101", "99999 days ago"])
def test_a_day_that_the_site_cannot_have_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match=f"until={text}: .* is not between 2005-01-01 and today, 2025-03-01 in"):
        days.parse("until", text, NOW)


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2025, 2, 28, 15, 59, 59, tzinfo=UTC), date(2025, 2, 28)),
        (datetime(2025, 2, 28, 16, tzinfo=UTC), date(2025, 3, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_beijing(now: datetime, today: date) -> None:
    assert days.parse("date", "today", now) == days.parse("date", today.isoformat(), now) == today
    assert days.parse("date", "yesterday", now) == today - days.ONE
    with pytest.raises(ArgumentError):
        days.parse("date", (today + days.ONE).isoformat(), now)


def test_days_between_include_both_ends() -> None:
    leap = [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
    assert list(days.between(leap[0], leap[-1])) == leap
    assert list(days.between(leap[0], leap[0])) == leap[:1]
    assert list(days.between(leap[1], leap[0])) == []
