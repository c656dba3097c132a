"""A page's bytes and what can be told of it as a whole: the tree, the story's block, the JSON-LD, the view count.

The part from the only ``div.block_m`` to the footer is about a fifth of a page and gives the same record as the whole
page, so it is parsed alone wherever it is certain which part that is; that is most of what makes a record cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json.decoder import scanstring

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.comments import is_comment
from solidot_spider.paragraphs import fold

BLOCK = "block_m"

_PARSER = etree.HTMLParser(encoding="utf-8", collect_ids=False, compact=False)

_OPENING = re.compile(rb"""<div\s(?:[^<>]*\s)?class\s*=\s*["']?(?:[^"'<>=]*\s)?\Z""", re.IGNORECASE)
_SPACE = rb"(?:\s|\xc2\xa0|&nbsp;|&#160;|&#xa0;|<[^>]*>)*"
_VIEWED = "本文已被查看".encode()
_VIEWS = re.compile(_VIEWED + _SPACE + rb"(\d[\d,]*)" + _SPACE + "次".encode(), re.IGNORECASE)
_COMMENTS_START = re.compile(r"\s*comments\s+start\s*", re.IGNORECASE)
_COMMENTS_END = re.compile(r"\s*comments\s+end\s*", re.IGNORECASE)
_FOOTER = re.compile(rb"""<div\s(?:[^<>]*\s)?id\s*=\s*["']?\Z""", re.IGNORECASE)
_JSON_TITLE = re.compile(r'"title"\s*:\s*"')
_JSON_PUBDATE = re.compile(r'"pubDate"\s*:\s*"')


def has_class(element: Element, name: str) -> bool:
    """Whether an element carries a class, among whatever others."""
    classes = element.get("class")
    return classes is not None and name in classes and name in classes.split()


def content(element: Element) -> str:
    """The text inside an element."""
    return "".join(element.itertext()) if len(element) else element.text or ""


class Document:
    """A page. ``is_utf8`` tells whether the story's part is valid UTF-8; what is not is replaced by U+FFFD."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.is_utf8 = True
        self.blocks: list[Element] = []
        self.block_at, certain = self._block_at()
        if certain:
            self.root = self._tree(self.block_at, self._footer_at())
            block = next(self.root.iter("div"), None)
            if block is not None and has_class(block, BLOCK):
                self.blocks = [block]
        if not self.blocks:
            self.root = self._tree(0, len(data))
            self.blocks = list(_blocks(self.root))
        json_ld = self._json_ld()
        self.json_title = fold(_json_string(_JSON_TITLE, json_ld))
        """The JSON-LD's ``title``; '' where it has none."""
        self.json_pubdate = _json_string(_JSON_PUBDATE, json_ld)
        """The JSON-LD's ``pubDate``, as written; '' where it has none."""
        self.views = self._views()
        """``本文已被查看 N 次``, outside of the story and its comments; None where the page does not say."""

    def _tree(self, start: int, end: int) -> Element:
        data = self.data[start:end]
        try:
            data.decode()
        except UnicodeDecodeError:
            self.is_utf8 = False
            data = data.decode(errors="replace").encode()
        return tree(data)

    def _block_at(self) -> tuple[int, bool]:
        """Where the first block begins (the page's length: nowhere), and whether it is surely the only one."""
        first, number, at = len(self.data), 0, 0
        while (at := self.data.find(b"block_m", at)) >= 0:
            opening = self.data.rfind(b"<", 0, at)
            if opening >= 0 and _OPENING.match(self.data[opening:at]):
                first, number = min(first, opening), number + 1
            at += len(b"block_m")
        return first, number == 1 and self._is_markup(first)

    def _footer_at(self) -> int:
        """Where the page's footer begins, behind the block; the page's length where it has none."""
        at = self.block_at
        while (at := self.data.find(b"footer", at)) >= 0:
            opening = self.data.rfind(b"<", self.block_at, at)
            if _FOOTER.match(self.data[opening:at]):
                return opening
            at += len(b"footer")
        return len(self.data)

    def _is_markup(self, at: int) -> bool:
        """Whether a place stands outside of an HTML comment: behind it, the next one opens before one closes."""
        closes = self.data.find(b"-->", at)
        return closes < 0 or 0 <= self.data.find(b"<!--", at) < closes

    @property
    def comments(self) -> Iterator[Element]:
        """The boxes of the readers' comments."""
        if self.data.find(b"list_com", self.block_at) >= 0:
            yield from (each for each in self.root.iter("div") if is_comment(each))

    def _views(self) -> int | None:
        data = self.data
        at = data.find(_VIEWED)
        while 0 <= at < self.block_at:
            found = _VIEWS.match(data, at)
            if found:
                return int(found[1].replace(b",", b""))
            at = data.find(_VIEWED, at + 1)
        return self._views_behind() if at >= 0 else None

    def _views_behind(self) -> int | None:
        if not self.blocks:
            return None
        for element in following(self.blocks[0]):
            if isinstance(element.tag, str) and not any(is_comment(each) for each in element.iter("div")):
                found = _VIEWS.search(etree.tostring(element, encoding="utf-8"))
                if found:
                    return int(found[1].replace(b",", b""))
        return None

    def _json_ld(self) -> str:
        """The text of the JSON-LD that describes the story; read by its keys, since it need not be valid JSON."""
        data, text, at = self.data, "", 0
        while '"pubDate"' not in text and (at := data.find(b"ld+json", at)) >= 0:
            start = data.find(b">", at) + 1
            at = data.find(b"</", start) if start else -1
            if at < 0:
                break
            script = data[start:at].decode(errors="replace")
            text = script if not text or '"pubDate"' in script else text
        return text

    def mentions(self, text: str) -> bool:
        """Whether a text stands anywhere in the page's source."""
        return text.encode() in self.data


def tree(data: bytes) -> Element:
    """The tree of UTF-8 bytes; an empty one where there is nothing to parse."""
    try:
        return etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError:
        return etree.fromstring(b"<html></html>", _PARSER)


def in_comments(root: Element) -> Iterator[tuple[Element, bool]]:
    """Every element in document order, and whether it belongs to the readers' comments."""
    inside = False
    for element in root.iter():
        if isinstance(element.tag, str):
            yield (
                element,
                inside or any(is_comment(each) for each in (element, *element.iterancestors("div"))),
            )
        elif element.tag is etree.Comment:
            inside = starts_comments(element) or (inside and not _COMMENTS_END.fullmatch(element.text or ""))


def starts_comments(element: Element) -> bool:
    """Whether a node is the mark ``<!-- comments start -->``."""
    return element.tag is etree.Comment and _COMMENTS_START.fullmatch(element.text or "") is not None


def following(element: Element) -> Iterator[Element]:
    """The nodes behind an element that are not inside it: its later siblings, then its ancestors'."""
    above: Element | None = element
    while above is not None:
        yield from above.itersiblings()
        above = above.getparent()


def _blocks(root: Element) -> Iterator[Element]:
    for element, commented in in_comments(root):
        if not commented and element.tag == "div" and has_class(element, BLOCK):
            yield element


def _json_string(key: re.Pattern[str], text: str) -> str:
    found = key.search(text)
    if found is None:
        return ""
    try:
        value = scanstring(text, found.end(), False)[0]  # not strict: a title may hold a raw tab
    except ValueError:
        return ""
    return (
        value if value.isprintable() else value.encode(errors="replace").decode()
    )  # half of a surrogate pair
