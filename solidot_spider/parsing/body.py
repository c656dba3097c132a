"""A story's paragraphs as plain text and as clean HTML.

Both are written from the same paragraphs, so the HTML cut into paragraphs is the text again. The HTML is built from
escaped text and a fixed set of elements and attributes: nothing of the page's own markup passes through.
"""

from __future__ import annotations

import re
from html import escape

from solidot_spider.items import Image
from solidot_spider.parsing.paragraphs import Anchor, Cell, Container, Paragraph, Run

# `X 写道` at the very start: a name may hold spaces, the space behind it may be missing; a mark, a quotation mark or
# white space follows. `某人在博客上写道` tells where somebody wrote, and names no reader.
_SUBMITTER = re.compile(r"(?P<name>[^，。；：！？、:“”「」『』\"\n]{1,40}?)\s?写道(?=[：:\"“”「『‘'\s]|$)")
_WHERE = re.compile(r".在.")
_LINE_HOLDERS = ("li", "pre")


def text(paragraphs: list[Paragraph]) -> str:
    """The plain text: paragraphs joined by one blank line, list items with their marker."""
    numbers = _Numbers()
    lines = []
    for paragraph in paragraphs:
        marker = numbers.marker(paragraph) if paragraph.path else ""
        line = paragraph.text
        if line:
            lines.append(marker + line)
    return "\n\n".join(lines)


class _Numbers:
    """Counts the items of each list; an item's first line with text carries its marker."""

    def __init__(self) -> None:
        self.items: dict[int, int] = {}
        self.lists: dict[int, int] = {}

    def marker(self, paragraph: Paragraph) -> str:
        marker = ""
        parent = None
        for container in paragraph.path:
            if container.tag == "li" and parent is not None:
                marker = self._item(container, parent, bool(paragraph.text))
            parent = container
        return marker

    def _item(self, item: Container, parent: Container, has_text: bool) -> str:
        key = id(item)
        if key not in self.items:
            self.lists[id(parent)] = self.items[key] = self.lists.get(id(parent), 0) + 1
        number = self.items[key]
        if not has_text or number == 0:
            return ""
        return self._spent(key, f"{number}. " if parent.tag == "ol" else "- ")

    def _spent(self, key: int, marker: str) -> str:
        self.items[key] = 0
        return marker


def submitter(first_line: str) -> str | None:
    """The reader in ``X 写道`` at the very start of a body; None where it does not begin so."""
    found = _SUBMITTER.match(first_line)
    return found["name"] if found and not _WHERE.search(found["name"]) else None


def images(paragraphs: list[Paragraph]) -> list[Image]:
    """The images in the body, in page order."""
    return [Image(picture.url, picture.alt or None) for each in paragraphs for picture in each.pictures]


def html(paragraphs: list[Paragraph]) -> str:
    """The body as an HTML fragment that is safe to show.

    Only ``p br a i b em strong u sup sub ul ol li h1-h6 blockquote pre code table thead tbody tr th td img`` with
    ``href src alt title colspan rowspan`` in that order; absolute http(s) addresses; only ``&amp; &lt; &gt; &quot;``.
    """
    out: list[str] = []
    path: tuple[Container, ...] = ()
    for paragraph in paragraphs:
        joined = bool(path) and paragraph.path == path
        if not joined:
            _move(out, path, paragraph.path)
        path = paragraph.path
        _write(out, paragraph, joined=joined)
    _move(out, path, ())
    return "".join(out)


def _move(out: list[str], old: tuple[Container, ...], new: tuple[Container, ...]) -> None:
    """Close and open containers, from one paragraph's place to the next one's."""
    if old is new or not (old or new):
        return
    shared = 0
    while shared < min(len(old), len(new)) and old[shared] is new[shared]:
        shared += 1
    out.extend(f"</{container.tag}>" for container in reversed(old[shared:]))
    out.extend(f"<{container.tag}>" for container in new[shared:])


def _write(out: list[str], paragraph: Paragraph, *, joined: bool) -> None:
    if paragraph.cells is not None:
        out.extend(_cell(cell) for cell in paragraph.cells)
    elif paragraph.heading:
        out.append(f"<{paragraph.heading}>{_inline(paragraph.runs)}</{paragraph.heading}>")
    elif paragraph.path and paragraph.path[-1].tag in _LINE_HOLDERS:
        out.append(("<br>" if joined else "") + _inline(paragraph.runs))
    else:
        out.append(f"<p>{_inline(paragraph.runs)}</p>")


def _cell(cell: Cell) -> str:
    spans = "".join(f' {name}="{value}"' for name, value in cell.spans)
    return f"<{cell.tag}{spans}>{_inline(cell.runs)}</{cell.tag}>"


def _inline(runs: list[Run]) -> str:
    """Runs as HTML, inline elements opened once round neighbours that share them."""
    if len(runs) == 1 and not runs[0].tags and not runs[0].picture:
        return escape(runs[0].text, quote=False)
    out: list[str] = []
    tags: tuple[str | Anchor, ...] = ()
    for run in runs:
        new = tuple(tag for tag in run.tags if not isinstance(tag, Anchor) or tag.url)
        shared = 0
        while shared < min(len(tags), len(new)) and tags[shared] is new[shared]:
            shared += 1
        out.extend(_closed(tag) for tag in reversed(tags[shared:]))
        out.extend(_opened(tag) for tag in new[shared:])
        out.append(_picture(run) if run.picture else escape(run.text, quote=False))
        tags = new
    out.extend(_closed(tag) for tag in reversed(tags))
    return "".join(out)


def _opened(tag: str | Anchor) -> str:
    if isinstance(tag, Anchor):
        return f"<a{_attribute('href', tag.url)}{_attribute('title', tag.title)}>"
    return f"<{tag}>"


def _closed(tag: str | Anchor) -> str:
    return "</a>" if isinstance(tag, Anchor) else f"</{tag}>"


def _picture(run: Run) -> str:
    if run.picture is None:
        return ""
    shown = run.picture
    return f"<img{_attribute('src', shown.url)}{_attribute('alt', shown.alt)}{_attribute('title', shown.title)}>"


def _attribute(name: str, value: str) -> str:
    if not value:
        return ""
    quoted = escape(value, quote=False).replace('"', "&quot;")
    return f' {name}="{quoted}"'
