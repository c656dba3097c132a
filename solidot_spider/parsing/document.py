"""Parses a page's bytes into what is known of it as a whole: tree, story blocks, comments, JSON-LD, view count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from secrets import token_hex

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.parsing import comment_region, html_tree, json_ld, story_slice
from solidot_spider.parsing.elements import has_class
from solidot_spider.parsing.html_tags import PAGE_END_BYTES, PAGE_END_TO_EOF
from solidot_spider.parsing.markup import (
    BLOCK_CLASS,
    BOX_TAG,
    FOOTER_ID,
    VIEWS_IN_HTML,
    VIEWS_IN_TEXT,
    VIEWS_LABEL_BYTES,
)
from solidot_spider.parsing.story_slice import StorySlice
from solidot_spider.parsing.text import collapse_space

_END_ID = token_hex(8)
"""Marks the end of a slice; no page can know it."""
_END_OF_SLICE = f"<area id={_END_ID}>".encode()  # empty, and of no effect on the elements around it


class Document:
    """A page.

    Attributes:
        data: the page's bytes.
        root: the root of the tree, of the story's slice or of the whole page.
        blocks: the story blocks outside the readers' comments.
        block_start: the offset of the only block's tag; 0 if the whole page was parsed.
        block_end: the offset where the slice ends, behind the footer's tag; the page's length if all was parsed.
        is_utf8: whether what was parsed is valid UTF-8; what is not is replaced by U+FFFD.
        is_fully_parsed: False if the parser gave up in the middle (``html_tree.Tree``).
        is_oversized: True if nothing was parsed, because the tree would be too large.
        json_ld: title and time in the JSON-LD.
        views: the view count, outside of the story and its comments; None if the page has none.
    """

    def __init__(self, data: bytes, *, whole_page: bool = False) -> None:
        """Parse a page.

        Args:
            data: the page's bytes.
            whole_page: parse the whole page even if its story's slice is enough.
        """
        self.data = data
        self.blocks: list[Element] = []
        self.block_start, self.block_end = 0, len(data)
        story = None if whole_page else story_slice.find(data)
        if story and not story.has_comments:
            self._parse_slice(story)
        if not self.blocks:
            utf8 = html_tree.to_utf8(data)
            self.is_utf8 = utf8 is data
            self.root, self.is_fully_parsed, self.is_oversized = html_tree.parse_page(utf8)
            self.blocks = [
                each for each in comment_region.elements_outside(self.root, BOX_TAG) if has_class(each, BLOCK_CLASS)
            ]
        self.json_ld = json_ld.parse(data)
        self.views = self._views(story.start if story else 0)

    @property
    def is_truncated(self) -> bool:
        """Whether the page ends within its story: one that was cut off would give half a story.

        A whole page ends with the page's end tags, or has at least the mark in front of the readers' comments.
        """
        end = max(map(self.data.rfind, PAGE_END_BYTES))
        if end < 0:
            end = max(map(self.data.lower().rfind, PAGE_END_BYTES))
        if end >= 0 and PAGE_END_TO_EOF.fullmatch(self.data, end):
            return False
        return not any(map(comment_region.starts_comments, self._nodes_before_footer()))

    @cached_property
    def comments(self) -> list[Element]:
        """The boxes of the readers' comments."""
        if self.block_start:
            return []  # a page that has some is parsed whole
        return [each for each in self._nodes_before_footer() if comment_region.is_comment(each)]

    def _nodes_before_footer(self) -> Iterator[Element]:
        """The boxes and HTML comments of the tree, up to the footer behind the story."""
        behind_block = not self.blocks
        for each in self.root.iter(BOX_TAG, etree.Comment):
            if behind_block and each.get("id") == FOOTER_ID:
                return
            behind_block = behind_block or each is self.blocks[0]
            yield each

    def contains(self, mark: bytes, *, from_block: bool = False) -> bool:
        """Whether the page's source contains some bytes: anywhere, or from the story's block on."""
        return self.data.rfind(mark, self.block_start if from_block else 0) >= 0  # faster than find

    def contains_once(self, mark: bytes) -> bool:
        """Whether the page's source contains some bytes exactly once from the story's block on."""
        last = self.data.rfind(mark, self.block_start)
        return last >= 0 and self.data.rfind(mark, self.block_start, last) < 0

    def _parse_slice(self, story: StorySlice) -> None:
        """Parse a slice, and keep its block if the slice proves to end between tags and behind the block."""
        data = self.data[story.start : story.end] + _END_OF_SLICE
        utf8 = html_tree.to_utf8(data)
        self.is_utf8 = utf8 is data
        self.root, self.is_fully_parsed, self.is_oversized = html_tree.parse(utf8)
        block = next(self.root.iter(BOX_TAG), None)
        if block is None or not has_class(block, BLOCK_CLASS) or not _ends_behind(block, self.root):
            return
        self.block_start, self.block_end = story.start, story.end
        self.blocks = [block]

    def _views(self, start: int) -> int | None:
        """The last count before the story (or before ``start``, where it certainly starts), else the first behind."""
        at = self.data.rfind(VIEWS_LABEL_BYTES, 0, start)
        if at >= 0 and story_slice.is_in_text(self.data, at, start):
            found = VIEWS_IN_HTML.match(self.data, at, start)
            if found:
                return int(found[1].replace(b",", b""))
        root = html_tree.parse_page(html_tree.to_utf8(self.data)).root if self.block_start else self.root
        before, behind = map(collapse_space, _frame_texts(root))
        counts = [*VIEWS_IN_TEXT.findall(before)[-1:], *VIEWS_IN_TEXT.findall(behind)[:1]]
        return int(counts[0].replace(",", "")) if counts else None


def _ends_behind(block: Element, root: Element) -> bool:
    """Whether the element at the end of a slice is the last one, in the footer, and not inside the block."""
    last = footer = root[-1]
    while len(last):
        footer, last = last, last[-1]
        if last is block:
            return False
    return last.get("id") == _END_ID and footer.get("id") == FOOTER_ID and footer.tag == BOX_TAG


def _frame_texts(root: Element) -> tuple[str, str]:
    """The text of a page before its first story and behind it, without stories, readers' comments and scripts."""
    before: list[str] = []
    out = before
    nodes = etree.iterwalk(root, events=("start", "end", "comment"))
    for event, node in nodes:
        if event != "start":
            out.append(node.tail or "")
        elif node.tag in ("script", "style") or has_class(node, BLOCK_CLASS) or comment_region.is_comment(node):
            nodes.skip_subtree()
            if out is before and has_class(node, BLOCK_CLASS):
                out = []
        else:
            out.append(node.text or "")
    return "".join(before), "" if out is before else "".join(out)
