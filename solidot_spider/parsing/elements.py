"""Answers questions about one element of a tree: its classes, its text, the nodes behind it."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.parsing.markup import LATE_IMAGE_ATTRIBUTES


def has_class(element: Element, name: str) -> bool:
    """Whether an element has a class, alone or among others."""
    classes = element.get("class")
    return classes is not None and (classes == name or (name in classes and name in classes.split()))


def first_with_class(element: Element, tag: str, name: str) -> Element | None:
    """The first element with this tag and class, ``element`` itself or inside it; None if none has both."""
    return next((each for each in element.iter(tag) if has_class(each, name)), None)


def text_content(element: Element) -> str:
    """The text inside an element."""
    return "".join(map(str, element.itertext())) if len(element) else element.text or ""


def following(element: Element) -> Iterator[Element]:
    """The nodes behind an element that are not inside it: its later siblings, then those of its ancestors."""
    above: Element | None = element
    while above is not None:
        yield from above.itersiblings()
        above = above.getparent()


def image_source(element: Element) -> str:
    """An image's address, also where a script loads it late."""
    late = (element.get(name) for name in LATE_IMAGE_ATTRIBUTES)
    return next(filter(None, late), None) or element.get("src") or ""


def anchor_text(element: Element) -> str:
    """The text inside an anchor, up to another anchor inside it: HTML knows none, and each would hold all the rest."""
    if not len(element):
        return element.text or ""
    if sum(1 for _ in element.iter("a")) == 1:
        return text_content(element)
    out = [element.text or ""]
    nodes = etree.iterwalk(element, events=("start", "end"))
    for event, node in nodes:
        if node is element:
            continue
        if event == "start" and node.tag == "a":
            break
        out.append((node.text if event == "start" else node.tail) or "")
    return "".join(out)
