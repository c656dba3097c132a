"""What stands in a story's block before its body: the heading, the meta line, the share link; and the reply link.

One walk sorts it, since proxies of elements are most of what reading a page costs.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.items import Editor, Topic
from solidot_spider.parsing.document import BLOCK, following, has_class
from solidot_spider.parsing.html_paragraphs import starts_comments
from solidot_spider.parsing.text import content, fold

BODY = "p_mainnew"
HEADING = "bg_htit"
POSTED = "发表于"

_TID = re.compile(r"[?&]tid=(\d{1,9})(?!\d)", re.ASCII)
_UID = re.compile(r"[(（]\s*(\d{1,9})\s*[)）]", re.ASCII)
_NAMED = re.compile(r"(\S+)\s*[(（]\s*(\d{1,9})\s*[)）]\s*$", re.ASCII)
_NAME_IN_URL = re.compile(r"/~([^/?#]+)")
_DEPARTMENT = re.compile(r"发表于.*?(来自\S.*)$")
_SECTION_MARKS = (":", "：")


class Head:
    """The block of a story, sorted: ``main`` is its body's element, ``text`` what the meta line says."""

    def __init__(self, block: Element) -> None:
        self.block = block
        self.main: Element | None = None
        self.heading: Element | None = None
        self.anchors: list[tuple[Element, str]] = []
        self.bold: list[Element] = []
        self._other_heading: Element | None = None
        self._texts: list[str] = []
        self._walk(block, within_heading=False)
        if self.heading is None:
            self.heading = self._other_heading
        self.text = fold("".join(self._texts))

    def _walk(self, element: Element, *, within_heading: bool) -> bool:
        """Sort what is inside an element; True when the body was met."""
        if element.text:
            self._texts.append(element.text)
        for child in element:
            tag = child.tag
            if tag == "h2":
                self._set_heading(child, within_heading=within_heading)
            elif isinstance(tag, str) and self._enter(child, tag, within_heading=within_heading):
                return True
            if child.tail:
                self._texts.append(child.tail)
        return False

    def _enter(self, element: Element, tag: str, *, within_heading: bool) -> bool:
        """Sort an element and what is inside it; True when it is the body or holds it."""
        if tag == "a":
            self.anchors.append((element, element.get("href") or ""))
        elif tag in ("b", "strong"):
            self.bold.append(element)
        elif classes := (element.get("class") or "").split():
            if BODY in classes:
                self.main = element
                return True
            within_heading = within_heading or (tag == "div" and HEADING in classes)
        if len(element):
            return self._walk(element, within_heading=within_heading)
        self._texts.append(element.text or "")
        return False

    def _set_heading(self, element: Element, *, within_heading: bool) -> None:
        if not within_heading:
            self._other_heading = self._other_heading if self._other_heading is not None else element
        elif self.heading is None:
            self.heading = element

    @property
    def title_is_link(self) -> bool:
        """Whether the heading holds links, as it does in lists."""
        return self.heading is not None and next(self.heading.iter("a"), None) is not None

    def title(self) -> str:
        """The heading's text, without the section before it; in a list's form what its last link says."""
        if self.heading is None:
            return ""
        anchors = list(self.heading.iter("a")) if len(self.heading) else []
        if not anchors or fold(self.heading.text or ""):
            return fold(content(self.heading))
        behind = fold(anchors[-1].tail or "")
        if behind.startswith(_SECTION_MARKS):
            return behind.lstrip(" :：")
        return fold(content(anchors[-1]) + " " + behind)

    def editor(self) -> Editor | None:
        """``<a href="/~Wilson">Wilson</a> (42865)发表于``."""
        before = self.text.partition(POSTED)[0]
        uids = _UID.findall(before)
        uid = int(uids[-1]) if uids else None
        for anchor, href in self.anchors:
            in_url = _NAME_IN_URL.search(href)
            if in_url:
                name = fold(content(anchor)) or fold(unquote(in_url[1]))
                return Editor(name, uid) if name else None
        named = _NAMED.search(before)
        return Editor(named[1], int(named[2])) if named else None

    def department(self) -> str | None:
        """The ``来自…`` line without ``来自`` and without a final ``部门``; once each, a novel may begin so too."""
        lines = (fold(content(element)) for element in self.bold)
        line = next((line for line in lines if line.startswith("来自")), "")
        if not line:
            found = _DEPARTMENT.search(self.text)
            line = found[1] if found else ""
        return line.removeprefix("来自").strip().removesuffix("部门").strip() or None

    def topics(self) -> list[Topic]:
        """``a[href*="/search?tid=54"][title="商业"]``, in page order."""
        return [
            Topic(int(found[1]), _topic_name(anchor))
            for anchor, href in self.anchors
            if "/search" in href and (found := _TID.search(href))
        ]

    def shared_sids(self) -> set[int]:
        """The sids that share links of the meta line name: the page's own statement of its story."""
        return {sid for _, href in self.anchors if "share" in href and (sid := site.shared_sid(href))}

    def replied_sids(self) -> set[int]:
        """The sids that reply and comment links name, up to the readers' comments or another block."""
        hrefs = [href for _, href in self.anchors]
        for node in following(self.main if self.main is not None else self.block):
            if starts_comments(node):
                break
            if len(node):
                inside = list(node.iter("a", "div"))
                if any(each.tag == "div" and has_class(each, BLOCK) for each in inside):
                    break
                hrefs += [each.get("href") or "" for each in inside]
        return {sid for href in hrefs if "op=reply" in href and (sid := site.commented_sid(href))}


def _topic_name(anchor: Element) -> str:
    icon = next(anchor.iter("img"), None)
    name = anchor.get("title") or (icon.get("alt") if icon is not None else "") or content(anchor)
    return fold(name or "")
