"""Finds what stands in a story's block's place on a page that has no element of the block's class."""

from __future__ import annotations

from lxml.etree import _Element as Element

from solidot_spider.parsing.comment_region import elements_outside
from solidot_spider.parsing.elements import has_class
from solidot_spider.parsing.markup import BODY_CLASS, POSTED
from solidot_spider.parsing.story_header import StoryHeader

_MAX_LEVELS = 6
"""So many elements around the body are tried: each try reads all that is before the body."""


def find_replacement(root: Element) -> Element | None:
    """The smallest element around the only body with a heading and a dateline before it; None if there is none."""
    bodies = [each for each in elements_outside(root) if has_class(each, BODY_CLASS)]
    if len(bodies) != 1:
        return None
    for level, ancestor in enumerate(bodies[0].iterancestors()):
        if level == _MAX_LEVELS:
            break
        header = StoryHeader(ancestor)
        if header.headings and POSTED in header.text:
            return ancestor
    return None
