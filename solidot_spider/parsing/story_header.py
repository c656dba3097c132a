"""Reads the part of a story's block before its body (heading, topics, meta line, share link), and the reply link.

The block is traversed once, since creating lxml's element objects is most of what a page costs.
"""

from __future__ import annotations

from urllib.parse import unquote

from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.items import Editor, Topic
from solidot_spider.parsing.elements import text_content
from solidot_spider.parsing.markup import (
    BLOCK_CLASS,
    BODY_CLASS,
    BOX_TAG,
    DEPARTMENT_IN_TEXT,
    DEPARTMENT_PREFIX,
    DEPARTMENT_SUFFIX,
    DEPARTMENT_TAGS,
    HEADING_BOX_CLASS,
    HEADING_TAG,
    NAME_AND_UID,
    POSTED,
    PROFILE_NAME,
    SECTION_SEPARATORS,
    SHARE_MARK,
    TOPIC_PATH,
    TOPIC_TID,
    UID,
)
from solidot_spider.parsing.text import collapse_space

_MAX_EDITOR_LENGTH = 200
"""An editor's name and uid are looked for in so many characters before the dateline."""


class StoryHeader:
    """The part of a story's block before its body, or before a block that is inside it.

    Attributes:
        block: the story's block.
        body: the element that holds the body; None if there is none.
        heading: the element that holds the title, preferably in a heading box; None if there is none.
        links: each link with its address as written.
        bold: the elements that may hold the department.
        text: all text but the heading's, with its white space collapsed; the dateline is in it.
    """

    def __init__(self, block: Element) -> None:
        self.block = block
        self.body: Element | None = None
        self.heading: Element | None = None
        self.links: list[tuple[Element, str]] = []
        self.bold: list[Element] = []
        self._heading_outside_box: Element | None = None
        self._texts: list[str] = []
        self._collect_inside(block, in_heading_box=False)
        if self.heading is None:
            self.heading = self._heading_outside_box
        self.text = collapse_space("".join(self._texts))

    def _collect_inside(self, element: Element, *, in_heading_box: bool) -> bool:
        """Collect everything inside an element; True once its end is found."""
        if element.text:
            self._texts.append(element.text)
        for child in element:
            tag = child.tag
            if tag == HEADING_TAG:
                self._collect_heading(child, in_heading_box=in_heading_box)
            elif isinstance(tag, str) and self._collect(child, tag, in_heading_box=in_heading_box):
                return True
            if child.tail:
                self._texts.append(child.tail)
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
            if tag == BOX_TAG:
                if BLOCK_CLASS in classes:
                    return True
                in_heading_box = in_heading_box or HEADING_BOX_CLASS in classes
        if len(element):
            return self._collect_inside(element, in_heading_box=in_heading_box)
        self._texts.append(element.text or "")
        return False

    def _collect_heading(self, element: Element, *, in_heading_box: bool) -> None:
        if not in_heading_box:
            if self._heading_outside_box is None:
                self._heading_outside_box = element
        elif self.heading is None:
            self.heading = element

    @property
    def title_is_link(self) -> bool:
        """Whether the heading holds links, as it does on list pages."""
        return self.heading is not None and next(self.heading.iter("a"), None) is not None

    def title(self) -> str:
        """The heading's text without a section before it; if it holds links only, the text of the last one."""
        if self.heading is None:
            return ""
        anchors = list(self.heading.iter("a")) if len(self.heading) else []
        if not anchors or collapse_space(self.heading.text or ""):
            return collapse_space(text_content(self.heading))
        behind = collapse_space(anchors[-1].tail or "")
        if behind.startswith(SECTION_SEPARATORS):
            return behind.lstrip(" " + "".join(SECTION_SEPARATORS))
        return collapse_space(text_content(anchors[-1]) + " " + behind)

    def editor(self) -> Editor | None:
        """The name in the profile link and the uid behind it; without a link, the name before the uid."""
        before = self.text.partition(POSTED)[0]
        uids = UID.findall(before)
        uid = int(uids[-1]) if uids else None
        for anchor, href in self.links:
            in_address = PROFILE_NAME.search(href)
            if in_address:
                name = collapse_space(text_content(anchor)) or collapse_space(unquote(in_address[1]))
                return Editor(name, uid) if name else None
        named = NAME_AND_UID.search(before[-_MAX_EDITOR_LENGTH:])
        return Editor(named[1], int(named[2])) if named else None

    def department(self) -> str | None:
        """The department without its prefix and suffix, each removed once: a novel's title may begin so, too."""
        lines = (collapse_space(text_content(element)) for element in self.bold)
        line = next((line for line in lines if line.startswith(DEPARTMENT_PREFIX)), "")
        if not line:
            found = DEPARTMENT_IN_TEXT.search(self.text.partition(POSTED)[2])
            line = found[0] if found else ""
        return line.removeprefix(DEPARTMENT_PREFIX).strip().removesuffix(DEPARTMENT_SUFFIX).strip() or None

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
        anchors = [] if self.heading is None or not len(self.heading) else self.heading.iter("a")
        found = (site.linked_sid(site.resolve(each.get("href") or "", site.CANONICAL)) for each in anchors)
        return {sid for sid in found if sid}

    def shared_sids(self) -> set[int]:
        """The sids in share links: the page's own statement of its story."""
        return {sid for _, href in self.links if SHARE_MARK in href and (sid := site.shared_sid(href))}


def _topic_name(anchor: Element) -> str:
    icon = next(anchor.iter("img"), None)
    name = anchor.get("title") or (icon.get("alt") if icon is not None else "") or text_content(anchor)
    return collapse_space(name or "")
