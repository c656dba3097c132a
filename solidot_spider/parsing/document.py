"""A page's bytes and what can be told of it as a whole: the tree, the story's block, the JSON-LD, the view count.

The part from the only ``div.block_m`` to the footer is about a fifth of a page and gives the same record as the whole
page, so it is parsed alone wherever it is certain which part that is; that is most of what makes a record cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.parsing import json_ld
from solidot_spider.parsing.comments import is_comment
from solidot_spider.parsing.html_paragraphs import starts_comments
from solidot_spider.parsing.text import fold

BLOCK = "block_m"

_PARSER = etree.HTMLParser(encoding="utf-8", collect_ids=False, compact=False)
_OPENING = re.compile(rb"""<div\s(?:[^<>]*\s)?class\s*=\s*["']?(?:[^"'<>=]*\s)?\Z""", re.IGNORECASE)
_FOOTER = re.compile(rb"""<div\s(?:[^<>]*\s)?id\s*=\s*["']?\Z""", re.IGNORECASE)
_ENDING = re.compile(rb"</(?:body|html)\b|<!--\s*comments\s+start\b", re.IGNORECASE)
_VIEWED = "本文已被查看".encode()
_SPACE = rb"(?:\s|\xc2\xa0|&nbsp;|&#160;|&#xa0;|<[^>]*>)*"
_VIEWS = re.compile(_VIEWED + _SPACE + rb"(\d[\d,]*)" + _SPACE + "次".encode(), re.IGNORECASE)
_VIEWS_IN_TEXT = re.compile(r"本文已被查看\s*(\d[\d,]*)\s*次", re.ASCII)
_LONG_TAG = re.compile(rb"<[a-zA-Z](?:[^<>\s]*\s){1000}")
_LONGEST_OPENING = 2000
_FEW_BYTES = 64 * 1024
_MANY_TAGS = 100_000
_COMMENTS_END = re.compile(r"\s*comments\s+end\s*", re.IGNORECASE)


def is_bomb(data: bytes) -> bool:
    """Whether a page would take a tree too large: half a kilobyte an element, and the square of a tag's attributes."""
    return len(data) > _FEW_BYTES and (data.count(b"<") > _MANY_TAGS or _LONG_TAG.search(data) is not None)


def has_class(element: Element, name: str) -> bool:
    """Whether an element carries a class, among whatever others."""
    classes = element.get("class")
    return classes is not None and (classes == name or (name in classes and name in classes.split()))


class Document:
    """A page. ``is_utf8`` tells whether the story's part is valid UTF-8; what is not is replaced by U+FFFD.

    ``is_read`` is false where the parser gave up in the middle, as it does on elements nested deeper than 255;
    ``is_bomb`` is true where nothing was parsed, since the tree would not fit.

    Args:
        data: the page's bytes.
        whole: parse the whole page even where its story's part would do.
    """

    def __init__(self, data: bytes, *, whole: bool = False) -> None:
        self.data = data
        self.is_utf8 = True
        self.blocks: list[Element] = []
        self.block_at = 0 if whole else self._block_at()
        """Where the only block begins; 0 where that is not certain."""
        if self.block_at:
            self.root = self._tree(self.block_at, self._footer_at())
            block = next(self.root.iter("div"), None)
            if block is not None and has_class(block, BLOCK):
                self.blocks = [block]
        if not self.blocks:
            self.block_at = 0
            self.root = self._tree(0, len(data))
            self.blocks = [
                each for each in _outside_comments(self.root) if each.tag == "div" and has_class(each, BLOCK)
            ]
        self.json_ld = json_ld.read(data)
        self.views = self._views()
        """``本文已被查看 N 次``, outside of the story and its comments; None where the page does not say."""

    @property
    def is_whole(self) -> bool:
        """Whether the page goes on behind the story's text: one that was cut off would give half a story."""
        return self.data.rfind(b"</body") > self.block_at or _ENDING.search(self.data, self.block_at) is not None

    @property
    def comments(self) -> list[Element]:
        """The boxes of the readers' comments."""
        if self.data.find(b"list_com", self.block_at) < 0:
            return []
        return [each for each in self.root.iter("div") if is_comment(each)]

    def mentions(self, text: str, *, before_block: bool = True) -> bool:
        """Whether a text stands in the page's source: anywhere, or from the story's block on."""
        return self.data.find(text.encode(), 0 if before_block else self.block_at) >= 0

    def _tree(self, start: int, end: int) -> Element:
        data = self.data[start:end]
        self.is_bomb = is_bomb(data)
        try:
            data.decode()
        except UnicodeDecodeError:
            self.is_utf8 = False
            data = data.decode(errors="replace").encode()
        root = tree(data)
        error = _PARSER.error_log.last_error
        self.is_read = error is None or error.level != etree.ErrorLevels.FATAL
        return root

    def _block_at(self) -> int:
        """Where the block begins, if it is surely the only one; else 0."""
        only, at = 0, 0
        while (at := self.data.find(b"block_m", at)) >= 0:
            opening = self._opening_before(at)
            if opening < 0:
                return 0
            if _OPENING.match(self.data[opening:at]):
                if only:
                    return 0
                only = opening
            at += len(b"block_m")
        return 0 if self._is_commented_out(only) else only

    def _footer_at(self) -> int:
        """Where the page's footer begins, behind the block; the page's length where it has none."""
        at = self.block_at
        while (at := self.data.find(b"footer", at)) >= 0:
            opening = self._opening_before(at)
            if opening >= 0 and _FOOTER.match(self.data[opening:at]):
                return opening
            at += len(b"footer")
        return len(self.data)

    def _opening_before(self, at: int) -> int:
        """Where the tag opens that a place may stand in; -1 where it is too far, since a page may hold many places."""
        return self.data.rfind(b"<", max(0, at - _LONGEST_OPENING), at)

    def _is_commented_out(self, at: int) -> bool:
        """Whether a place stands inside an HTML comment: behind it, one closes before the next opens."""
        closes = self.data.find(b"-->", at)
        return closes >= 0 and self.data.find(b"<!--", at, closes) < 0

    def _views(self) -> int | None:
        at = self.data.rfind(_VIEWED, 0, self.block_at)
        if at >= 0 and self.data.find(b"-->", at, self.block_at) < 0:
            found = _VIEWS.match(self.data, at)
            if found:
                return int(found[1].replace(b",", b""))
        page = tree(self.data.decode(errors="replace").encode())
        said = _VIEWS_IN_TEXT.search(fold(_text_around(page)))
        return int(said[1].replace(",", "")) if said else None


def tree(data: bytes) -> Element:
    """The tree of UTF-8 bytes; an empty one where there is nothing to parse, or far too much."""
    try:
        root: Element | None = None if is_bomb(data) else etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError:
        root = None
    return etree.fromstring(b"<html></html>", _PARSER) if root is None else root


def following(element: Element) -> Iterator[Element]:
    """The nodes behind an element that are not inside it: its later siblings, then its ancestors'."""
    above: Element | None = element
    while above is not None:
        yield from above.itersiblings()
        above = above.getparent()


def _outside_comments(root: Element) -> Iterator[Element]:
    """Every element in document order that does not belong to the readers' comments."""
    inside = False
    walk = etree.iterwalk(root, events=("start", "comment"))
    for _, node in walk:
        if node.tag is etree.Comment:
            inside = starts_comments(node) or (inside and not _COMMENTS_END.fullmatch(node.text or ""))
        elif is_comment(node):
            walk.skip_subtree()
        elif not inside:
            yield node


def _text_around(root: Element) -> str:
    """The text of a page without its stories, readers' comments and scripts."""
    out: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end", "comment"))
    for event, node in walk:
        if event != "start":
            out.append(node.tail or "")
        elif node.tag in ("script", "style") or has_class(node, BLOCK) or is_comment(node):
            walk.skip_subtree()
        else:
            out.append(node.text or "")
    return "".join(out)
