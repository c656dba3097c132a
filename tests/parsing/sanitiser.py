"""The sanitiser that a body's HTML must pass unchanged, and the body's text cut out of its HTML again."""

from __future__ import annotations

import nh3

from solidot_spider.parsing import body, html_paragraphs, html_tree

TAGS = set(
    "p br a i b em strong u sup sub ul ol li blockquote pre code table thead tbody tr th td img h1 h2 h3 h4 h5 h6".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
URL = "https://www.solidot.org/story?sid=81000"


def sanitised(html: str) -> str:
    """What a sanitiser with the dataset's allow-list leaves of HTML."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"}, link_rel=None)


def paragraphs_text(html: str) -> str:
    """HTML parsed into paragraphs, as text."""
    return body.text(html_paragraphs.parse_fragment(html_tree.parse(f"<div>{html}</div>".encode()).root, URL))
