"""Writes a story's paragraphs as plain text and as clean HTML; finds its images.

Text and HTML are written from the same paragraphs, so parsing the HTML into paragraphs gives the text again. The HTML
is built from escaped text and a fixed set of elements and attributes: nothing of the page's own markup passes through.
"""

from __future__ import annotations

from html import escape

from solidot_spider.items import Image, RecordError
from solidot_spider.parsing.paragraphs import Anchor, Cell, Container, InlineImage, Paragraph, Span

_FEW_PIECES = 50
"""The length of so few pieces of HTML need not be watched."""
_CONTAINERS_OF_LINES = ("li", "pre")


def text(paragraphs: list[Paragraph]) -> str:
    """The plain text: paragraphs joined by one blank line, list items with their marker."""
    markers = _ListMarkers()
    lines = []
    for paragraph in paragraphs:
        marker = markers.next(paragraph) if paragraph.path else ""
        line = paragraph.text
        if line:
            lines.append(marker + line)
    return "\n\n".join(lines)


class _ListMarkers:
    """Counts the items of each list; an item's first line with text gets its marker."""

    def __init__(self) -> None:
        self._item_numbers: dict[int, int] = {}  # by the item's identity; 0 once the marker is written
        self._list_lengths: dict[int, int] = {}

    def next(self, paragraph: Paragraph) -> str:
        """The marker of a paragraph; '' if it gets none."""
        marker = ""
        parent = None
        for container in paragraph.path:
            if container.tag == "li" and parent is not None:
                marker = self._item_marker(container, parent, has_text=bool(paragraph.text))
            parent = container
        return marker

    def _item_marker(self, item: Container, parent: Container, *, has_text: bool) -> str:
        key = id(item)
        if key not in self._item_numbers:
            number = self._list_lengths.get(id(parent), 0) + 1
            self._list_lengths[id(parent)] = self._item_numbers[key] = number
        number = self._item_numbers[key]
        if not has_text or number == 0:
            return ""
        self._item_numbers[key] = 0
        return f"{number}. " if parent.tag == "ol" else "- "


def images(paragraphs: list[Paragraph]) -> list[Image]:
    """The images in the body, in page order."""
    return [Image(image.url, image.alt or None) for paragraph in paragraphs for image in paragraph.images]


def html(paragraphs: list[Paragraph], max_length: int = 0) -> str:
    """The body as an HTML fragment that is safe to show.

    Only ``p br a i b em strong u sup sub ul ol li h1-h6 blockquote pre code table thead tbody tr th td img`` with
    ``href src alt title colspan rowspan`` in that order; absolute http(s) addresses; only ``&amp; &lt; &gt; &quot;``.

    Args:
        paragraphs: those of the body.
        max_length: so many characters at most (0: no bound): tags round everything are written again in each paragraph.

    Raises:
        RecordError: it would be longer.
    """
    out: list[str] = []
    length = written = 0
    path: tuple[Container, ...] = ()
    for paragraph in paragraphs:
        is_next_line = bool(path) and paragraph.path == path
        if not is_next_line:
            _change_containers(out, path, paragraph.path)
        path = paragraph.path
        _write(out, paragraph, is_next_line=is_next_line)
        if len(out) > _FEW_PIECES and max_length:
            length += sum(map(len, out[written:]))
            written = len(out)
            if length > max_length:
                raise RecordError(f"body_html: more than {max_length} characters")
    _change_containers(out, path, ())
    return "".join(out)


def _change_containers(out: list[str], old: tuple[Container, ...], new: tuple[Container, ...]) -> None:
    """Close and open containers, from those around one paragraph to those around the next."""
    if old is new or not (old or new):
        return
    shared = 0
    while shared < min(len(old), len(new)) and old[shared] is new[shared]:
        shared += 1
    out.extend(f"</{container.tag}>" for container in reversed(old[shared:]))
    out.extend(f"<{container.tag}>" for container in new[shared:])


def _write(out: list[str], paragraph: Paragraph, *, is_next_line: bool) -> None:
    if paragraph.cells is not None:
        out.extend(_cell(cell) for cell in paragraph.cells)
    elif paragraph.heading:
        out.append(f"<{paragraph.heading}>{_inline(paragraph.spans)}</{paragraph.heading}>")
    elif paragraph.path and paragraph.path[-1].tag in _CONTAINERS_OF_LINES:
        out.append(("<br>" if is_next_line else "") + _inline(paragraph.spans))
    else:
        out.append(f"<p>{_inline(paragraph.spans)}</p>")


def _cell(cell: Cell) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in cell.attributes)
    return f"<{cell.tag}{attributes}>{_inline(cell.spans)}</{cell.tag}>"


def _inline(spans: list[Span]) -> str:
    """Spans as HTML; an inline element is opened once around neighbours that share it."""
    if len(spans) == 1 and not spans[0].tags and not spans[0].image:
        return escape(spans[0].text, quote=False)
    out: list[str] = []
    tags: tuple[str | Anchor, ...] = ()
    for span in spans:
        new = tuple(tag for tag in span.tags if not isinstance(tag, Anchor) or tag.url.startswith("http"))
        shared = 0
        while shared < min(len(tags), len(new)) and tags[shared] is new[shared]:
            shared += 1
        out.extend(_end_tag(tag) for tag in reversed(tags[shared:]))
        out.extend(_start_tag(tag) for tag in new[shared:])
        out.append(_image(span.image) if span.image else escape(span.text, quote=False))
        tags = new
    out.extend(_end_tag(tag) for tag in reversed(tags))
    return "".join(out)


def _start_tag(tag: str | Anchor) -> str:
    if isinstance(tag, Anchor):
        return f"<a{_attribute('href', tag.url)}{_attribute('title', tag.title)}>"
    return f"<{tag}>"


def _end_tag(tag: str | Anchor) -> str:
    return "</a>" if isinstance(tag, Anchor) else f"</{tag}>"


def _image(image: InlineImage) -> str:
    return f"<img{_attribute('src', image.url)}{_attribute('alt', image.alt)}{_attribute('title', image.title)}>"


def _attribute(name: str, value: str) -> str:
    if not value:
        return ""
    quoted = escape(value, quote=False).replace('"', "&quot;")
    return f' {name}="{quoted}"'
