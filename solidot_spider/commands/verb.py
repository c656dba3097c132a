"""A verb of ``solidot``: its words for ``--help``, its options, and what runs it.

The modules of this room are cheap to import: each imports what it works with when it runs.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass

from solidot_spider.base import options, setting_names
from solidot_spider.base.console import Console
from solidot_spider.base.options import OptionError, Options

CRAWL, LOOK, STORE, PROGRAM = "crawl", "look", "use and keep the store", "this program"
"""What verbs are grouped by, in this order."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb.

    Attributes:
        name: the word on the command line.
        help: one line for ``solidot --help``.
        description: what ``solidot NAME --help`` says.
        example: a command line, or several with a line for each.
        declare: adds its options to a parser.
        run: does it; the exit status.
        group: what ``solidot --help`` lists it under.
        wrong: tells what is wrong with words that no option takes, if it knows more than that they are too many.
    """

    name: str
    help: str
    description: str
    example: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    group: str = STORE
    wrong: Callable[[argparse.Namespace, list[str]], str] = lambda _, __: ""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add ``-s NAME=VALUE``, as Scrapy's commands have it."""
    parser.add_argument(
        "-s",
        dest="settings",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="an option such as SOLIDOT_DATA_DIR=DIR (may be repeated)",
    )


def store_options(arguments: argparse.Namespace) -> Options:
    """The options of a verb that reads the store, from the environment and ``-s``.

    Raises:
        OptionError: an option has a value that cannot be used, or there is no store.
    """
    given = dict(arguments.settings)
    chosen = options.load({**os.environ, **given})
    for line in setting_names.unknown(given, options.MEANINGS):
        Console().print(line)
    if not chosen.has_store:
        raise OptionError(f"SOLIDOT_DATABASE_URL={chosen.database_url}: there is no store to read; unset it")
    return chosen


def one_sid(text: str) -> int:
    """The sid that a word of a command line is.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    from solidot_spider.base import sids

    try:
        return sids.parse_one(text)
    except sids.ArgumentError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    return name, value
