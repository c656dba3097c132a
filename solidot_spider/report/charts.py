"""Makes the specifications of the charts for Vega-Lite: bars, stacked bars and heat maps."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from solidot_spider.report.drawing import NARROW, WIDE, Chart, drawn

LEVELS = 5
"""Steps of a colour, from few to many; level 0 is none at all."""

Values = list[dict[str, Any]]


class Part(NamedTuple):
    """A part of stacked bars: its key, its name, and the page's property that has its colour."""

    key: str
    name: str
    colour: str


def level(value: float, most: float) -> int:
    """The step of a colour for a value, by its square root: few are told from none, and many from most."""
    return min(LEVELS, math.ceil(LEVELS * math.sqrt(value / most))) if value > 0 and most > 0 else 0


def short(name: str, columns: int) -> str:
    """A name cut to so many columns, of which an ideograph takes two."""
    room = columns
    for at, char in enumerate(name):
        room -= 2 if east_asian_width(char) in "WF" else 1
        if room < 0:
            return name[: max(1, at - 1)] + "…"
    return name


def bars(values: Mapping[Any, int], told: Callable[[Any], str], height: int = 220) -> Chart:
    """A bar for each key, in the order of the mapping."""
    rows = [{"x": str(key), "y": value, "t": told(key)} for key, value in values.items()]
    encoding = {
        "x": _axis_x([row["x"] for row in rows]),
        "y": {"field": "y", "type": "quantitative", "axis": {"tickCount": 4, "format": ","}},
        "color": {"value": "var(--h4)"},
    }
    mark = {"type": "bar", "cornerRadiusEnd": 2}
    return _twice(lambda width: _plain(rows, mark, encoding, width, height if width == WIDE else height - 40))


def stacked(
    rows: Sequence[tuple[str, Mapping[str, int], Callable[[str], str]]],
    parts: Sequence[Part],
    *,
    labels: Mapping[str, str],
    is_share: bool = False,
) -> Chart:
    """Bars of parts that lie on one another.

    Args:
        rows: each bar's key, how many of each part it has, and what is told of a part.
        parts: the parts, the lowest first.
        labels: the keys of the bars that the axis names, and how.
        is_share: make all bars of one height.
    """
    order = {part.key: at for at, part in enumerate(parts)}
    values = [
        {"x": x, "p": key, "o": order[key], "y": counts[key], "t": told(key)}
        for x, counts, told in rows
        for key in order
        if counts.get(key)
    ]
    axis = {"tickCount": 4, "format": "%" if is_share else ","}

    def made(width: int) -> dict[str, Any]:
        shown = [x for x, _, _ in rows if x in labels]
        shown = shown if width == WIDE else shown[:: max(1, len(shown) // 5)]
        encoding = {
            "x": _axis_x([x for x, _, _ in rows], shown, labels),
            "y": {"field": "y", "type": "quantitative", "axis": axis, "stack": "normalize" if is_share else "zero"},
            "color": {
                **{"field": "p", "type": "nominal", "legend": None},
                "scale": {"domain": list(order), "range": [f"var(--{part.colour})" for part in parts]},
            },
            "order": {"field": "o", "type": "quantitative"},
        }
        return _plain(values, {"type": "bar"}, encoding, width, 240 if width == WIDE else 190)

    return _twice(made)


def heat(
    names: Sequence[Any],
    columns: Sequence[Any],
    cells: Mapping[tuple[Any, Any], float],
    told: Callable[[Any, Any], str],
    *,
    most: float | None = None,
    title: Callable[[Any], str] = str,
) -> Chart:
    """A row of coloured cells for each name; ``most`` is the value of the strongest colour."""
    top = most or max(cells.values(), default=0)

    def made(width: int) -> dict[str, Any]:
        labels = _distinct([short(title(name), 34 if width == WIDE else 17) for name in names])
        values = [
            {"x": str(x), "y": label, "l": str(level(cells.get((name, x), 0), top)), "t": told(name, x)}
            for name, label in zip(names, labels, strict=True)
            for x in columns
        ]
        encoding = {
            "x": _axis_x([str(each) for each in columns], padding=0.06),
            "y": {"field": "y", "type": "ordinal", "scale": {"domain": labels, "padding": 0.1}, "axis": {}},
            "color": {"field": "l", "type": "nominal", "scale": _LEVELS, "legend": None},
        }
        return _plain(values, {"type": "rect"}, encoding, width, 22 * len(names))

    return _twice(made)


_LEVELS = {
    "domain": [str(each) for each in range(LEVELS + 1)],
    "range": [f"var(--h{each})" for each in range(LEVELS + 1)],
}


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels of which no two are the same; cut names may be."""
    made: list[str] = []
    for label in labels:
        count = 1
        while (told := label if count == 1 else f"{label} {count}") in made:
            count += 1
        made.append(told)
    return made


def _axis_x(
    keys: Sequence[str],
    shown: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    padding: float = 0.15,
) -> dict[str, Any]:
    """The encoding of bars or columns; keys and labels are made by this program, never texts of a site."""
    axis: dict[str, Any] = {"labelAngle": 0, "labelOverlap": "parity", "grid": False}
    if shown is not None:
        axis["values"] = shown
    if labels is not None:
        axis["labelExpr"] = f"{json.dumps(dict(labels))}[datum.value]"
    return {"field": "x", "type": "ordinal", "scale": {"domain": keys, "padding": padding}, "axis": axis}


def _plain(values: Values, mark: dict[str, Any], encoding: dict[str, Any], width: int, height: int) -> dict[str, Any]:
    return {
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": values},
        "mark": mark,
        "encoding": {**encoding, "description": {"field": "t", "type": "nominal"}},
    }


def _twice(made: Callable[[int], dict[str, Any]]) -> Chart:
    return Chart(drawn(made(NARROW)), drawn(made(WIDE)))
