"""Sorts the tags of HTML in general by what they mean for the paragraphs of a text."""

from __future__ import annotations

import re

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

COMMENT_START = b"<!--"
COMMENT_NAME = b"!--"
COMMENT_END = b"-->"
NO_MARKUP = re.compile(
    # The first two letters alone tell most other tags, and a set of them is ten times as fast as names are.
    rb"<(?=[!/sStTiInNxXpP][-cCeEfFiIlLmMnNoOpPsStTxX][-aAcCeEfFiIlLmMoOpPrRsStTxXyY])"
    rb"(!--|/?+(?:script|style|textarea|title|iframe|noembed|noframes|noscript|xmp|plaintext))"
    rb"(?:\s[^<>\"']*+(?:\"[^\"<>]*+\"[^<>\"']*+|'[^'<>]*+'[^<>\"']*+)*+)?+(>?)",
    re.IGNORECASE,
)
"""Where an HTML comment, or an element whose content is no markup (or perhaps none), begins or ends.

The groups are the name, and what ends the tag if it is well formed.
"""

OF_PAGE_OR_TABLE = re.compile(rb"<(?=[/bBhH][bhtBHToOtT])(?:/?(?:body|html)|/t)", re.IGNORECASE)
"""A tag of the page's own elements, or the end of a table's, which may end an element that it is not inside of."""

TABLE_TAG = re.compile(rb"<t(?:able|body|head|foot|[dhr])\b", re.IGNORECASE)

HIDDEN_NAME = re.compile(
    rb"&(?:lowbar|#(?:0*(?:4[589]|5[0-7]|6[5-9]|[789]\d|1[01]\d|12[0-2])|x0*(?:2d|3\d|[4-7][0-9a-f]))(?![0-9a-f]))",
    re.IGNORECASE,
)
"""A character reference to an ASCII letter, digit, hyphen or low line, as no page needs it."""

PAGE_TAG = re.compile(rb"</?(?:body|html)\b", re.IGNORECASE)
PAGE_END = re.compile(rb"</(?:body|html)\b[^<>]*>?", re.IGNORECASE)
"""The end of a page; also what is left of it, where a page was cut off within it."""
PAGE_END_BYTES = (b"</body", b"</html")
PAGE_END_TO_EOF = re.compile(
    PAGE_END.pattern + rb"(?:\s++|<!--(?:[^-]|-(?!->))*+-->"
    rb"|<script\b[^>]*+>(?:[^<]|<(?!/script))*+</script\s*+>|<[^>]*+>)*+",
    re.IGNORECASE,
)
"""The end of a page and what is often behind it: tags, scripts and HTML comments, but no text."""

HALF_A_CHARACTER = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7(?:[0-2]\d\d|3[0-3]\d|34[0-3])));"
)
REPLACEMENT = "\ufffd".encode()
"""A reference to half of a surrogate pair, of which each libxml2 makes something else, and what stands for it."""
