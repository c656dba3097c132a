"""Reads the part of a story's block before its body (heading, topics, meta line, share link), and the reply link.

The block is traversed once, since creating lxml's element objects is most of what a page costs.
"""

from __future__ import annotations

from typing import NamedTuple

from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.items import Topic
from solidot_spider.parsing.elements import text_content
from solidot_spider.parsing.markup import (
    BLOCK_CLASS,
    BODY_CLASS,
    BOX_TAG,
    DEPARTMENT_TAGS,
    HEADING_BOX_CLASS,
    HEADING_TAG,
    HEADING_TAGS,
    META_CLASS,
    POSTED,
    SECTION_SEPARATORS,
    SHARE_MARK,
    TOPIC_PATH,
    TOPIC_TID,
)
from solidot_spider.parsing.text import collapse_space


class Line(NamedTuple):
    """A piece of a header: its links with their addresses as written, its bold elements, its texts in order."""

    links: list[tuple[Element, str]]
    bold: list[Element]
    texts: list[str]


class StoryHeader:
    """The part of a story's block before its body, or before a block that is inside it.

    Attributes:
        block: the story's block.
        body: the element that holds the body; None if there is none.
        headings: the elements that may hold the title: those in a heading box, else the others; those with the tag of
            the site, else those with another one.
        links: each link with its address as written.
        bold: the elements that may hold the department.
        texts: all texts in order, but the headings'.
        meta_lines: what is in the elements of a meta line's class.
    """

    def __init__(self, block: Element) -> None:
        self.block = block
        self.body: Element | None = None
        self.links: list[tuple[Element, str]] = []
        self.bold: list[Element] = []
        self.texts: list[str] = []
        self.meta_lines: list[Line] = []
        self._headings: dict[bool, list[Element]] = {True: [], False: []}  # by whether they are in a heading box
        self._collect_inside(block, in_heading_box=False)
        found = self._headings[True] or self._headings[False]
        self.headings = [each for each in found if each.tag == HEADING_TAG] or found

    @property
    def text(self) -> str:
        """All texts, with their white space collapsed; the dateline is in it."""
        return collapse_space("".join(self.texts))

    def _collect_inside(self, element: Element, *, in_heading_box: bool) -> bool:
        """Collect everything inside an element; True once its end is found."""
        if element.text:
            self.texts.append(element.text)
        for child in element:
            tag = child.tag
            if tag in HEADING_TAGS:
                self._headings[in_heading_box].append(child)
            elif isinstance(tag, str) and self._collect(child, tag, in_heading_box=in_heading_box):
                return True
            if child.tail:
                self.texts.append(child.tail)
        return False

    def _collect(self, element: Element, tag: str, *, in_heading_box: bool) -> bool:
        """Collect an element and everything inside it; True if it is the body or another block, or holds it."""
        if tag == "a":
            self.links.append((element, element.get("href") or ""))
        elif tag in DEPARTMENT_TAGS:
            self.bold.append(element)
        elif classes := (element.get("class") or "").split():
            if BODY_CLASS in classes:
                self.body = element
                return True
            if META_CLASS in classes:
                return self._collect_meta_line(element, in_heading_box=in_heading_box)
            if tag == BOX_TAG:
                if BLOCK_CLASS in classes:
                    return True
                in_heading_box = in_heading_box or HEADING_BOX_CLASS in classes
        if len(element):
            return self._collect_inside(element, in_heading_box=in_heading_box)
        self.texts.append(element.text or "")
        return False

    def _collect_meta_line(self, element: Element, *, in_heading_box: bool) -> bool:
        links, bold, texts = len(self.links), len(self.bold), len(self.texts)
        is_at_end = self._collect_inside(element, in_heading_box=in_heading_box)
        self.meta_lines.append(Line(self.links[links:], self.bold[bold:], self.texts[texts:]))
        return is_at_end

    @property
    def title_is_link(self) -> bool:
        """Whether the heading holds links, as it does on list pages."""
        return bool(self.headings) and next(self.headings[0].iter("a"), None) is not None

    def title(self) -> str:
        """The title in the first heading; '' if there is none."""
        return self.title_in(self.headings[0]) if self.headings else ""

    @staticmethod
    def title_in(heading: Element) -> str:
        """A heading's text without a section before it; if it holds links only, the text of the last one."""
        anchors = list(heading.iter("a")) if len(heading) else []
        if not anchors or collapse_space(heading.text or ""):
            return collapse_space(text_content(heading))
        behind = collapse_space(anchors[-1].tail or "")
        if behind.startswith(SECTION_SEPARATORS):
            return behind.lstrip(" " + "".join(SECTION_SEPARATORS))
        return collapse_space(text_content(anchors[-1]) + " " + behind)

    def topics(self) -> list[Topic]:
        """The topics in page order."""
        return [
            Topic(int(found[1]), _topic_name(anchor))
            for anchor, href in self.links
            if TOPIC_PATH in href and (found := TOPIC_TID.search(href))
        ]

    @property
    def is_of_story(self) -> bool:
        """Whether the block has a body or a dateline, or its heading is a link, as the blocks of stories have it."""
        return self.body is not None or POSTED in self.text or self.title_is_link

    def linked_sids(self) -> set[int]:
        """The sids of the stories that the heading links to, as it does on list pages."""
        anchors = (anchor for heading in self.headings if len(heading) for anchor in heading.iter("a"))
        found = (site.linked_sid(site.resolve(each.get("href") or "", site.CANONICAL)) for each in anchors)
        return {sid for sid in found if sid}

    def shared_sids(self) -> set[int]:
        """The sids in share links: the page's own statement of its story."""
        return {sid for _, href in self.links if SHARE_MARK in href and (sid := site.shared_sid(href))}


def _topic_name(anchor: Element) -> str:
    name = anchor.get("title")
    if not name:
        icon = next(anchor.iter("img"), None)
        name = (icon.get("alt") if icon is not None else "") or text_content(anchor)
    return collapse_space(name)
