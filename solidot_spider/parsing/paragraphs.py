"""A story's paragraphs: the seam between the page and everything that is made of it.

A paragraph is one line of a story: runs of text inside their inline elements, and the containers (lists, quotations,
tables) around it, so that text and HTML can both be written from it. ``walk`` makes them of a page.
"""

from __future__ import annotations

from msgspec import Struct

from solidot_spider.parsing.text import fold, visible


class Anchor(Struct, frozen=True, eq=False, gc=False):
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


class Container(Struct, eq=False, gc=False):
    """An element that holds paragraphs; two lists in a row are two containers, so identity counts."""

    tag: str


class Cell(Struct, gc=False):
    """A cell of a table's row."""

    tag: str
    spans: tuple[tuple[str, str], ...]
    runs: list[Run] = []


class Paragraph(Struct, gc=False):
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


def joined(runs: list[Run]) -> str:
    """The plain text of runs, in one line."""
    if len(runs) == 1:
        text = runs[0].text
        return fold(text) if "\n" in text else text
    return fold("".join(run.text for run in runs))


def folded(runs: list[Run]) -> list[Run]:
    """Runs with white space folded across them and the ends trimmed; [] when nothing is left to see.

    Neighbours inside the same inline elements become one run.
    """
    if len(runs) == 1 and not runs[0].picture:
        text = fold(runs[0].text)
        return [Run(text, runs[0].tags)] if text else []
    out: list[Run] = []
    spaced = True  # whether what stands before ends in a space, or is the beginning
    for run in runs:
        if run.picture:
            out.append(run)
            continue
        text = visible(run.text)
        words = " ".join(text.split())
        if not words:
            if text and not spaced:
                _append(out, Run(" ", run.tags))
                spaced = True
            continue
        lead = "" if spaced or not text[0].isspace() else " "
        spaced = text[-1].isspace()
        _append(out, Run(lead + words + (" " if spaced else ""), run.tags))
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


def preformatted(runs: list[Run]) -> list[Run]:
    """Runs of a ``<pre>``: their breaks and spaces kept, blank lines at the ends not."""
    texts = [visible(run.text).replace("\xa0", " ").replace("\r", "") for run in runs]
    if not any(text.strip() or run.picture for text, run in zip(texts, runs, strict=True)):
        return []
    for at, run in enumerate(runs):
        texts[at] = texts[at].lstrip("\n")
        if texts[at] or run.picture:
            break
    for at in range(len(runs) - 1, -1, -1):
        texts[at] = texts[at].rstrip()
        if texts[at] or runs[at].picture:
            break
    kept = zip(texts, runs, strict=True)
    return [Run(text, run.tags, run.picture) for text, run in kept if text or run.picture]
