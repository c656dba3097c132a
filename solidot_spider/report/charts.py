"""Makes the specifications of the charts for Vega-Lite: bars, stacked bars and heat maps."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from solidot_spider.report import labels
from solidot_spider.report.drawing import NARROW, PADDING, WIDE, Chart, drawn

LEVELS = 5
"""Steps of a colour, from few to many; level 0 is none at all."""

Values = list[dict[str, Any]]

_BENT = 0.75
"""Below 1: small shares have more steps than large ones."""

_LEVELS = {
    "domain": [str(each) for each in range(LEVELS + 1)],
    "range": [f"var(--h{each})" for each in range(LEVELS + 1)],
}


class Part(NamedTuple):
    """A part of stacked bars: its key, its name, and the page's property that has its colour."""

    key: str
    name: str
    colour: str


class Bar(NamedTuple):
    """A bar: its key, how the axis names it ('' for not at all), its parts by their keys, and what is told of each."""

    key: str
    label: str
    parts: Mapping[str, int]
    told: Callable[[str], str]


def level(value: float, most: float) -> int:
    """The step of a colour for a value, by its share of the most; little is told from nothing."""
    return min(LEVELS, math.ceil(LEVELS * (value / most) ** _BENT)) if value > 0 and most > 0 else 0


def bars(values: Mapping[Any, int], told: Callable[[Any], str], height: int = 220) -> Chart:
    """A bar for each key, in the order of the mapping."""
    rows = [{"x": str(key), "y": value, "t": told(key)} for key, value in values.items()]
    keys = [str(key) for key in values]

    def made(width: int) -> dict[str, Any]:
        y, extent = _counts(max(values.values(), default=0))
        encoding = {"x": _columns(keys, keys, width - extent), "y": y, "color": {"value": "var(--h4)"}}
        high = height if width == WIDE else height - 40
        return _plain(rows, {"type": "bar", "cornerRadiusEnd": 2}, encoding, width, high)

    return _twice(made)


def stacked(rows: Sequence[Bar], parts: Sequence[Part], *, is_share: bool = False) -> Chart:
    """Bars of parts that lie on one another.

    Args:
        rows: the bars.
        parts: the parts, the lowest first.
        is_share: make all bars of one height.
    """
    order = {part.key: at for at, part in enumerate(parts)}
    values = [
        {"x": bar.key, "p": key, "o": order[key], "y": bar.parts[key], "t": bar.told(key)}
        for bar in rows
        for key in order
        if bar.parts.get(key)
    ]
    colours = {"domain": list(order), "range": [f"var(--{part.colour})" for part in parts]}

    def made(width: int) -> dict[str, Any]:
        y, extent = _shares() if is_share else _counts(max(sum(bar.parts.values()) for bar in rows))
        encoding = {
            "x": _columns([bar.key for bar in rows], [bar.label for bar in rows], width - extent),
            "y": y,
            "color": {"field": "p", "type": "nominal", "legend": None, "scale": colours},
            "order": {"field": "o", "type": "quantitative"},
        }
        return _plain(values, {"type": "bar"}, encoding, width, 240 if width == WIDE else 190)

    return _twice(made)


def heat(  # noqa: PLR0913 - a chart is made of all of this
    names: Sequence[Any],
    columns: Sequence[Any],
    cells: Mapping[tuple[Any, Any], float],
    told: Callable[[Any, Any], str],
    *,
    most: float,
    title: Callable[[Any], str] = str,
) -> Chart:
    """A row of coloured cells for each name; ``most`` is the value of the strongest colour."""

    def made(width: int) -> dict[str, Any]:
        shown = labels.distinct([labels.short(title(name), width * 0.4) for name in names])
        extent = labels.widest(shown) + 6
        values = [
            {"x": str(x), "y": label, "l": str(level(cells.get((name, x), 0), most)), "t": told(name, x)}
            for name, label in zip(names, shown, strict=True)
            for x in columns
        ]
        keys = [str(each) for each in columns]
        axis = {"minExtent": extent}
        encoding = {
            "x": _columns(keys, keys, width - extent, padding=0.06),
            "y": {"field": "y", "type": "ordinal", "scale": {"domain": shown, "padding": 0.1}, "axis": axis},
            "color": {"field": "l", "type": "nominal", "scale": _LEVELS, "legend": None},
        }
        return _plain(values, {"type": "rect"}, encoding, width, 22 * len(names))

    return _twice(made)


def _counts(most: int) -> tuple[dict[str, Any], float]:
    """The encoding of how many, and the pixels that its labels take."""
    extent = labels.width(f"{most:,}") + 6
    axis = {"tickCount": 4, "tickMinStep": 1, "format": ",.0f", "minExtent": extent}
    return {"field": "y", "type": "quantitative", "stack": "zero", "axis": axis}, extent


def _shares() -> tuple[dict[str, Any], float]:
    """The encoding of shares, and the pixels that its labels take."""
    extent = labels.width("100%") + 6
    axis = {"tickCount": 4, "format": "%", "minExtent": extent}
    return {"field": "y", "type": "quantitative", "stack": "normalize", "axis": axis}, extent


def _columns(keys: Sequence[str], names: Sequence[str], room: float, padding: float = 0.15) -> dict[str, Any]:
    """The encoding of columns; keys and names are made by this program, and never texts of the site."""
    named = [at for at, name in enumerate(names) if name]
    fitting = labels.thinned([names[at] for at in named], room * len(named) / len(names))
    shown = {keys[named[at]]: names[named[at]] for at in fitting}
    axis: dict[str, Any] = {"labelAngle": 0, "grid": False, "values": list(shown)}
    if any(key != name for key, name in shown.items()):
        axis["labelExpr"] = f"{json.dumps(shown)}[datum.value]"
    return {"field": "x", "type": "ordinal", "scale": {"domain": keys, "padding": padding}, "axis": axis}


def _plain(values: Values, mark: dict[str, Any], encoding: dict[str, Any], width: int, height: int) -> dict[str, Any]:
    keys: list[str] = encoding["x"]["scale"]["domain"]
    over = labels.width(f"{keys[-1]} ") / 2 - width / len(keys) / 2  # so far may the last label reach
    return {
        "width": width,
        "height": height,
        "padding": {**PADDING, "right": PADDING["right"] + max(0, over)},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": values},
        "mark": mark,
        "encoding": {**encoding, "description": {"field": "t", "type": "nominal"}},
    }


def _twice(made: Callable[[int], dict[str, Any]]) -> Chart:
    return Chart(drawn(made(NARROW)), drawn(made(WIDE)))
