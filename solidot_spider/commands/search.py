"""``solidot search``: finds stories by words of their titles and bodies."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE, USAGE
from solidot_spider.commands import output
from solidot_spider.commands.verb import LOOK, Verb, add_settings, store_options

FIRST = 20
"""Stories that are shown if nothing else is said."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "words", nargs="+", metavar="WORD", help="a word, or several in quotation marks; all must be there"
    )
    parser.add_argument(
        "--limit", type=int, default=FIRST, metavar="N", help=f"show the N newest (default {FIRST}); 0: all"
    )
    parser.add_argument("--titles", action="store_true", help="look into titles only")
    parser.add_argument("--json", action="store_true", help="the records, one a line")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Search; the exit status."""
    from solidot_spider.store.errors import StoreError

    if not all(each.strip() and each.isprintable() for each in arguments.words):
        return refuse("a word is empty, or no text; give words such as 苹果", USAGE)
    if arguments.limit < 0:
        return refuse(f"--limit {arguments.limit}: give a number from 1 on, or 0 for all", USAGE)
    try:
        return _search(arguments)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)


def _search(arguments: argparse.Namespace) -> int:
    import msgspec

    from solidot_spider.store import search
    from solidot_spider.store.store import Store

    count = 0

    def counted(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    words = [each.strip() for each in arguments.words]
    with Store.opened(store_options(arguments)) as store:
        found = search.found(store, words, titles=arguments.titles)
        records = counted(islice(found, arguments.limit or None))
        if arguments.json:
            output.json_lines(msgspec.json.encode(record).decode() for record in records)
        else:
            output.lines(_told(records, words, titles=arguments.titles))
        is_cut = count > 0 and count == arguments.limit and not arguments.json and sys.stdout.isatty()
        if is_cut and next(found, None) is not None:
            output.lines([f"and more: --limit 0 shows all, --limit {count * 5} more"])
    if count:
        return OK
    place = "title" if arguments.titles else "story"
    return refuse(f"no {place} of the store has {' and '.join(words)}", TROUBLE)


def _told(records: Iterator[dict[str, Any]], words: list[str], *, titles: bool) -> Iterator[str]:
    from solidot_spider.display import colours, found_text, wrapping

    paint, width = colours.of(), wrapping.columns()
    for record in records:
        yield from found_text.lines(record, words, width, paint, titles=titles)


VERB = Verb(
    "search",
    "find stories by words of their titles and bodies",
    "Finds the stories of the store that have all words in title or body, newest first; Chinese words of any length, "
    "case does not matter. Exit status 1: none has them.",
    "solidot search 苹果 芯片\nsolidot search --titles --limit 0 'open source'",
    declare,
    run,
    LOOK,
)
