"""The section about topics, editors and the hosts of sources, over the years."""

from __future__ import annotations

from collections import Counter

from solidot_spider.report import charts
from solidot_spider.report.figures import Figures
from solidot_spider.report.html import Figure, Safe, chinese, counted, figure, section, steps_to, table, tag

TOP = 16
"""So many topics, editors and hosts have a row in a chart."""

TOP_OF_TABLE = 100
"""So many have one in its table."""


def subjects(figures: Figures) -> Safe:
    """The section."""
    return section(
        "subjects",
        "Who wrote about what",
        _over_years(("topics", "Topic", "violet"), figures, figures.topics),
        _over_years(("editors", "Editor", "blue"), figures, figures.editors, by_arrival=True),
        _over_years(
            ("hosts", "Source host", "amber"),
            figures,
            figures.hosts,
            "Stories with a source at this host; an archive's copy of a page is not counted.",
        ),
    )


def _over_years(
    names: tuple[str, str, str],
    figures: Figures,
    counts: Counter[tuple[str, int]],
    note: str = "",
    *,
    by_arrival: bool = False,
) -> Safe:
    """A chart of the most frequent ones; ``names`` are its key, what it counts, and its hue."""
    key, what, hue = names
    total = Counter[str]()
    for (name, _), count in counts.items():
        total[name] += count
    ranked = sorted(total, key=lambda name: (-total[name], name))
    if not ranked:
        return tag("p", f"No story here has a {what.lower()}.", class_="note")
    years, top = figures.span, ranked[:TOP]
    if by_arrival:
        top.sort(key=lambda name: next(year for year in years if counts[name, year]))
    most = max(counts[name, year] for name in top for year in years)

    def told(name: str, year: int) -> str:
        return f"{name}, {year}: {counted(counts[name, year])}"

    some = "" if len(ranked) <= TOP else f"The {TOP} with the most stories of {len(ranked):,}. "
    return figure(Figure(
        key, f"{what}s over the years", charts.heat(top, years, counts, told, most=most),
        steps_to(most, " a year"), _table(what, ranked, total, counts, years), hue, len(years), some + note,
    ))  # fmt: skip


def _table(what: str, ranked: list[str], total: Counter[str], counts: Counter[tuple[str, int]], years: range) -> Safe:
    rows = [(chinese(name), total[name], *(counts[name, year] for year in years)) for name in ranked[:TOP_OF_TABLE]]
    shown = f"the {len(rows)} with the most of {len(ranked):,}" if len(ranked) > len(rows) else f"all {len(rows)}"
    return table((what, "All", *map(str, years)), rows, f"Stories by {what.lower()} and year: {shown}")
