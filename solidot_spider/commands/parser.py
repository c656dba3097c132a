"""The command line of a verb: its parser, whose errors are one line that names what was meant, and its help."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from solidot_spider.base import spelling
from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import USAGE
from solidot_spider.commands.verb import CRAWL, LOOK, PROGRAM, STORE, Verb
from solidot_spider.crawl import command_words

WIDEST = 100
"""Columns of a help text at most."""

FORM: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "conflict_handler": "resolve"}
"""How a verb's parser is made; ``crawl`` has a ``--help`` of its own."""

_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """End with one line, and what tells more."""
        message = message.replace("the following arguments are required: ", "give ")
        sys.exit(refuse(message if message.endswith("?") else f"{message}; `{self.prog} --help` tells more", USAGE))


def of(verb: Verb) -> Parser:
    """The parser of a verb."""
    parser = Parser(f"solidot {verb.name}", **FORM)
    describe(parser, verb)
    return parser


def describe(parser: argparse.ArgumentParser, verb: Verb) -> None:
    """Give a parser what a verb says of itself, and its options."""
    parser.description = wrapped(verb.description)
    parser.epilog = examples(verb.example.splitlines())
    verb.declare(parser)


def parse(verb: Verb, words: Sequence[str]) -> argparse.Namespace:
    """The arguments of a verb; ends the program with one line if a word is wrong."""
    parser = of(verb)
    arguments, rest = parser.parse_known_args(command_words.joined(words))
    if rest:
        if why := verb.wrong(arguments, rest):
            parser.error(why)
        word = next((each for each in rest if each.startswith("-")), "")
        if word:
            known = _OPTION.findall(parser.format_usage())
            hint = spelling.question(word.partition("=")[0], ["--help", *known])
            parser.error(f"{verb.name} has no option {word}{hint}")
        parser.error(f"{verb.name} does not take {' '.join(rest)}")
    return arguments


def width() -> int:
    """Columns of a help text."""
    return max(40, min(shutil.get_terminal_size().columns - 2, WIDEST))


def wrapped(text: str) -> str:
    """A text in lines of that width; those that it has stay."""
    return "\n".join(textwrap.fill(line, width(), break_on_hyphens=False) for line in text.splitlines())


def examples(lines: Iterable[str]) -> str:
    """Command lines as the end of a help."""
    given = list(lines)
    return f"example: {given[0]}" if len(given) == 1 else "\n".join(["examples:", *(f"  {line}" for line in given)])


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Words, and beside them what they mean."""
    given = list(rows)
    left = max((len(name) for name, _ in given if len(name) < 24), default=0) + 4
    return "\n".join(_row(name, meaning, left) for name, meaning in given)


def _row(name: str, meaning: str, left: int) -> str:
    text = textwrap.wrap(meaning, max(20, width() - left), break_on_hyphens=False) or [""]
    first = f"  {name}".ljust(left) + text[0] if len(name) + 4 <= left else f"  {name}\n{' ' * left}{text[0]}"
    return "\n".join([first, *(" " * left + line for line in text[1:])])


def overview(verbs: Iterable[Verb], more: str) -> str:
    """What ``solidot --help`` says: the verbs by group, and more."""
    given = list(verbs)
    parts = ["usage: solidot VERB [ARGUMENTS]", _ABOUT]
    for group in (CRAWL, LOOK, STORE, PROGRAM):
        rows = [(verb.name, verb.help) for verb in given if verb.group == group]
        if rows:
            parts.append(f"{group}:\n{table(rows)}")
    return "\n\n".join([*parts, more])


_ABOUT = "Crawls Solidot (奇客) story by story and makes clean JSON Lines of it."
