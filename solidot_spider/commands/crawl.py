"""``solidot crawl``: what it says of itself and of its spiders; Scrapy runs it."""

from __future__ import annotations

import argparse
from typing import Any

from solidot_spider.commands import parser as parsers
from solidot_spider.commands import scrapy_words
from solidot_spider.commands.known import Known
from solidot_spider.commands.verb import CRAWL, Verb
from solidot_spider.crawl import command_words
from solidot_spider.crawl.spider_words import SPIDERS

_FILES = (
    "The records go to the store and to a file of the run's own, DATA/runs/NAME.jsonl, or to -o FILE (added) or -O "
    "FILE (replaced); ids that did not settle go to DATA/runs/NAME.retry.txt, for -a sids=@FILE. Exit status: 0 well, "
    "1 some ids did not settle, 2 wrong arguments, 3 the site seems changed, 4 a file or the store cannot be written, "
    "75 another run holds the store."
)


class _Help(argparse.Action):
    """``--help``, which tells of a spider's own arguments if one is named."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, *_: Any) -> None:
        """Print, and end."""
        spider = getattr(namespace, "spider", None)
        if spider in SPIDERS:
            words = SPIDERS[spider]
            arguments = parsers.table((f"-a {each.name}=", each.meaning) for each in words.takes)
            parser.usage = f"{parser.prog} {spider} [-a NAME=VALUE ...] [options]"
            parser.description = f"{parsers.wrapped(words.meaning)}\n\narguments:\n{arguments}"
            parser.epilog = f"examples:\n{_examples(words.examples)}\n\n{parsers.wrapped(_FILES)}"
        parser.print_help()
        parser.exit()


def _examples(lines: tuple[tuple[str, str], ...]) -> str:
    longest = max(len(line) for line, _ in lines)
    return "\n".join(f"  {line:{longest}}  # {meaning}" for line, meaning in lines)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    spiders = parsers.table((name, words.meaning) for name, words in SPIDERS.items())
    parser.description = f"Runs a spider.\n\nspiders:\n{spiders}\n\n{parsers.wrapped(_FILES)}"
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this, or with a spider its arguments")
    parser.add_argument(
        "spider",
        choices=Known(SPIDERS),
        metavar="|".join(SPIDERS),
        help="`solidot crawl SPIDER --help` has its arguments",
    )
    command_words.declare(parser)


def wrong(arguments: argparse.Namespace, rest: list[str]) -> str:
    """What is wrong with words that no option takes."""
    return command_words.problem([arguments.spider, *rest])


def run(arguments: argparse.Namespace) -> int:
    """Crawl; the exit status."""
    return scrapy_words.run(["crawl", *arguments.command_line])


VERB = Verb(
    "crawl",
    "fetch stories: story (by id), latest (what is new), daily (what the days list)",
    "Runs a spider.",
    "\n".join(example for words in SPIDERS.values() for example, _ in words.examples[:2]),
    declare,
    run,
    CRAWL,
    wrong,
)
