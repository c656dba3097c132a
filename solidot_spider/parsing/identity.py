"""Is a page the story asked for? A withdrawn story answers the home page, and no error status tells it.

The proof uses every statement of a sid that a page makes: the share link, the reply and comment links of the story's
block, the address after a redirect (README, *What did not come*).
"""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.parsing.document import Document
from solidot_spider.parsing.story_header import Head

SEVERAL = "several-stories"
"""The reason of a list that holds the story asked for: a site that is not well answers so for its top story."""


class Missing(NamedTuple):
    """The site answered something that says that it has no such story."""

    reason: str


class Unparsed(NamedTuple):
    """The page cannot be proven to be the story asked for, or lacks a part that every story has."""

    reason: str


def disproof(document: Document, head: Head | None, asked: int, answered: int) -> Missing | Unparsed | None:
    """Why the page is not proven to be the story ``asked``; None where it is.

    Args:
        document: the page.
        head: its first block, where it has one.
        asked: the sid that was asked for.
        answered: the sid of the address that answered.
    """
    shared = head.shared_sids() if head else set()
    stated = set(shared)
    if head and document.mentions("op=reply", before_block=False):
        stated |= head.replied_sids()
    others = (stated | {answered}) - {asked}
    alone = len(document.blocks) == 1 or asked in shared  # the first story of a list names itself, too
    if not others and (alone if stated else _is_unmarked_story(document, head)):
        return None
    if asked not in stated and _home_signs(document, head) >= 2:
        return Missing("home-page")
    if others:
        return Unparsed("other-story")
    return Unparsed(lacking(document, "no-block" if head is None else "no-statement" if alone else SEVERAL))


def lacking(document: Document, part: str) -> str:
    """The reason when a page lacks a part: in another encoding than UTF-8 it lacks all that is Chinese."""
    return part if document.is_utf8 else "not-utf8"


def _is_unmarked_story(document: Document, head: Head | None) -> bool:
    """Whether a page that names no sid at all is a single story's page all the same."""
    return (
        head is not None
        and len(document.blocks) == 1
        and document.views is not None
        and document.json_ld.title != ""
        and document.json_ld.title == head.title()
    )


def _home_signs(document: Document, head: Head | None) -> int:
    """How many signs of the home page there are, apart from the share link."""
    return sum(
        (
            len(document.blocks) > 1,
            head is not None and head.title_is_link,
            document.mentions("阅读原文"),
            document.mentions("/specialist~"),
            document.views is None,
        )
    )
