"""Parses the paragraphs of a story's text, from its body's element to where the text ends."""

from __future__ import annotations

from lxml.etree import _Element as Element

from solidot_spider.parsing.comment_region import elements_outside
from solidot_spider.parsing.doubt import DoubtError
from solidot_spider.parsing.elements import has_class, text_content
from solidot_spider.parsing.html_paragraphs import ParagraphVisitor
from solidot_spider.parsing.markup import BODY_CLASS, CLASSES_BEHIND_BODY
from solidot_spider.parsing.paragraph_builder import EndOfStory
from solidot_spider.parsing.paragraphs import Paragraph
from solidot_spider.parsing.text import collapse_space

_MIN_ESSAY = 100
"""A text of fewer characters behind the body is no essay that goes on there."""
_MIN_REPEATED = 10
"""A first paragraph of so many characters does not stand in a story twice."""
_MAX_BODIES = 8
"""So many are compared; bodies in bodies would make that slow."""
_CUT_MARKS = " .…"


def choose_body(first: Element, block: Element, notes: list[str]) -> Element:
    """The element that a story's text begins in, where there may be several.

    One has the whole text, and the others have it, too, or its beginning.

    Args:
        first: the first one.
        block: the story's block.
        notes: what was odd is added here.

    Raises:
        DoubtError: they hold different texts.
    """
    others = (each for each in elements_outside(block) if has_class(each, BODY_CLASS))
    bodies = [first, *(each for each in others if each is not first)]
    if len(bodies) > _MAX_BODIES:
        raise DoubtError("several-bodies")
    texts = {each: collapse_space(text_content(each)) for each in bodies}
    bodies = [each for each in bodies if texts[each]] or [first]
    if len(bodies) < 2:
        return bodies[0]
    chosen = max(bodies, key=lambda each: len(texts[each]))
    if not all(texts[chosen].startswith(texts[each].rstrip(_CUT_MARKS)) for each in bodies):
        raise DoubtError("several-bodies")
    notes.append("several-bodies")
    return chosen


def parse(body: Element, block: Element, url: str, notes: list[str]) -> list[Paragraph]:
    """The paragraphs of a story.

    Some essays of 2021 close the body's element early and go on in the same block. So everything up to the block's
    end, the reply link, the notice of sealed comments or the comments is the story.

    Args:
        body: the element that the text begins in.
        block: the story's block, around it.
        url: the story's address, against which links are resolved.
        notes: what was odd is added here.

    Raises:
        DoubtError: what stands behind the body is not certainly the rest of the story.
    """
    visitor = ParagraphVisitor(url)
    end_of_body = 0
    try:
        visitor.visit_inside(body)
        visitor.end_paragraph()
        end_of_body = len(visitor.paragraphs)
        for node in _behind(body, block):
            visitor.visit_text(node) if isinstance(node, str) else visitor.visit(node)
    except EndOfStory:
        end_of_body = end_of_body or len(visitor.paragraphs) + bool(visitor.spans)
    visitor.end_paragraph()
    if visitor.has_foreign_boxes:
        notes.append("foreign-box")
    if len(visitor.paragraphs) > end_of_body:
        _check_behind(visitor.paragraphs, end_of_body)
        notes.append("text-behind-body")
    return visitor.paragraphs


def _check_behind(paragraphs: list[Paragraph], end_of_body: int) -> None:
    """Whether the paragraphs behind the body go on with its text.

    Raises:
        DoubtError: they are short, or they repeat it.
    """
    behind = [paragraph.text for paragraph in paragraphs[end_of_body:]]
    if sum(map(len, behind)) < _MIN_ESSAY:
        raise DoubtError("text-behind-body")
    first = next((paragraph.text for paragraph in paragraphs[:end_of_body] if paragraph.text), "")
    if len(first) >= _MIN_REPEATED and any(text.startswith(first) for text in behind):
        raise DoubtError("repeated-body")


def _behind(body: Element, block: Element) -> list[Element | str]:
    """The texts and nodes behind the body in its block, up to a box that is not part of the text."""
    found: list[Element | str] = []
    element: Element | None = body
    while element is not None and element is not block:
        found.append(element.tail or "")
        for sibling in element.itersiblings():
            classes = (sibling.get("class") or "").split()
            if BODY_CLASS in classes or not CLASSES_BEHIND_BODY.isdisjoint(classes):
                return found
            found += sibling, sibling.tail or ""
        element = element.getparent()
    return found
