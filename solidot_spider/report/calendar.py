"""Draws the days as calendars of years, a cell for each day and a column for each week, with days without a story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from solidot_spider.report.charts import LEVELS, Values, level
from solidot_spider.report.drawing import NARROW, WIDE, Chart, drawn

GAP = "gap"
"""The colour of a day without a story, between the first and the last one."""

_WEEKS = 53.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DOMAIN = [*(str(each) for each in range(1, LEVELS + 1)), GAP]
_RANGE = [*(f"var(--h{each})" for each in range(1, LEVELS + 1)), "var(--gap)"]


def calendar(days: Mapping[date, int]) -> Chart:
    """The calendars of all years from the first story's to the last one's, the last year first.

    Args:
        days: stories by day; not empty.
    """
    return Chart(drawn(_spec(days, NARROW, 1)), drawn(_spec(days, WIDE, 2)))


def usual_most(days: Mapping[date, int]) -> int:
    """How many stories give a day the strongest colour: as many as one day of twenty has, or more."""
    counts = sorted(days.values())
    return counts[len(counts) * 19 // 20]


def span(days: Mapping[date, int]) -> list[date]:
    """All days from the first to the last."""
    first, last = min(days), max(days)
    return [first + timedelta(days=each) for each in range((last - first).days + 1)]


def _spec(days: Mapping[date, int], width: int, abreast: int) -> dict[str, Any]:
    years = range(max(days).year, min(days).year - 1, -1)
    abreast = min(abreast, len(years))
    column = width / abreast
    label = 34.0
    step = min(14.0, (column - label - 12) / _WEEKS)
    high = 7 * step + 22
    corner = {year: (at % abreast * column + label, at // abreast * high + 14) for at, year in enumerate(years)}
    cells = list(_cells(days, corner, step))
    texts: Values = [{"x": x - label, "y": y + 3.5 * step, "s": str(year)} for year, (x, y) in corner.items()]
    texts += [
        {"x": x + _week(date(year, month + 1, 1)) * step, "y": y - 6, "s": _MONTHS[month]}
        for year, (x, y) in corner.items()
        for month in range(0, 12, 1 if step > 9 else 3)
    ]
    size = step - (1 if step < 8 else 1.5)
    place = {each: {"field": each, "type": "quantitative", "scale": None, "axis": None} for each in ("x", "y")}
    colour = {"field": "l", "type": "nominal", "legend": None, "scale": {"domain": _DOMAIN, "range": _RANGE}}
    cell = {
        "data": {"values": cells},
        "mark": {"type": "rect", "width": size, "height": size},
        "encoding": {**place, "color": colour, "description": {"field": "t", "type": "nominal"}},
    }
    text = {
        "data": {"values": texts},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": 10, "color": "var(--soft)"},
        "encoding": {**place, "text": {"field": "s", "type": "nominal"}},
    }
    return {"width": width, "height": -(-len(years) // abreast) * high, "layer": [text, cell]}


def _cells(
    days: Mapping[date, int], corner: Mapping[int, tuple[float, float]], step: float
) -> Iterator[dict[str, Any]]:
    most = usual_most(days)
    for day in span(days):
        x, y = corner[day.year]
        count = days.get(day, 0)
        stories = "no story" if not count else f"{count} stor{'y' if count == 1 else 'ies'}"
        yield {
            "x": round(x + (_week(day) + 0.5) * step, 1),
            "y": round(y + (day.weekday() + 0.5) * step, 1),
            "l": str(level(count, most)) if count else GAP,
            "t": f"{day.isoformat()} {day:%a}: {stories}",
        }


def _week(day: date) -> int:
    """The column of a day: weeks begin on Monday, and that of 1 January is 0."""
    return (day.timetuple().tm_yday - 1 + date(day.year, 1, 1).weekday()) // 7
