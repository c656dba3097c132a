"""Puts a story's sources in order for a person: archived copies beside what they are copies of."""

from __future__ import annotations

from typing import Any, NamedTuple


class Source(NamedTuple):
    """A source.

    Attributes:
        text: the link's text, '' if it is but its address, or a source that is given by name only.
        url: its address, '' if it is given by name only.
        archives: the addresses of its archived copies.
    """

    text: str
    url: str
    archives: list[str]


def numbered(record: dict[str, Any]) -> list[Source]:
    """The sources of a record: its links in their order, then its labels."""
    links = record["source_links"]
    urls = {link["url"] for link in links}
    copies: dict[str, list[str]] = {}
    for link in links:
        if link["archive_of"] in urls and link["archive_of"] != link["url"]:
            copies.setdefault(link["archive_of"], []).append(link["url"])
    beside = {url for found in copies.values() for url in found}
    sources = [_source(link, copies.get(link["url"], [])) for link in links if link["url"] not in beside]
    return [*sources, *(Source(label, "", []) for label in record["source_labels"])]


def _source(link: dict[str, Any], archives: list[str]) -> Source:
    text = link["text"] or ""
    if text in (link["url"], link["raw"]):
        text = ""
    if link["archive_of"]:  # its original is no link of the story
        return Source(text, link["archive_of"], [link["url"]])
    return Source(text, link["url"], archives)
