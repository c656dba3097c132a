"""Draws the skeleton of a story's page, tags with ids and classes, and sets it beside the one that the parser fits.

Pure: bytes in, lines out. A page of the site that has changed can so be told in one paste, without its texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.parsing import comment_region, html_tree
from solidot_spider.parsing.elements import following, has_class
from solidot_spider.parsing.markup import BLOCK_CLASS, BODY_CLASS, BOX_TAG, COMMENT_TEXT_CLASS, COMMENTS_END, FOOTER_ID

EXPECTED = Path(__file__).with_name("skeleton.txt")
"""The skeleton of a page that the parser fits: a story of the trial site with comments."""

MOST_LINES = 200
MOST_NODES = 10_000
MOST_DEPTH = 100
NAME_LENGTH = 60
INDENT = "  "
CUT_OFF = "…"
"""The last line of a skeleton that would be longer."""

CLASSES_OF_TEXT = (BODY_CLASS, COMMENT_TEXT_CLASS)
"""What is inside these differs from story to story."""

_NUMBER = re.compile(r"\d+")


class _Budget:
    """How many nodes may still be looked at."""

    def __init__(self) -> None:
        self.left = MOST_NODES

    def spend(self) -> bool:
        """Whether one more node may be looked at."""
        self.left -= 1
        return self.left >= 0


def lines(data: bytes) -> list[str]:
    """The skeleton from the elements around the first story block to the end of the readers' comments.

    An element is a line: ``div#center.about``, indented below its parent, ``N`` for the digits of its id and classes.
    Siblings of the same form are one. Left out are what is inside the body or a comment's text, elements inside others
    with the same tag and classes (replies), and what follows the footer. A page without a block is drawn whole.

    Args:
        data: the page's bytes.

    Returns:
        At most ``MOST_LINES`` lines; the last one is ``CUT_OFF`` if there would be more.
    """
    root = html_tree.parse_lossy(data)
    budget = _Budget()
    outside = comment_region.elements_outside(root)
    block = next((each for each in outside if each.tag == BOX_TAG and has_class(each, BLOCK_CLASS)), None)
    drawn = list(_around(block, budget)) if block is not None else _drawn(root, (), budget)
    if budget.left < 0 or len(drawn) > MOST_LINES:
        return [*drawn[: MOST_LINES - 1], CUT_OFF]
    return drawn


def beside_expected(found: list[str]) -> list[str]:
    """A page's skeleton on the left and the expected one on the right; ``<`` and ``>`` mark what only one has."""
    expected = EXPECTED.read_text(encoding="utf-8").splitlines()
    width = max(map(len, ("the page", *found)))
    both = [f"  {'the page':{width}}  what the parser fits"]
    for tag, i, j, k, m in SequenceMatcher(None, found, expected, autojunk=False).get_opcodes():
        if tag == "equal":
            both += [f"  {line:{width}}  {line}" for line in found[i:j]]
        else:
            both += [f"< {line}" for line in found[i:j]]
            both += [f"> {'':{width}}  {line}" for line in expected[k:m]]
    return both


def _around(block: Element, budget: _Budget) -> Iterator[str]:
    """The lines of a block, the elements that it is in, and what follows up to the footer or the end of comments."""
    above = _names_above(block)
    yield from (INDENT * depth + name for depth, name in enumerate(above))
    yield from _drawn(block, above, budget)
    before: list[str] = []
    parent = block.getparent()
    for node in following(block):
        if node.get("id") == FOOTER_ID:
            return
        if node.getparent() is not parent:
            parent, above = node.getparent(), _names_above(node)
        drawn = _drawn(node, above, budget)
        if drawn != before:
            yield from drawn
        before = drawn
        if budget.left < 0 or (_is_html_comment(node) and COMMENTS_END.fullmatch(node.text or "")):
            return


def _names_above(node: Element) -> tuple[str, ...]:
    """The names of the nearest elements that a node is in, the root first."""
    return tuple(reversed([_name(each) for each in islice(node.iterancestors(), MOST_DEPTH)]))


def _drawn(node: Element, above: tuple[str, ...], budget: _Budget) -> list[str]:
    """The lines of a node and what is inside it; none if it is left out."""
    name = _name(node)
    if not budget.spend() or not name or len(above) > MOST_DEPTH or ("." in name and name in above):
        return []
    drawn = [INDENT * len(above) + name]
    if any(has_class(node, each) for each in CLASSES_OF_TEXT):
        return drawn
    seen: set[tuple[str, ...]] = set()
    for child in node:
        inside = tuple(_drawn(child, (*above, name), budget))
        if inside not in seen and len(drawn) <= MOST_LINES:
            drawn += inside
            seen.add(inside)
        if budget.left < 0:
            break
    return drawn


def _name(node: Element) -> str:
    """The name of an element or an HTML comment; '' for other nodes."""
    if _is_html_comment(node):
        name = f"<!--{node.text or ''}-->"
    elif isinstance(node.tag, str):
        marks = [f".{each}" for each in (node.get("class") or "").split()]
        if node.get("id"):
            marks.insert(0, f"#{node.get('id')}")
        name = node.tag + _NUMBER.sub("N", "".join(marks))
    else:
        return ""
    name = " ".join(name.split())
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + CUT_OFF


def _is_html_comment(node: Element) -> bool:
    is_html_comment: bool = node.tag is etree.Comment  # type: ignore[comparison-overlap] # the stubs know tags of elements only
    return is_html_comment
