"""Runs one of Scrapy's commands with this project's settings, from any directory, and under this program's name."""

from __future__ import annotations

import argparse
import cProfile
import importlib
import os
from importlib.metadata import entry_points
from typing import Any, NoReturn

from scrapy.commands import ScrapyCommand, ScrapyHelpFormatter
from scrapy.crawler import AsyncCrawlerProcess, CrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.utils.project import get_project_settings

from solidot_spider.base import spelling
from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import USAGE
from solidot_spider.crawl import command_words
from solidot_spider.scrapy_commands import names

ASYNCIO = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


class _WrongWordError(Exception):
    """The command line is wrong; the message says how."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise _WrongWordError(message)


def execute(words: list[str]) -> int:
    """Run a command; its exit status.

    Args:
        words: the command's name, one of ``names.names()``, then its command line.
    """
    name, *rest = words
    command: ScrapyCommand = _command(name)
    parser = _Parser(
        prog=f"solidot {name}",
        usage=f"solidot {name} {command.syntax()}",
        description=command.long_desc(),
        formatter_class=ScrapyHelpFormatter,
        conflict_handler="resolve",
    )
    command.settings = settings = get_project_settings()
    settings.setdict(command.default_settings, priority="command")
    if "EDITOR" in os.environ:
        settings["EDITOR"] = os.environ["EDITOR"]
    try:
        command.add_options(parser)
        chosen, args = parser.parse_known_args(command_words.joined(rest))
        _refuse_unknown(name, args, parser)
        command.process_options(args, chosen)
        if command.requires_crawler_process:
            is_usual = settings["TWISTED_REACTOR"] == ASYNCIO and not settings.getbool("FORCE_CRAWLER_PROCESS")
            command.crawler_process = (AsyncCrawlerProcess if is_usual else CrawlerProcess)(settings)
        _run(command, args, chosen)
    except (UsageError, _WrongWordError) as error:
        why = str(error) or f"{name} takes {command.syntax()}"
        return refuse(why if why.endswith("?") else f"{why}; `solidot {name} --help` tells more", USAGE)
    return command.exitcode


def _run(command: ScrapyCommand, args: list[str], chosen: argparse.Namespace) -> None:
    if not chosen.profile:
        command.run(args, chosen)
        return
    profile = cProfile.Profile()
    try:
        profile.runcall(command.run, args, chosen)
    finally:
        profile.dump_stats(chosen.profile)


def _refuse_unknown(name: str, args: list[str], parser: argparse.ArgumentParser) -> None:
    """Scrapy takes options that it does not know for arguments; ``crawl`` looks at its own."""
    unknown = next((each for each in args if each.startswith("-") and each != "-"), "")
    if unknown and name != "crawl":
        known = [each for each in parser.format_help().replace(",", " ").split() if each.startswith("-")]
        raise _WrongWordError(f"{name} has no option {unknown}{spelling.question(unknown, known)}")


def _command(name: str) -> Any:
    """A command of a plug-in of Scrapy's, of this project, or of Scrapy."""
    for entry in entry_points(group=names.GROUP, name=name):
        return entry.load()()
    module = importlib.import_module(names.modules()[name])
    return next(each() for each in vars(module).values() if _is_command(each, module.__name__))


def _is_command(thing: Any, module: str) -> bool:
    return isinstance(thing, type) and issubclass(thing, ScrapyCommand) and thing.__module__ == module
