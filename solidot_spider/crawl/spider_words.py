"""Declares what a person is told of each spider: its arguments, what it does, and examples; without Scrapy."""

from __future__ import annotations

from typing import NamedTuple

from solidot_spider.crawl.arguments import (
    BELIEVE,
    DATE,
    LIMIT,
    MINUTES,
    ONLY,
    REFRESH,
    SID,
    SIDS,
    SINCE,
    TO,
    UNTIL,
    WAIT,
    Argument,
)


class SpiderWords(NamedTuple):
    """A spider on the command line.

    Attributes:
        takes: its arguments.
        meaning: what it does, in a sentence.
        examples: command lines, each with what it is for.
    """

    takes: tuple[Argument, ...]
    meaning: str
    examples: tuple[tuple[str, str], ...]


SPIDERS = {
    "story": SpiderWords(
        (SID, SIDS, LIMIT, MINUTES, WAIT, REFRESH, ONLY, BELIEVE),
        "Asks stories by their ids: those that the store has not settled.",
        (
            ("solidot crawl story -a sids=79500-79600", "a range; again: what it has not settled"),
            ("solidot crawl story -a sid=79532", "one story again, and what changed"),
            ("solidot crawl story -a only=failed", "what failed before"),
            ("solidot crawl story -a sids=@list.txt -a limit=500", "ids of a file, the first 500 that are left"),
        ),
    ),
    "latest": SpiderWords(
        (LIMIT, MINUTES, WAIT, TO, BELIEVE),
        "Asks what is new up to the site's newest story, what failed, and stories that may have changed.",
        (
            ("solidot crawl latest", "what is new; for cron, with --quiet"),
            ("solidot crawl latest -a minutes=30", "the same, for half an hour at most"),
            ("solidot crawl latest -a wait=60", "on a second machine: take over if the first one ends or dies"),
        ),
    ),
    "daily": SpiderWords(
        (SINCE, UNTIL, DATE, REFRESH, LIMIT, MINUTES, WAIT, BELIEVE),
        "Reads the site's page of each day, asks the unsettled stories that it lists, and compares with the store.",
        (
            ("solidot crawl daily -a date=yesterday", "one day"),
            ("solidot crawl daily -a since=2025-11-01 -a until=2025-11-05", "several days"),
        ),
    ),
}
"""The spiders of this project by name; those that people want first come first."""
