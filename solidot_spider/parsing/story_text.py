"""Parses the paragraphs of a story's text, from its body's element to where the text ends."""

from __future__ import annotations

from lxml.etree import _Element as Element

from solidot_spider.parsing.html_paragraphs import ParagraphVisitor
from solidot_spider.parsing.markup import CLASSES_BEHIND_BODY
from solidot_spider.parsing.paragraph_builder import EndOfStory
from solidot_spider.parsing.paragraphs import Paragraph


def parse(body: Element, block: Element, url: str) -> list[Paragraph]:
    """The paragraphs of a story.

    Some essays of 2021 close the body's element early and go on in the same block. So everything up to the block's
    end, the reply link, the notice of sealed comments or the comments is the story.

    Args:
        body: the element that the text begins in.
        block: the story's block, around it.
        url: the story's address, against which links are resolved.
    """
    visitor = ParagraphVisitor(url)
    try:
        visitor.visit_inside(body)
        for node in _behind(body, block):
            visitor.visit_text(node) if isinstance(node, str) else visitor.visit(node)
    except EndOfStory:
        pass
    visitor.end_paragraph()
    return visitor.paragraphs


def _behind(body: Element, block: Element) -> list[Element | str]:
    """The texts and nodes behind the body in its block, up to a box that is not part of the text."""
    found: list[Element | str] = []
    element: Element | None = body
    while element is not None and element is not block:
        found.append(element.tail or "")
        for sibling in element.itersiblings():
            if not CLASSES_BEHIND_BODY.isdisjoint((sibling.get("class") or "").split()):
                return found
            found += sibling, sibling.tail or ""
        element = element.getparent()
    return found
