"""Draws charts by Vega-Lite, as SVG that takes its colours from the page and needs no script.

Each chart is drawn twice, for a phone and for a wide page. What the library writes is taken over element by element:
only known elements and attributes pass, however hostile the texts are.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lxml import etree

from solidot_spider.export.errors import missing_extra

NARROW, WIDE = 340, 860
"""The width of a chart in pixels, on a phone and elsewhere."""

_SVG = "http://www.w3.org/2000/svg"
_KEPT = {
    "svg": ("viewBox", "width", "height"),
    "g": ("transform", "fill", "stroke"),
    "path": ("transform", "d", "fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"),
    "line": ("transform", "x1", "y1", "x2", "y2", "stroke", "stroke-width", "stroke-dasharray", "opacity"),
    "rect": ("transform", "x", "y", "width", "height", "fill", "stroke"),
    "text": ("transform", "text-anchor", "font-size", "font-weight", "fill", "opacity"),
    "tspan": ("x", "dy"),
}
_LONG_DECIMALS = re.compile(r"(\.\d)\d+")
PADDING = {"left": 2, "right": 4, "top": 4, "bottom": 2}
"""Pixels around a chart."""

_CONFIG: dict[str, Any] = {
    "background": None,
    "padding": PADDING,
    "view": {"stroke": None},
    "axis": {
        "labelFont": "sans-serif",
        "labelFontSize": 11,
        "labelColor": "var(--soft)",
        "labelLimit": 0,
        "domain": False,
        "ticks": False,
        "gridColor": "var(--line)",
        "title": None,
        "labelPadding": 6,
    },
}


class Chart(NamedTuple):
    """A drawn chart: SVG for a narrow and for a wide page."""

    narrow: str
    wide: str


def library() -> Any:
    """The library that draws.

    Raises:
        ExportError: it is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_extra("the library that draws charts", "report") from error
    return vl_convert


def drawn(spec: dict[str, Any]) -> str:
    """A Vega-Lite specification as SVG.

    A mark is described by the ``description`` of its encoding, which becomes its ``data-t``. Colours may be properties
    of the page (``var(--name)``).

    Raises:
        ExportError: the library is not installed.
    """
    svg = library().vegalite_to_svg({"config": _CONFIG, **spec})
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    made = _taken_over(etree.fromstring(svg.encode(), parser))
    assert made is not None
    made.set("aria-hidden", "true")  # its figure is named, and has a table
    return etree.tostring(made, encoding="unicode")


def _taken_over(element: etree._Element) -> etree._Element | None:
    """An element with what is kept of it; None if nothing of it is seen."""
    tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
    if tag not in _KEPT or element.get("display") == "none" or element.get("class") in ("background", "foreground"):
        return None
    made = etree.Element(tag)
    for name in _KEPT[tag]:
        if (value := element.get(name)) and (name, value) != ("opacity", "1"):
            made.set(name, _LONG_DECIMALS.sub(r"\1", value))
    if element.get("role") == "graphics-symbol" and tag == "path" and (told := element.get("aria-label")):
        made.set("data-t", told)
    made.text = element.text if tag in ("text", "tspan") else None
    children = [child for each in element if (child := _taken_over(each)) is not None]
    if tag == "g" and not children:
        return None
    if tag == "g" and not made.attrib and len(children) == 1:
        return children[0]
    made.extend(children)
    return made
