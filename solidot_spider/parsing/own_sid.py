"""Tells of a page that came without an address which story it says that it is."""

from __future__ import annotations

from solidot_spider.parsing import statements, story_block
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.story_header import StoryHeader


def own_sid(data: bytes) -> int | None:
    """The sid that the story's own links name; None if they name none, or several."""
    if not data or data.isspace():
        return None
    document = Document(data)
    if document.is_oversized:
        return None
    block = document.blocks[0] if document.blocks else story_block.find_replacement(document.root)
    header = StoryHeader(block) if block is not None else None
    found = statements.collect(document, header).own
    return found.pop() if len(found) == 1 else None
