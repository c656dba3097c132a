"""Builds paragraphs and table rows from spans of text and the containers around them."""

from __future__ import annotations

from solidot_spider.parsing.html_tags import LISTS, TABLE_SECTIONS
from solidot_spider.parsing.paragraphs import (
    Anchor,
    Cell,
    Container,
    Paragraph,
    Span,
    collapse_spans,
    has_line_end_inside,
    plain_text,
    trim_preformatted,
)
from solidot_spider.parsing.text import collapse_space

_MAX_CONTAINERS = 40
"""Lists, quotations and tables nested deeper are no story; each paragraph looks at all that are around it."""
_CELL_SIZE_LIMIT = 1000
"""A ``colspan`` or ``rowspan`` of so much is nonsense."""


class TooDeepError(Exception):
    """The elements of a text are nested too deep."""


class EndOfStory(Exception):  # noqa: N818 - the end of a story is no error
    """The reply link, the notice of sealed comments or the comments were reached."""


class ParagraphBuilder:
    """The state while a text is traversed.

    Attributes:
        paragraphs: what is finished.
        path: the containers that are open.
        tags: the inline elements that are open.
        heading: the tag of the heading that is open, or ''.
        spans: those of the paragraph that is not finished.
        cells: those of the table's row that is open; None outside of a row.
    """

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self.path: tuple[Container, ...] = ()
        self.tags: tuple[str | Anchor, ...] = ()
        self.heading = ""
        self.spans: list[Span] = []
        self.cells: list[Cell] | None = None
        self._implied_body: tuple[Container, Container] | None = None  # a table and the body it got

    def end_paragraph(self) -> None:
        """Finish the paragraph; an empty one is dropped."""
        if not self.spans:
            return
        raw, self.spans = self.spans, []
        path, is_preformatted = self.path, False
        if path:
            tags = [container.tag for container in path]
            if "table" in tags:  # in a table, but in none of its cells
                path = path[: tags.index("table")]
                tags = tags[: len(path)]
            is_preformatted = "pre" in tags
        spans = trim_preformatted(raw) if is_preformatted else collapse_spans(raw)
        if spans:
            text = collapse_space(plain_text(spans)) if path else plain_text(spans)
            source = raw if not is_preformatted and has_line_end_inside(raw) else None
            self.paragraphs.append(Paragraph(text, spans, path, self.heading, None, source))

    def add_row(self, cells: list[Cell]) -> None:
        """Add a table's row as one paragraph; an empty one is dropped."""
        if any(cell.spans for cell in cells):
            text = collapse_space(" | ".join(plain_text(cell.spans) for cell in cells))
            self.paragraphs.append(Paragraph(text, [], (*self._row_path(), Container("tr")), "", cells))

    def _row_path(self) -> tuple[Container, ...]:
        """The containers around a row.

        A row outside of any table gets one; a row directly in a table gets a body, as HTML does it.
        """
        tags = [container.tag for container in self.path]
        if "table" not in tags:
            return (*self.path, Container("table"), Container("tbody"))
        at = tags.index("table")
        if len(tags) == at + 2 and tags[-1] in TABLE_SECTIONS:
            return self.path
        table = self.path[at]
        if self._implied_body is None or self._implied_body[0] is not table:
            self._implied_body = (table, Container("tbody"))
        return (*self.path[: at + 1], self._implied_body[1])


def containers_of(tag: str, path: tuple[Container, ...]) -> tuple[Container, ...]:
    """The containers that an element opens inside ``path``; an item outside of any list gets a list of its own.

    Raises:
        TooDeepError: there are too many around it.
    """
    if len(path) > _MAX_CONTAINERS:
        raise TooDeepError
    if tag == "li" and (not path or path[-1].tag not in LISTS):
        return (Container("ul"), Container("li"))
    if tag in TABLE_SECTIONS:
        in_table = any(container.tag == "table" for container in path)
        return (Container("thead" if tag == "thead" else "tbody"),) if in_table else ()
    return (Container(tag),)


def cell_attributes(colspan: str | None, rowspan: str | None) -> tuple[tuple[str, str], ...]:
    """The attributes of a cell as the record keeps them: only sizes from 2 up to a limit."""
    sizes = (("colspan", _cell_size(colspan)), ("rowspan", _cell_size(rowspan)))
    return tuple((name, size) for name, size in sizes if size)


def _cell_size(value: str | None) -> str:
    return value if value and value.isascii() and value.isdigit() and 1 < int(value[:6]) < _CELL_SIZE_LIMIT else ""
