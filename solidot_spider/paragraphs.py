"""A story's HTML as paragraphs: the seam between the page and everything that is made of it.

A block element or a ``<br>`` ends a paragraph; empty ones go; white space folds to one space (DATASET: Paragraphs).
The containers a paragraph stands in (lists, quotations, tables) and the inline elements around its runs are kept,
so that text and HTML can both be written from it.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element
from msgspec import Struct

from solidot_spider import links

INLINE = frozenset({"b", "i", "em", "strong", "u", "sup", "sub", "code"})
CONTAINERS = frozenset({"blockquote", "ul", "ol", "li", "pre", "table", "thead", "tbody", "tr"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = frozenset(
    {*CONTAINERS, *HEADINGS, "p", "div", "address", "article", "aside", "caption", "center", "dd", "details"}
    | {
        "dir",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "legend",
        "main",
    }
    | {"menu", "nav", "option", "section", "summary", "tfoot", "body", "html", "noframes"}
)
DROPPED = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "head", "title"}
    | {"textarea", "select", "audio", "video", "canvas"}
)
# What stands behind the text on the page but is none of it.
FURNITURE = frozenset({"pn", "e_reply", "talk_more", "statement", "reply_list", "reply_ul", "list_com"})
SEALED = "评论已经自动封存"
DONATION = re.compile(r"/0/446/liiLIZF8Uh6yM\.")

_ZERO_WIDTH = re.compile("[\ufeff\u200b-\u200d\u2060]")
_COMMENTS_START = re.compile(r"\s*comments\s+start\s*", re.IGNORECASE)


class Anchor(Struct, frozen=True, gc=False):
    """An ``<a href>``: its address made usable ('' where it is none for the web), as written, and its text."""

    url: str
    raw: str
    text: str
    title: str


class Picture(Struct, frozen=True, gc=False):
    """An ``<img>`` with an absolute https address."""

    url: str
    alt: str
    title: str


class Run(Struct, frozen=True, gc=False):
    """A stretch of text, or one picture, inside the same inline elements (outermost first)."""

    text: str
    tags: tuple[str | Anchor, ...] = ()
    picture: Picture | None = None


class Container(Struct, eq=False):
    """An element that holds paragraphs; two lists in a row are two containers, so identity counts."""

    tag: str


class Cell(Struct):
    """A cell of a table's row."""

    tag: str
    spans: tuple[tuple[str, str], ...]
    runs: list[Run] = []


class Paragraph(Struct):
    """One line of a story; ``text`` is its plain text, without a list item's marker.

    A table's row is one paragraph, with ``cells`` in place of ``runs``, joined by a bar in its text.
    """

    text: str
    runs: list[Run]
    path: tuple[Container, ...] = ()
    heading: str = ""
    cells: list[Cell] | None = None

    def all_runs(self) -> list[Run]:
        """The runs, those of cells too."""
        return self.runs if self.cells is None else [run for cell in self.cells for run in cell.runs]

    @property
    def pictures(self) -> list[Picture]:
        """The pictures in it."""
        return [run.picture for run in self.all_runs() if run.picture]


class EndOfText(Exception):  # noqa: N818 - the end of a story is no error
    """The walk met the reply link, the sealed notice or the comments: the story's text is over."""


def visible(text: str) -> str:
    """Text without zero-width characters."""
    if "\u200b" in text or "\ufeff" in text or "\u200d" in text or "\u200c" in text or "\u2060" in text:
        return _ZERO_WIDTH.sub("", text)
    return text


def fold(text: str) -> str:
    """Text as records hold it: no zero-width characters, white space folded to one space, ends trimmed."""
    return " ".join(visible(text).split())


def of_story(main: Element, block: Element, url: str) -> list[Paragraph]:
    """The paragraphs from ``main`` (``div.p_mainnew``) on, to the end of the story's text.

    Some essays of 2021 close ``p_mainnew`` early and go on in the same block: all up to the block's end, the reply
    link, the sealed notice or the comments is the story.
    """
    walk = _Walk(url)
    try:
        walk.element(main)
        element = main
        while element is not block:
            walk.inline(element.tail)
            for sibling in element.itersiblings():
                walk.node(sibling)
                walk.inline(sibling.tail)
            parent = element.getparent()
            if parent is None:
                break
            element = parent
    except EndOfText:
        pass
    walk.end_paragraph()
    return walk.paragraphs


def of_fragment(root: Element, url: str) -> list[Paragraph]:
    """The paragraphs of everything inside ``root``."""
    walk = _Walk(url)
    walk.element(root)
    walk.end_paragraph()
    return walk.paragraphs


class _Walk:
    """One walk through the tree. The tree is at most 256 deep (libxml2's own limit), so recursion is safe."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.paragraphs: list[Paragraph] = []
        self.path: tuple[Container, ...] = ()
        self.tags: tuple[str | Anchor, ...] = ()
        self.heading = ""
        self.runs: list[Run] = []
        self.cells: list[Cell] | None = None

    def node(self, element: Element) -> None:
        """An element or comment, without its tail."""
        tag = element.tag
        if not isinstance(tag, str):
            if tag is etree.Comment and _COMMENTS_START.fullmatch(element.text or ""):
                raise EndOfText
            return
        classes = element.get("class")
        if classes and not FURNITURE.isdisjoint(classes.split()):
            raise EndOfText
        handler = _HANDLERS.get(tag)
        if handler:
            handler(self, element)
        elif tag in BLOCKS:
            self.block(element)
        elif tag not in DROPPED:
            self.element(element)

    def element(self, element: Element) -> None:
        """What is inside an element."""
        self.inline(element.text)
        for child in element:
            self.node(child)
            self.inline(child.tail)

    def inline(self, text: str | None) -> None:
        if not text:
            return
        if SEALED in text:
            raise EndOfText
        self.runs.append(Run(text, self.tags))

    def end_paragraph(self) -> None:
        if not self.runs:
            return
        runs, self.runs = self.runs, []
        path = self.path
        if not path:
            runs = folded(runs)
        else:
            tags = [container.tag for container in path]
            runs = preformatted(runs) if "pre" in tags else folded(runs)
            if "table" in tags:  # in a table, but in none of its cells
                path = path[: tags.index("table")]
        if runs:
            self.paragraphs.append(Paragraph(_text(runs), runs, path, self.heading))

    def block(self, element: Element) -> None:
        """A block: in a cell it only parts words, since a table's row is one paragraph."""
        if self.cells is not None:
            self.runs.append(Run(" "))
            self.element(element)
            self.runs.append(Run(" "))
            return
        tag = element.tag
        self.end_paragraph()
        path, heading = self.path, self.heading
        if tag in CONTAINERS or tag == "tfoot":
            self.path = (*path, *_containers(tag, path))
        elif tag in HEADINGS:
            self.heading = tag
        try:
            self.element(element)
        finally:
            self.end_paragraph()
            self.path, self.heading = path, heading

    def line_break(self, _: Element) -> None:
        if self.cells is not None:
            self.runs.append(Run(" "))
        else:
            self.end_paragraph()

    def styled(self, element: Element) -> None:
        self.within(element, element.tag)

    def anchor(self, element: Element) -> None:
        href = element.get("href")
        if href is None:
            self.element(element)
            return
        if links.is_reply(href):
            raise EndOfText
        text = fold("".join(element.itertext()))
        title = fold(element.get("title") or "")
        self.within(element, Anchor(links.usable(href, self.url), href, text, title))

    def within(self, element: Element, tag: str | Anchor) -> None:
        tags = self.tags
        self.tags = (*tags, tag)
        try:
            self.element(element)
        finally:
            self.tags = tags

    def picture(self, element: Element) -> None:
        source = element.get("src") or ""
        url = links.picture_url(source, self.url)
        if url and not DONATION.search(url):
            picture = Picture(url, fold(element.get("alt") or ""), fold(element.get("title") or ""))
            self.runs.append(Run("", self.tags, picture))

    def row(self, element: Element) -> None:
        if self.cells is not None:
            self.block(element)
            return
        self.end_paragraph()
        path = self.path
        if not any(container.tag == "table" for container in path):
            path = (*path, Container("table"))
        self.cells = cells = []
        try:
            for child in element:
                if child.tag in ("td", "th"):
                    self.cell(child, cells)
        finally:
            self.cells, self.runs = None, []
            if any(cell.runs for cell in cells):
                text = fold(" | ".join(_text(cell.runs) for cell in cells))
                self.paragraphs.append(Paragraph(text, [], (*path, Container("tr")), "", cells))

    def cell(self, element: Element, cells: list[Cell]) -> None:
        spans = tuple((name, value) for name in ("colspan", "rowspan") if (value := _span(element.get(name))))
        cell = Cell(element.tag, spans)
        cells.append(cell)
        try:
            self.element(element)
        finally:
            cell.runs, self.runs = folded(self.runs), []


_HANDLERS = {
    "br": _Walk.line_break,
    "a": _Walk.anchor,
    "img": _Walk.picture,
    "tr": _Walk.row,
    "td": _Walk.block,
    "th": _Walk.block,
    **dict.fromkeys(INLINE, _Walk.styled),
}


def preformatted(runs: list[Run]) -> list[Run]:
    """Runs of a ``<pre>``: their breaks and spaces kept, blank lines at the ends not."""
    texts = [visible(run.text).replace("\xa0", " ").replace("\r", "") for run in runs]
    if not any(text.strip() or run.picture for text, run in zip(texts, runs, strict=True)):
        return []
    texts[0], texts[-1] = texts[0].lstrip("\n"), texts[-1].rstrip()
    kept = zip(texts, runs, strict=True)
    return [Run(text, run.tags, run.picture) for text, run in kept if text or run.picture]


def _containers(tag: str, path: tuple[Container, ...]) -> tuple[Container, ...]:
    """What an element opens; an item outside any list gets one of its own."""
    if tag == "li" and (not path or path[-1].tag not in ("ul", "ol")):
        return (Container("ul"), Container("li"))
    return (Container("tbody" if tag == "tfoot" else tag),)


def _span(value: str | None) -> str:
    return value if value and value.isascii() and value.isdigit() and 1 < int(value[:6]) < 1000 else ""


def _text(runs: list[Run]) -> str:
    if len(runs) == 1:
        return fold(runs[0].text) if "\n" in runs[0].text else runs[0].text
    return fold("".join(run.text for run in runs))


def folded(runs: list[Run]) -> list[Run]:
    """Runs with white space folded across them and the ends trimmed; [] when nothing is left to see.

    Neighbours inside the same inline elements become one run.
    """
    if len(runs) == 1 and not runs[0].picture:
        text = fold(runs[0].text)
        return [Run(text, runs[0].tags)] if text else []
    out: list[Run] = []
    space = True  # whether what stands before ends in a space, or is the beginning
    for run in runs:
        if run.picture:
            out.append(run)
            continue
        text = visible(run.text)
        words = " ".join(text.split())
        if not words:
            if text and not space:
                _append(out, Run(" ", run.tags))
                space = True
            continue
        lead = "" if space or not text[0].isspace() else " "
        space = text[-1].isspace()
        _append(out, Run(lead + words + (" " if space else ""), run.tags))
    return _trimmed(out)


def _append(out: list[Run], run: Run) -> None:
    if out and out[-1].tags == run.tags and not out[-1].picture:
        out[-1] = Run(out[-1].text + run.text, run.tags)
    else:
        out.append(run)


def _trimmed(runs: list[Run]) -> list[Run]:
    while runs and not runs[-1].picture:
        text = runs[-1].text.rstrip(" ")
        if text:
            runs[-1] = Run(text, runs[-1].tags)
            break
        runs.pop()
    return runs
