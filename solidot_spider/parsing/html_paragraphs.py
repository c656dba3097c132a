"""Parses HTML into paragraphs, in one traversal.

A block element or a ``<br>`` ends a paragraph; empty ones are dropped (docs/parsing.md, *Paragraphs*).
"""

from __future__ import annotations

from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.parsing import urls
from solidot_spider.parsing.comment_region import starts_comments
from solidot_spider.parsing.elements import anchor_text, image_source
from solidot_spider.parsing.foreign_boxes import is_foreign
from solidot_spider.parsing.html_tags import BLOCKS, CELLS, CONTAINERS, DROPPED, HEADINGS, INLINE
from solidot_spider.parsing.markup import DONATION_IMAGE, INTERNAL_PLACEHOLDER, REPLY_MARK, SEALED_NOTICE
from solidot_spider.parsing.paragraph_builder import (
    EndOfStory,
    ParagraphBuilder,
    cell_attributes,
    containers_of,
)
from solidot_spider.parsing.paragraphs import Anchor, Cell, InlineImage, Paragraph, Span, collapse_spans
from solidot_spider.parsing.text import collapse_space


def parse_fragment(root: Element, url: str) -> list[Paragraph]:
    """The paragraphs of everything inside ``root``."""
    visitor = ParagraphVisitor(url)
    visitor.visit_inside(root)
    visitor.end_paragraph()
    return visitor.paragraphs


class ParagraphVisitor(ParagraphBuilder):
    """Visits each node once; libxml2 limits the tree to a depth of 255, and each level takes three calls.

    Args:
        url: the story's address, against which links are resolved.

    Raises:
        EndOfStory: by each visit that reaches the end of the story's text.
        TooDeepError: by each visit that reaches a container nested too deep.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.has_foreign_boxes = False

    def visit(self, element: Element) -> None:
        """Visit an element or HTML comment, without its tail."""
        tag = element.tag
        visit_tag = _VISITS.get(tag)
        if isinstance(tag, str) and is_foreign(element):
            self.has_foreign_boxes = True
        elif visit_tag:
            visit_tag(self, element)
        elif isinstance(tag, str):
            if tag not in DROPPED:
                self.visit_inside(element)
        elif starts_comments(element):
            raise EndOfStory

    def visit_inside(self, element: Element) -> None:
        """Visit everything inside an element."""
        if element.text:
            self.visit_text(element.text)
        if len(element):  # creating an iterator for nothing is slow
            for child in element:
                self.visit(child)
                if child.tail:
                    self.visit_text(child.tail)

    def visit_text(self, text: str) -> None:
        """Visit the text before, between or behind elements."""
        if text.isspace() and not (self.spans or self.path):
            return
        if SEALED_NOTICE in text and collapse_space(text).startswith(SEALED_NOTICE):
            raise EndOfStory
        self.spans.append(Span(text, self.tags))

    def visit_block(self, element: Element) -> None:
        """Visit an element that ends the paragraph before it and its own last one."""
        if self.cells is not None:
            self.visit_block_in_cell(element)
            return
        self.end_paragraph()
        self.visit_inside(element)
        self.end_paragraph()

    def visit_block_in_cell(self, element: Element) -> None:
        """A table's row is one paragraph, so a block in a cell only separates words."""
        self.spans.append(Span(" "))
        self.visit_inside(element)
        self.spans.append(Span(" "))

    def visit_heading(self, element: Element) -> None:
        """Visit a heading."""
        if self.cells is not None:
            self.visit_block_in_cell(element)
            return
        self.end_paragraph()
        heading, self.heading = self.heading, element.tag
        try:
            self.visit_inside(element)
        finally:
            self.end_paragraph()
            self.heading = heading

    def visit_container(self, element: Element) -> None:
        """Visit a list, an item, a quotation, a table or a part of it."""
        if self.cells is not None:
            self.visit_block_in_cell(element)
            return
        self.end_paragraph()
        path = self.path
        self.path = (*path, *containers_of(element.tag, path))
        try:
            self.visit_inside(element)
        finally:
            self.end_paragraph()
            self.path = path

    def visit_line_break(self, _: Element) -> None:
        """End the paragraph; in a cell, separate words."""
        if self.cells is not None:
            self.spans.append(Span(" "))
        else:
            self.end_paragraph()

    def visit_inline(self, element: Element) -> None:
        """Visit an inline element that is kept; inside one of its own kind it adds nothing."""
        before = self.tags
        if element.tag not in before:
            self.tags = (*before, element.tag)
        self.visit_inside(element)
        self.tags = before

    def visit_anchor(self, element: Element) -> None:
        """Visit an anchor; it ends the story if it is the story's reply link."""
        href = element.get("href")
        if href is None:
            self.visit_inside(element)
            return
        if REPLY_MARK in href and site.commented_sid(href) == site.asked_sid(self.url):
            raise EndOfStory
        text = collapse_space(anchor_text(element))
        title = collapse_space(element.get("title") or "")
        url = "" if INTERNAL_PLACEHOLDER in href else urls.absolute(href, self.url)
        anchor = Anchor(url, href, text, title)
        # HTML knows no anchor in an anchor: the inner one ends the outer.
        before = self.tags
        self.tags = (*(tag for tag in before if isinstance(tag, str)), anchor)
        self.visit_inside(element)
        self.tags = before

    def visit_image(self, element: Element) -> None:
        """Add an image that has an address on the web."""
        url = urls.absolute_image(image_source(element), self.url)
        if url and not DONATION_IMAGE.search(url):
            alt, title = collapse_space(element.get("alt") or ""), collapse_space(element.get("title") or "")
            self.spans.append(Span("", self.tags, InlineImage(url, alt, title)))

    def visit_row(self, element: Element) -> None:
        """Visit a table's row."""
        if self.cells is not None:
            self.visit_block_in_cell(element)
            return
        self.end_paragraph()
        cells: list[Cell] = []
        self.cells = cells
        try:
            for child in element:
                if child.tag in CELLS:
                    self.visit_cell(child, cells)
        finally:
            self.cells, self.spans = None, []
            self.add_row(cells)

    def visit_cell(self, element: Element, cells: list[Cell]) -> None:
        """Visit a cell and add it to its row."""
        cell = Cell(element.tag, cell_attributes(element.get("colspan"), element.get("rowspan")))
        cells.append(cell)
        try:
            self.visit_inside(element)
        finally:
            cell.spans, self.spans = collapse_spans(self.spans), []


_VISITS = {
    **dict.fromkeys(BLOCKS | CELLS, ParagraphVisitor.visit_block),
    **dict.fromkeys(CONTAINERS, ParagraphVisitor.visit_container),
    **dict.fromkeys(HEADINGS, ParagraphVisitor.visit_heading),
    **dict.fromkeys(INLINE, ParagraphVisitor.visit_inline),
    "a": ParagraphVisitor.visit_anchor,
    "br": ParagraphVisitor.visit_line_break,
    "img": ParagraphVisitor.visit_image,
    "tr": ParagraphVisitor.visit_row,
}
