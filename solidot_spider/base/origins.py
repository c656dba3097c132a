"""Names where the pages of records come from: our own crawl, or a file that was imported."""

from __future__ import annotations

from typing import Final, Literal

Origin = Literal["crawl", "warc", "html", "markdown"]

CRAWL: Final = "crawl"
WARC: Final = "warc"
HTML: Final = "html"
MARKDOWN: Final = "markdown"
ORIGINS: tuple[Origin, ...] = (CRAWL, WARC, HTML, MARKDOWN)

PAGES: Final = frozenset({CRAWL, WARC, HTML})
"""Origins of whole pages; Markdown is a capture of one's text."""


def origin(name: str) -> Origin:
    """The origin of this name.

    Raises:
        ValueError: there is none.
    """
    for each in ORIGINS:
        if each == name:
            return each
    raise ValueError(f"{name!r} is no origin; there is {', '.join(ORIGINS)}")
