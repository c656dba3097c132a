"""Tells which nodes of a page belong to the readers' comments."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.parsing.markup import BOX_TAG, COMMENT_CLASS, COMMENT_ID, COMMENTS_END, COMMENTS_START


def is_comment(element: Element) -> bool:
    """Whether an element is the box of a reader's comment."""
    name = element.get("id")
    return (
        name is not None
        and element.tag == BOX_TAG
        and COMMENT_ID.fullmatch(name) is not None
        and COMMENT_CLASS in (element.get("class") or "").split()
    )


def starts_comments(node: Element) -> bool:
    """Whether a node is the HTML comment before the readers' comments."""
    is_html_comment = node.tag is etree.Comment  # type: ignore[comparison-overlap] # the stubs know tags of elements only
    return is_html_comment and COMMENTS_START.fullmatch(node.text or "") is not None


def elements_outside(root: Element, tag: str = "*") -> Iterator[Element]:
    """Every element with a tag, in document order, that does not belong to the readers' comments."""
    inside = False
    nodes = etree.iterwalk(root, events=("start", "comment"), tag=(tag, BOX_TAG))
    for _, node in nodes:
        if node.tag is etree.Comment:
            inside = starts_comments(node) or (inside and not COMMENTS_END.fullmatch(node.text or ""))
        elif is_comment(node):
            nodes.skip_subtree()
        elif not inside:
            yield node
