"""Sorts the tags of HTML in general by what they mean for the paragraphs of a text."""

from __future__ import annotations

INLINE = frozenset({"b", "i", "em", "strong", "u", "sup", "sub", "code"})
"""Kept inside a paragraph. (Links and images are handled on their own.)"""

LISTS = frozenset({"ul", "ol"})
TABLE_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
CELLS = frozenset({"td", "th"})
CONTAINERS = LISTS | TABLE_SECTIONS | frozenset({"blockquote", "li", "pre", "table"})
"""Kept around paragraphs."""

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
"""End a paragraph before and behind them."""

DROPPED = frozenset(
    "script style template noscript iframe object embed svg math head title textarea select audio video canvas"
    " datalist".split()
)
"""Left out with everything inside them."""
