"""Defines a story's paragraphs: the result of parsing a page, and the input for its sources, text and HTML.

A paragraph is one line of a story: spans of text inside their inline elements, and the containers (lists, quotations,
tables) around it, so that both text and HTML can be written from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from solidot_spider.parsing.text import LONG, collapse_space, strip_zero_width


class Anchor(Struct, frozen=True, eq=False, gc=False):
    """An ``<a href>``: its address made absolute ('' if it is not one of the web), as written, its text and title."""

    url: str
    raw: str
    text: str
    title: str


class InlineImage(Struct, frozen=True, gc=False):
    """An ``<img>`` with an absolute https address."""

    url: str
    alt: str
    title: str


class Span(Struct, frozen=True, gc=False):
    """A piece of text, or one image, inside the same inline elements (outermost first)."""

    text: str
    tags: tuple[str | Anchor, ...] = ()
    image: InlineImage | None = None


class Container(Struct, eq=False, gc=False):
    """An element that holds paragraphs; two lists in a row are two containers, so they compare by identity."""

    tag: str


class Cell(Struct, gc=False):
    """A cell of a table's row; ``attributes`` are its ``colspan`` and ``rowspan``, if any."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    spans: list[Span] = []


class Paragraph(Struct, gc=False):
    """One line of a story; ``text`` is its plain text, without a list item's marker.

    A table's row is one paragraph, with ``cells`` in place of ``spans``, which a bar separates in its text.
    ``source`` has the spans as the page has them, with the plain line ends inside; None if there is none inside.
    """

    text: str
    spans: list[Span]
    path: tuple[Container, ...] = ()
    heading: str = ""
    cells: list[Cell] | None = None
    source: list[Span] | None = None

    def all_spans(self) -> list[Span]:
        """The spans, also those of cells."""
        return self.spans if self.cells is None else [span for cell in self.cells for span in cell.spans]

    @property
    def images(self) -> list[InlineImage]:
        """The images in it."""
        return [span.image for span in self.all_spans() if span.image]


def plain_text(spans: list[Span]) -> str:
    """The plain text of spans, in one line."""
    if len(spans) == 1:
        text = spans[0].text
        return collapse_space(text) if "\n" in text else text
    return collapse_space("".join(span.text for span in spans))


def has_line_end_inside(spans: list[Span]) -> bool:
    """Whether spans, as the page has them, stand on more than one line of its source."""
    if len(spans) == 1:
        return "\n" in spans[0].text and "\n" in spans[0].text.strip()
    if not any("\n" in span.text for span in spans):
        return False
    return "\n" in "".join(["\ufffc" if span.image else span.text for span in spans]).strip()


def collapse_spans(spans: list[Span]) -> list[Span]:
    """Spans with white space collapsed across them and the ends trimmed; [] if nothing visible is left.

    Neighbours inside the same inline elements become one span.
    """
    if len(spans) == 1 and not spans[0].image:
        text = collapse_space(spans[0].text)
        return [Span(text, spans[0].tags)] if text else []
    out: list[Span] = []
    texts: list[str] = []  # of the last span, which is not in the list yet
    tags: tuple[str | Anchor, ...] = ()
    after_space = True  # or at the beginning
    for span in spans:
        text = strip_zero_width(span.text)
        words = " ".join(text.split()) if len(text) < LONG else collapse_space(text)
        if not words and (after_space or not text) and not span.image:
            continue
        if texts and (span.image or span.tags != tags):
            out.append(Span("".join(texts), tags))
            texts = []
        tags = span.tags
        if span.image:
            out.append(span)
            continue
        texts.append(words if after_space or not text[0].isspace() or not words else " " + words)
        after_space = text[-1].isspace()
        if after_space:
            texts.append(" ")
    if texts:
        out.append(Span("".join(texts), tags))
    return _trim_end(out)


def _trim_end(spans: list[Span]) -> list[Span]:
    while spans and not spans[-1].image:
        text = spans[-1].text.rstrip(" ")
        if text:
            spans[-1] = Span(text, spans[-1].tags)
            break
        spans.pop()
    return spans


def trim_preformatted(spans: list[Span]) -> list[Span]:
    """Spans of a ``<pre>``: their breaks and spaces are kept, but not the blank lines at the ends."""
    texts = [strip_zero_width(span.text).replace("\xa0", " ").replace("\r", "") for span in spans]
    if not any(text.strip() or span.image for text, span in zip(texts, spans, strict=True)):
        return []
    for at, span in enumerate(spans):
        texts[at] = texts[at].lstrip("\n")
        if texts[at] or span.image:
            break
    for at in range(len(spans) - 1, -1, -1):
        texts[at] = texts[at].rstrip()
        if texts[at] or spans[at].image:
            break
    kept = zip(texts, spans, strict=True)
    return [Span(text, span.tags, span.image) for text, span in kept if text or span.image]


def group_by_anchor(spans: list[Span]) -> Iterator[tuple[Anchor | None, str]]:
    """The text of spans, joined as long as the anchor around them is the same (None: no anchor of the web)."""
    if len(spans) == 1 and not spans[0].tags:
        yield None, spans[0].text
        return
    current: Anchor | None = None
    text = ""
    for span in spans:
        anchor = next((tag for tag in span.tags if isinstance(tag, Anchor) and tag.url), None)
        if anchor is not current:
            if text or current:
                yield current, text
            current, text = anchor, ""
        text += span.text
    if text or current:
        yield current, text
