"""Keeps the tags of HTML that tools leave in Markdown where it has no signs for them."""

from __future__ import annotations

import html
import re

from solidot_spider.parsing.html_tags import BLOCKS, INLINE

TAG = (
    r"</?[a-zA-Z][a-zA-Z0-9]*+(?:\s++[a-zA-Z:_-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=]++))?+)*+\s*+/?>"
    r"|<!--[^<>]*-->"
)
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(r"([a-zA-Z]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_KEPT_ATTRIBUTES = {"a": ("href", "title"), "img": ("src", "alt", "title")}
_DROPPED = frozenset("span font s del ins strike small big kbd tt q abbr cite mark wbr label".split())


def clean(tag: str) -> str:
    """What becomes of a tag: itself without foreign attributes, a line break, nothing, or text."""
    found = _NAME.match(tag)
    if found is None:
        return ""
    name = found[1].lower()
    if name in _KEPT_ATTRIBUTES:
        given = {each[1].lower(): each[2] or each[3] or "" for each in _ATTRIBUTE.finditer(tag)}
        kept = "".join(f' {key}="{given[key]}"'.replace("<", "&lt;") for key in _KEPT_ATTRIBUTES[name] if key in given)
        return f"</{name}>" if tag.startswith("</") else f"<{name}{kept}>"
    if name in INLINE:
        return f"</{name}>" if tag.startswith("</") else f"<{name}>"
    if name == "br" or name in BLOCKS:
        return "<br>\n"
    return "" if name in _DROPPED else html.escape(tag, quote=False)
