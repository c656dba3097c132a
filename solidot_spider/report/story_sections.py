"""The sections about the stories: days, sources, hours and fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from solidot_spider.report import calendar, charts
from solidot_spider.report.charts import Bar, Part
from solidot_spider.report.figures import FIELDS, SOURCES, Figures
from solidot_spider.report.html import Figure, Safe, counted, figure, lead, parts, section, steps, steps_to, table

_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS = [Part(key, name, key) for key, name in SOURCES.items()]


def days(figures: Figures) -> Safe:
    """The section of days: stories by year, and the calendar."""
    all_days = calendar.span(figures.days)
    empty = sum(1 for day in all_days if not figures.days[day])
    by_year = {year: figures.years[year] for year in figures.span}
    most = calendar.usual_most(figures.days)
    return section(
        "days",
        "Stories by day",
        lead("A day is one in Beijing. On a day without a story this store has a gap, or the site was silent."),
        figure(Figure(
            "years", "Stories by year", charts.bars(by_year, lambda year: f"{year}: {counted(by_year[year])}"), Safe(),
            table(("Year", "Stories"), list(by_year.items()), "Stories by year of publication"), step=5,
        )),
        figure(Figure(
            "calendar", "Each day", calendar.calendar(figures.days),
            steps_to(most, " or more", ("gap", "no story")), _month_table(figures.days), step=7,
            hue="teal sparse" if empty > len(all_days) / 2 else "teal",
            note=f"From the first story to the last one: {len(all_days):,} days, {empty:,} of them without a story.",
        )),
    )  # fmt: skip


def _month_table(by_day: Mapping[date, int]) -> Safe:
    """A row for each month and a column for each day; a day before the first story or after the last one is empty."""
    months: dict[tuple[int, int], list[object]] = {}
    for day in calendar.span(by_day):
        row = months.setdefault((day.year, day.month), [""] * 31)
        row[day.day - 1] = Safe(by_day.get(day, 0))
    rows = [(f"{year}-{month:02}", *cells) for (year, month), cells in months.items()]
    return table(("Month", *map(str, range(1, 32))), rows, "Stories by month and day", "days")


def sources(figures: Figures) -> Safe:
    """The section of how stories give their sources."""
    every = [f"{year}-{quarter}" for year in figures.span for quarter in range(1, 5)]
    counts = {each: {way: figures.sources[each, way] for way in SOURCES} for each in every}
    held = [at for at, each in enumerate(every) if any(counts[each].values())]
    quarters = every[held[0] : held[-1] + 1]
    first = {each[:4]: each for each in reversed(quarters)}
    bars = [
        Bar(each, each[:4] if first[each[:4]] == each else "", counts[each], _told_by(_quarter(each), counts[each]))
        for each in quarters
    ]
    rows = [(_quarter(each), *counts[each].values()) for each in quarters]
    return section(
        "sources",
        "How sources were given",
        lead("The site has changed several times how it names where a story comes from."),
        figure(Figure(
            "eras", "Share of the stories of each quarter", charts.stacked(bars, _PARTS, is_share=True), parts(_PARTS),
            table(("Quarter", *SOURCES.values()), rows, "Stories by quarter and by how they give their sources"),
            step=0, note="A story with several kinds counts for the first of them.",
        )),
    )  # fmt: skip


def _quarter(key: str) -> str:
    return f"{key[:4]} Q{key[5:]}"


def _told_by(name: str, counts: Mapping[str, int]) -> Callable[[str], str]:
    whole = sum(counts.values())
    return lambda key: f"{name}, {SOURCES[key]}: {counted(counts[key])} ({counts[key] / whole:.0%})"


def hours(figures: Figures) -> Safe:
    """The section of the hours of posting."""
    by_hour = {hour: sum(figures.hours[day, hour] for day in range(7)) for hour in range(24)}
    rows = [
        (f"{hour:02}:00", count, *(figures.hours[day, hour] for day in range(7))) for hour, count in by_hour.items()
    ]
    numbers = table(("Hour", "All", *_WEEK), rows, "Stories by hour and day of the week, in Beijing")

    def told(day: int, hour: int) -> str:
        return f"{_WEEK[day]}, {hour:02}:00 to {hour:02}:59: {counted(figures.hours[day, hour])}"

    made = charts.bars(by_hour, lambda hour: f"{hour:02}:00 to {hour:02}:59: {counted(by_hour[hour])}", 180)
    most = max(figures.hours.values(), default=0)
    week = charts.heat(range(7), range(24), figures.hours, told, most=most, title=_WEEK.__getitem__)
    return section(
        "hours",
        "Hours of posting",
        figure(Figure("by-hour", "Stories by hour, in Beijing", made, Safe(), numbers, "rose", 6)),
        figure(Figure(
            "by-weekday", "By day of the week and hour", week, steps_to(most, ""), numbers, "rose", 24
        )),
    )  # fmt: skip


def fields(figures: Figures) -> Safe:
    """The section of the fields that a story may lack."""
    years = figures.span
    shares: dict[tuple[Any, Any], float] = {
        (field, year): figures.filled[field, year] / figures.years[year]
        for field in FIELDS
        for year in years
        if figures.years[year]
    }

    def told(field: str, year: int) -> str:
        return f"{field}, {year}: {_percent(shares.get((field, year)))} of {counted(figures.years[year])}"

    rows = [(field, *(_percent(shares.get((field, year))) for year in years)) for field in _by_fill(figures)]
    made = charts.heat(_by_fill(figures), years, shares, told, most=1)
    return section(
        "fields",
        "What the records hold",
        figure(Figure(
            "filled", "Share of the stories of each year that have a field", made, steps("few", "all"),
            table(("Field", *map(str, years)), rows, "Share of the stories in which a field is neither null nor empty"),
            "blue", len(years), "Fields that every story has are left out.",
        )),
    )  # fmt: skip


def _by_fill(figures: Figures) -> Sequence[str]:
    whole = {field: sum(figures.filled[field, year] for year in figures.years) for field in FIELDS}
    return sorted(FIELDS, key=lambda field: -whole[field])


def _percent(share: float | None) -> str:
    """A share, rounded so that it says all of no field that one story lacks, and none of no field that one has."""
    if share is None:
        return "–"
    return f"{share:.0%}" if share in (0, 1) else f"{min(max(share * 100, 0.1), 99.9):.1f}%"
