"""One walk through a story's HTML, which makes its paragraphs.

A block element or a ``<br>`` ends a paragraph; empty ones go (README, *Paragraphs*).
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.parsing import links
from solidot_spider.parsing.paragraphs import (
    Anchor,
    Cell,
    Container,
    Paragraph,
    Picture,
    Run,
    folded,
    joined,
    preformatted,
)
from solidot_spider.parsing.text import content, fold

INLINE = frozenset({"b", "i", "em", "strong", "u", "sup", "sub", "code"})
CONTAINERS = frozenset({"blockquote", "ul", "ol", "li", "pre", "table", "thead", "tbody", "tfoot"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = (
    CONTAINERS
    | HEADINGS
    | frozenset(
        "p div address article aside body caption center dd details dialog dir dl dt fieldset figcaption figure footer"
        " form header hgroup hr html legend listing main menu nav noframes option plaintext search section summary"
        " xmp".split()
    )
)
DROPPED = frozenset(
    "script style template noscript iframe object embed svg math head title textarea select audio video canvas"
    " datalist".split()
)
FURNITURE = frozenset("pn e_reply talk_more statement reply_list reply_ul list_com".split())
"""Classes of what stands behind the text in a block, and is none of it."""

SEALED = "评论已经自动封存"
DONATION = re.compile(r"/0/446/liiLIZF8Uh6yM\.")
MAX_SPAN = 1000

_COMMENTS_START = re.compile(r"\s*comments\s+start\s*", re.IGNORECASE)


class EndOfText(Exception):  # noqa: N818 - the end of a story is no error
    """The walk met the reply link, the sealed notice or the comments: the story's text is over."""


def of_story(main: Element, block: Element, url: str) -> list[Paragraph]:
    """The paragraphs from ``main`` (``div.p_mainnew``) on, to the end of the story's text.

    Some essays of 2021 close ``p_mainnew`` early and go on in the same block: all up to the block's end, the reply
    link, the sealed notice or the comments is the story.

    Args:
        main: the element that the text begins in.
        block: the story's block, around it.
        url: the story's address, against which links are resolved.
    """
    walk = _Walk(url)
    try:
        walk.inside(main)
        for node in _behind(main, block):
            walk.inline(node) if isinstance(node, str) else walk.node(node)
    except EndOfText:
        pass
    walk.end_paragraph()
    return walk.paragraphs


def of_fragment(root: Element, url: str) -> list[Paragraph]:
    """The paragraphs of everything inside ``root``."""
    walk = _Walk(url)
    walk.inside(root)
    walk.end_paragraph()
    return walk.paragraphs


def starts_comments(node: Element) -> bool:
    """Whether a node is the mark ``<!-- comments start -->``."""
    is_comment = node.tag is etree.Comment  # type: ignore[comparison-overlap] # the stubs know tags of elements only
    return is_comment and _COMMENTS_START.fullmatch(node.text or "") is not None


def _behind(main: Element, block: Element) -> list[Element | str]:
    """The texts and nodes behind ``main`` in its block, up to what is no text of a story."""
    found: list[Element | str] = []
    element: Element | None = main
    while element is not None and element is not block:
        found.append(element.tail or "")
        for sibling in element.itersiblings():
            if not FURNITURE.isdisjoint((sibling.get("class") or "").split()):
                return found
            found += sibling, sibling.tail or ""
        element = element.getparent()
    return found


class _Walk:
    """The state of a walk. The tree is at most 256 deep (libxml2's own limit), so recursion is safe."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.paragraphs: list[Paragraph] = []
        self.path: tuple[Container, ...] = ()
        self.tags: tuple[str | Anchor, ...] = ()
        self.heading = ""
        self.runs: list[Run] = []
        self.cells: list[Cell] | None = None
        self.table_body: tuple[Container, Container] | None = None

    def inside(self, element: Element) -> None:
        """What is inside an element."""
        if element.text:
            self.inline(element.text)
        if len(element):  # an iterator over nothing is dear
            for child in element:
                self.node(child)
                if child.tail:
                    self.inline(child.tail)

    def node(self, element: Element) -> None:
        """An element or comment, without its tail."""
        tag = element.tag
        handler = _HANDLERS.get(tag)
        if handler:
            handler(self, element)
        elif isinstance(tag, str):
            if tag not in DROPPED:
                self.inside(element)
        elif starts_comments(element):
            raise EndOfText

    def inline(self, text: str) -> None:
        if text.isspace() and not (self.runs or self.path):
            return
        if SEALED in text and fold(text).startswith(SEALED):
            raise EndOfText
        self.runs.append(Run(text, self.tags))

    def end_paragraph(self) -> None:
        if not self.runs:
            return
        runs, self.runs = self.runs, []
        path = self.path
        if path:
            tags = [container.tag for container in path]
            if "table" in tags:  # in a table, but in none of its cells
                path = path[: tags.index("table")]
                tags = tags[: len(path)]
            runs = preformatted(runs) if "pre" in tags else folded(runs)
        else:
            runs = folded(runs)
        if runs:
            text = fold(joined(runs)) if path else joined(runs)
            self.paragraphs.append(Paragraph(text, runs, path, self.heading))

    def block(self, element: Element) -> None:
        if self.cells is not None:
            self.part(element)
            return
        self.end_paragraph()
        self.inside(element)
        self.end_paragraph()

    def part(self, element: Element) -> None:
        """A block in a cell, where it only parts words: a table's row is one paragraph."""
        self.runs.append(Run(" "))
        self.inside(element)
        self.runs.append(Run(" "))

    def title(self, element: Element) -> None:
        if self.cells is not None:
            self.part(element)
            return
        self.end_paragraph()
        heading, self.heading = self.heading, element.tag
        try:
            self.inside(element)
        finally:
            self.end_paragraph()
            self.heading = heading

    def container(self, element: Element) -> None:
        if self.cells is not None:
            self.part(element)
            return
        self.end_paragraph()
        path = self.path
        self.path = (*path, *_containers(element.tag, path))
        try:
            self.inside(element)
        finally:
            self.end_paragraph()
            self.path = path

    def line_break(self, _: Element) -> None:
        if self.cells is not None:
            self.runs.append(Run(" "))
        else:
            self.end_paragraph()

    def styled(self, element: Element) -> None:
        self.within(element, (*self.tags, element.tag))

    def anchor(self, element: Element) -> None:
        href = element.get("href")
        if href is None:
            self.inside(element)
            return
        if "op=reply" in href and site.commented_sid(href) == site.asked_sid(self.url):
            raise EndOfText
        text = fold(content(element))
        title = fold(element.get("title") or "")
        anchor = Anchor(links.usable(href, self.url), href, text, title)
        # HTML knows no anchor in an anchor: the inner one ends the outer.
        self.within(element, (*(tag for tag in self.tags if isinstance(tag, str)), anchor))

    def within(self, element: Element, tags: tuple[str | Anchor, ...]) -> None:
        before, self.tags = self.tags, tags
        self.inside(element)
        self.tags = before

    def picture(self, element: Element) -> None:
        url = links.picture_url(element.get("src") or "", self.url)
        if url and not DONATION.search(url):
            picture = Picture(url, fold(element.get("alt") or ""), fold(element.get("title") or ""))
            self.runs.append(Run("", self.tags, picture))

    def row(self, element: Element) -> None:
        if self.cells is not None:
            self.part(element)
            return
        self.end_paragraph()
        cells: list[Cell] = []
        self.cells = cells
        try:
            for child in element:
                if child.tag in ("td", "th"):
                    self.cell(child, cells)
        finally:
            self.cells, self.runs = None, []
            self.end_row(cells)

    def end_row(self, cells: list[Cell]) -> None:
        if any(cell.runs for cell in cells):
            text = fold(" | ".join(joined(cell.runs) for cell in cells))
            self.paragraphs.append(Paragraph(text, [], (*self.row_path(), Container("tr")), "", cells))

    def row_path(self) -> tuple[Container, ...]:
        """Where a row stands: a row outside of any table gets one, a row straight in a table gets a body as in HTML."""
        tags = [container.tag for container in self.path]
        if "table" not in tags:
            return (*self.path, Container("table"), Container("tbody"))
        at = tags.index("table")
        if len(tags) == at + 2 and tags[-1] in ("thead", "tbody"):
            return self.path
        table = self.path[at]
        if self.table_body is None or self.table_body[0] is not table:
            self.table_body = (table, Container("tbody"))
        return (*self.path[: at + 1], self.table_body[1])

    def cell(self, element: Element, cells: list[Cell]) -> None:
        spans = tuple((name, value) for name in ("colspan", "rowspan") if (value := _span(element.get(name))))
        cell = Cell(element.tag, spans)
        cells.append(cell)
        try:
            self.inside(element)
        finally:
            cell.runs, self.runs = folded(self.runs), []


_HANDLERS = {
    **dict.fromkeys(BLOCKS | {"td", "th"}, _Walk.block),
    **dict.fromkeys(CONTAINERS, _Walk.container),
    **dict.fromkeys(HEADINGS, _Walk.title),
    **dict.fromkeys(INLINE, _Walk.styled),
    "a": _Walk.anchor,
    "br": _Walk.line_break,
    "img": _Walk.picture,
    "tr": _Walk.row,
}


def _containers(tag: str, path: tuple[Container, ...]) -> tuple[Container, ...]:
    """What an element opens; an item outside any list gets one of its own."""
    if tag == "li" and (not path or path[-1].tag not in ("ul", "ol")):
        return (Container("ul"), Container("li"))
    if tag in ("thead", "tbody", "tfoot"):
        in_table = any(container.tag == "table" for container in path)
        return (Container("thead" if tag == "thead" else "tbody"),) if in_table else ()
    return (Container(tag),)


def _span(value: str | None) -> str:
    return value if value and value.isascii() and value.isdigit() and 1 < int(value[:6]) < MAX_SPAN else ""
