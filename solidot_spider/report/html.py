"""Writes the parts of the page as HTML. What is a plain text is escaped; only ``Safe`` texts are HTML already."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from solidot_spider.base.console import plain
from solidot_spider.report.charts import LEVELS, Part
from solidot_spider.report.drawing import Chart


class Safe(str):
    """HTML that this program made."""

    __slots__ = ()


class Figure(NamedTuple):
    """A chart with all that belongs to it.

    Attributes:
        key: its id in the page.
        title: what it shows.
        chart: the drawing.
        legend: what its colours mean.
        table: its numbers.
        hue: the class that gives its colours.
        step: how many marks the arrow keys up and down pass; 0 for all parts of a bar.
        note: a sentence about it.
    """

    key: str
    title: str
    chart: Chart
    legend: Safe
    table: Safe
    hue: str = "teal"
    step: int = 1
    note: str = ""


def text(value: object) -> Safe:
    """A value as HTML: a ``Safe`` one as it is, any other escaped, without control characters."""
    if isinstance(value, Safe):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Safe(f"{value:,}")
    return Safe(html.escape(plain(str(value))))


def tag(name: str, content: object, **attributes: str) -> Safe:
    """An element; ``class_`` and ``data_x`` stand for ``class`` and ``data-x``."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(plain(value))}"' for key, value in attributes.items()
    )
    return Safe(f"<{name}{given}>{text(content)}</{name}>")


def joined(parts: Iterable[object], between: str = "") -> Safe:
    """Parts one after another."""
    return Safe(between.join(text(part) for part in parts))


def link(sid: int, site: str, shown: object = "") -> Safe:
    """A link to a story on the site."""
    content = shown or str(sid)
    return tag("a", content, href=f"{site}/story?sid={sid}", target="_blank", rel="noopener noreferrer")


def lead(sentence: str) -> Safe:
    """The sentence that a section begins with."""
    return tag("p", sentence, class_="lead")


def counted(stories: int) -> str:
    """So many stories, in words."""
    return f"{stories:,} stor{'y' if stories == 1 else 'ies'}"


def moment(at: str) -> Safe:
    """A time in UTC (ISO 8601) to the minute."""
    return tag("time", at[:16].replace("T", " "), datetime=at)


def chinese(value: str) -> Safe:
    """A text of the site, which a reader's voice and font should take for Chinese."""
    return tag("span", value, lang="zh")


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str, kind: str = "") -> Safe:
    """A table; the first cell of a row is its head, and numbers stand at the right."""
    columns = Safe("".join(f'<th scope="col">{text(each)}' for each in head))
    lines = "".join(f"<tr>{_cells(row)}" for row in rows)
    made = f"<caption><span>{text(caption)}</span></caption><thead><tr>{columns}</thead><tbody>{lines}</tbody>"
    return tag("table", Safe(made), class_=kind) if kind else tag("table", Safe(made))


def _cells(row: Sequence[object]) -> str:
    first, *rest = row
    cells = (f'<td class="n">{text(each)}' if isinstance(each, int) else f"<td>{text(each)}" for each in rest)
    return f'<th scope="row">{text(str(first) if isinstance(first, int) else first)}' + "".join(cells)


def scrolled(content: Safe, name: str) -> Safe:
    """Something that may be too large for its place; the keyboard can scroll it."""
    return tag("div", content, class_="scroll", tabindex="0", role="region", aria_label=name)


def figure(made: Figure) -> Safe:
    """A chart with its title, buttons, legend, and table."""
    title = f"{made.key}-title"
    zoom = joined(
        tag("button", sign, type="button", data_zoom=factor, aria_label=f"{word}: {made.title}", title=word)
        for sign, factor, word in (("+", "1.5", "Zoom in"), ("−", "0.667", "Zoom out"), ("⟲", "0", "Whole chart"))
    )
    drawing = joined(
        Safe(svg.replace("<svg ", f'<svg class="{name}" ', 1))
        for svg, name in ((made.chart.narrow, "narrow"), (made.chart.wide, "wide"))
    )
    plot = tag(
        "div", drawing, class_="plot", tabindex="0", role="group", data_step=str(made.step),
        aria_label=f"{made.title}: chart. Arrow keys read its values, + and − zoom; a table follows.",
    )  # fmt: skip
    head = tag("div", joined([tag("h3", made.title, id=title), tag("div", zoom, class_="zoom")]), class_="head")
    note = tag("p", made.note, class_="note") if made.note else Safe()
    numbers = scrolled(made.table, f"{made.title}: table")
    behind = tag("details", joined([tag("summary", "The numbers as a table"), numbers]))
    content = joined([head, note, plot, made.legend, behind])
    return tag("figure", content, class_=f"card {made.hue}", id=made.key, aria_labelledby=title)


def section(key: str, title: str, *parts: object) -> Safe:
    """A section of the page, which the navigation leads to."""
    head = tag("h2", title, id=f"{key}-head")
    return tag("section", joined([head, *parts]), id=key, aria_labelledby=f"{key}-head")


def steps_to(most: int, words: str, *more: tuple[str, str]) -> Safe:
    """A legend of the steps of a colour from one story to the most, and of further classes with their meanings."""
    many = f"{counted(most)}{words}"
    if most > 1:
        return steps("1", many, *more)
    return tag("ul", joined(_swatches([(f"h{LEVELS}", many), *more])), class_="legend")


def steps(few: str, many: str, *more: tuple[str, str]) -> Safe:
    """A legend of the steps of a colour, and of further classes with their meanings."""
    boxes = joined(Safe(f'<i class="h{each}"></i>') for each in range(1, LEVELS + 1))
    scale = tag("li", joined([tag("span", few), boxes, tag("span", many)]), class_="steps")
    return tag("ul", joined([scale, *_swatches(more)]), class_="legend")


def parts(given: Iterable[Part]) -> Safe:
    """A legend of the parts of stacked bars."""
    return tag("ul", joined(_swatches((each.colour, each.name) for each in given)), class_="legend")


def _swatches(given: Iterable[tuple[str, str]]) -> list[Safe]:
    return [tag("li", joined([Safe(f'<i class="{kind}"></i>'), tag("span", name)])) for kind, name in given]
