"""Checks whether a page is the story that was asked for.

A withdrawn story answers with the home page and a status below 400. So every statement of a sid on the page counts,
and the address after a redirect (docs/outcomes.md, *What becomes of an id*). A page with two stories is a list,
also where the first one is the story asked for: lists cut their stories.
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.parsing import statements
from solidot_spider.parsing.document import Document
from solidot_spider.parsing.markup import READ_MORE_BYTES, SPECIALIST_PATH_BYTES
from solidot_spider.parsing.story_header import StoryHeader

SEVERAL_STORIES = "several-stories"
"""The reason of a list that holds the story asked for: a site in trouble answers so for its top story."""


class Missing(NamedTuple):
    """The site's answer says that it has no such story."""

    reason: str


class Unparsed(NamedTuple):
    """The page cannot be proven to be the story asked for, or lacks a part that every story has."""

    reason: str


def check_identity(
    document: Document, header: StoryHeader | None, asked: int, answered: int
) -> Missing | Unparsed | None:
    """Why the page is not proven to be the story ``asked``; None if it is proven.

    Args:
        document: the page.
        header: the header of its first block, if it has a block.
        asked: the sid that was asked for.
        answered: the sid of the address that answered.
    """
    stated = statements.collect(document, header)
    others = (stated.all | {answered}) - {asked}
    is_one_story = not any(StoryHeader(block).is_of_story for block in document.blocks[1:])
    if not others and (is_one_story if stated.own else _is_story_without_sid(document, header)):
        return None
    if asked not in stated.possible and _count_home_page_signs(document, header) >= 2:
        return Missing("home-page")
    if others and (is_one_story or asked not in stated.all or answered != asked):
        return Unparsed("other-story")
    if header is None:
        return Unparsed(missing_part(document, "no-block"))
    return Unparsed(missing_part(document, "no-statement" if is_one_story else SEVERAL_STORIES))


def missing_part(document: Document, reason: str) -> str:
    """The reason if a page lacks a part, or a more telling one.

    In another encoding than UTF-8 it lacks everything that is Chinese; where the parser gave up, what comes behind.
    """
    if not document.is_utf8:
        return "not-utf8"
    return reason if document.is_fully_parsed else "too-deep"


def _is_story_without_sid(document: Document, header: StoryHeader | None) -> bool:
    """Whether a page that states no sid at all is still certainly the page of one story."""
    return (
        header is not None
        and len(document.blocks) == 1
        and document.views is not None
        and document.json_ld.title != ""
        and document.json_ld.title == header.title()
    )


def _count_home_page_signs(document: Document, header: StoryHeader | None) -> int:
    """How many signs of the home page a page shows, apart from the share link."""
    return sum(
        (
            len(document.blocks) > 1,
            header is not None and header.title_is_link,
            document.contains(READ_MORE_BYTES),
            document.contains(SPECIALIST_PATH_BYTES),
            document.views is None,
        )
    )
