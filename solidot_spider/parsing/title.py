"""Chooses a story's title among its headings and the JSON-LD's title."""

from __future__ import annotations

from solidot_spider.parsing.doubt import DoubtError
from solidot_spider.parsing.elements import text_content
from solidot_spider.parsing.markup import HEADING_TAG, NAMES_IN_HEADING, SITE_NAME_IN_HEADING
from solidot_spider.parsing.story_header import StoryHeader
from solidot_spider.parsing.text import collapse_space

_MARKS = " |｜-–—_·•:：»«›‹/[]【】()（）"
"""Stand between a title and the name of the site or a section."""


def choose(header: StoryHeader, in_json_ld: str, notes: list[str]) -> str:
    """The story's own heading, without the site's or a section's name; the JSON-LD's title if there is no heading.

    Args:
        header: the story's header.
        in_json_ld: the JSON-LD's title; '' if it has none.
        notes: what was odd is added here.

    Raises:
        DoubtError: there are several headings, and the JSON-LD names none of them.
    """
    texts = list(dict.fromkeys([text for heading in header.headings if (text := header.title_in(heading))]))
    if not texts:
        if in_json_ld:
            notes.append("title-from-jsonld")
        return in_json_ld
    if header.headings[0].tag != HEADING_TAG:
        notes.append("other-heading-tag")
    if in_json_ld not in texts:
        return _without_names(header, texts, in_json_ld, notes)
    if len(texts) > 1:
        notes.append("several-headings")
    return in_json_ld


def _without_names(header: StoryHeader, texts: list[str], in_json_ld: str, notes: list[str]) -> str:
    """The title in headings that are not what the JSON-LD says."""
    if in_json_ld and any(_is_framed(text, in_json_ld, _inner_texts(header)) for text in texts):
        notes.append("title-with-name")
        return in_json_ld
    if len(texts) > 1:
        raise DoubtError("several-headings")
    title = SITE_NAME_IN_HEADING.sub("", texts[0])
    if title != texts[0]:
        notes.append("title-with-name")
    if in_json_ld and title != in_json_ld:
        notes.append("title-differs")
    return title


def _is_framed(text: str, title: str, inner_texts: set[str]) -> bool:
    """Whether a heading is a title with nothing but a known name, or an element of its own, before or behind it."""
    if text.endswith(title):
        rest = text.removesuffix(title)
    elif text.startswith(title):
        rest = text.removeprefix(title)
    else:
        return False
    rest = rest.strip(_MARKS)
    return rest.lower() in NAMES_IN_HEADING or rest in inner_texts


def _inner_texts(header: StoryHeader) -> set[str]:
    """The texts of elements inside the headings, such as a badge."""
    inner = (each for heading in header.headings for each in heading)
    return {collapse_space(text_content(each)).strip(_MARKS) for each in inner if isinstance(each.tag, str)}
