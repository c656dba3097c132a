"""``solidot record``: saves a kept page and its record as a pair that the parser can be tested with."""

from __future__ import annotations

import argparse
from pathlib import Path

from solidot_spider.base.console import Console
from solidot_spider.base.outcome import OK
from solidot_spider.commands import kept_page
from solidot_spider.commands.verb import Verb, add_settings, one_sid


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("sid", type=one_sid, metavar="SID", help="the story")
    parser.add_argument("directory", type=Path, metavar="DIR", help="where to; it is made if there is none")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Save the pair; the exit status."""
    from solidot_spider.reparse import pairs

    found = kept_page.newest(arguments)
    if isinstance(found, int):
        return found
    row, data = found
    saved = pairs.save(arguments.directory, data, pairs.Answer.of(row))
    console = Console()
    console.print(f"{saved.path}: {saved.told}")
    for line in saved.changes:
        console.print(line)
    return OK


VERB = Verb(
    "record",
    "save a kept page and its record as a pair that the parser can be tested with",
    "Writes SID.html, the newest kept page of a story, SID.json, the record that today's parser makes of it, and "
    "SID.answer.json, what is known of the answer. The tests run over a directory of such pairs that SOLIDOT_RECORDS "
    "names: what a change of the parser makes of them is a diff.",
    "solidot record 79532 my-records",
    declare,
    run,
)
