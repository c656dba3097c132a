"""The words of ``crawl``: its options, declared once for every command line, and what a wrong word was meant to be."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence

from solidot_spider.base import site, spelling
from solidot_spider.crawl.arguments import Argument
from solidot_spider.crawl.spider_words import SPIDERS

_ID = re.compile(r"\d{1,8}", re.ASCII)
_OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
_IDS = re.compile(r"\d[\d,-]*", re.ASCII)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``crawl``: ours, and Scrapy's by Scrapy's own names."""
    _add_usual(parser)
    scrapy = parser.add_argument_group("Scrapy's options")
    scrapy.add_argument(
        "-s", "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting, or SOLIDOT_…"
    )
    scrapy.add_argument("-L", "--loglevel", metavar="LEVEL", help="log from this level on (default: WARNING)")
    scrapy.add_argument("--logfile", metavar="FILE", help="the log goes there, not to standard error")
    scrapy.add_argument("--nolog", action="store_true", help="no log")
    scrapy.add_argument("--pidfile", metavar="FILE", help="write the process's number to FILE")
    scrapy.add_argument("--profile", metavar="FILE", help="write cProfile's numbers to FILE")
    scrapy.add_argument("--pdb", action="store_true", help="enter the debugger on a failure")


def _add_usual(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-a",
        dest="spargs",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an argument of the spider (may be repeated)",
    )
    parser.add_argument("-o", "--output", action="append", metavar="FILE", help="add the records to FILE; -: to stdout")
    parser.add_argument("-O", "--overwrite-output", action="append", metavar="FILE", help="replace FILE by the records")
    parser.add_argument("--report", default="", metavar="FILE", help="write the run's report to FILE, as JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing when the exit status is 0")


def joined(words: Sequence[str]) -> list[str]:
    """The words with ``-o -:json`` as one, ``-o-:json``: argparse would take its value for an option."""
    found: list[str] = []
    for word in words:
        if word.startswith("-:") and found and found[-1] in ("-o", "-O"):
            found[-1] += word
        else:
            found.append(word)
    return found


def problem(words: Sequence[str]) -> str:
    """What is wrong with the words of a command line that are no options of ours; '' if they are one name."""
    unknown = next((each for each in words if each.startswith("-") and each != "-"), "")
    if unknown:
        return f"crawl has no option {unknown}{_meant_option(unknown)}"
    if not words:
        return f"crawl takes the name of one spider, got none; there is {', '.join(SPIDERS)}"
    if words[0] not in SPIDERS and (argument := _as_argument(words[0], SPIDERS["story"].takes)):
        return f"crawl takes a spider first, not {words[0]}; did you mean solidot crawl story -a {argument}?"
    if len(words) == 1:
        return ""
    takes = SPIDERS[words[0]].takes if words[0] in SPIDERS else ()
    argument = _as_argument(words[1], takes)
    hint = f"did you mean -a {argument}?" if argument else f"there is {', '.join(SPIDERS)}"
    return f"crawl takes the name of one spider, got {' '.join(words)}; {hint}"


def repeated(given: Sequence[str]) -> str:
    """What is wrong with several arguments of one name, of which Scrapy would drop all but the last; '' if none are.

    Args:
        given: texts NAME=VALUE.
    """
    names = [each.partition("=")[0] for each in given]
    for name in names:
        if names.count(name) > 1:
            values = " and ".join(each for each in given if each.partition("=")[0] == name)
            several = ", several ids with commas" if name == "sids" else ""
            return f"-a {name}= is given {names.count(name)} times: {values}; give it once{several}"
    return ""


def _meant_option(word: str) -> str:
    name, equals, value = word.lstrip("-").partition("=")
    arguments = {argument.name for each in SPIDERS.values() for argument in each.takes}
    if name in arguments:
        return f"; did you mean -a {name}={value if equals else '…'}?"
    parser = argparse.ArgumentParser(prog="crawl")
    declare(parser)
    return spelling.question(word.partition("=")[0], _OPTION.findall(parser.format_help()))


def _as_argument(word: str, takes: Iterable[Argument]) -> str:
    """The spider argument that a word was meant to be; '' if it looks like none."""
    names = {each.name for each in takes}
    name, equals, value = word.partition("=")
    if equals and name in names:
        return f"{name}={value}"
    sid = site.asked_sid(word) if "://" in word else None
    if sid or _ID.fullmatch(word):
        return f"sid={sid or word}" if "sid" in names else ""
    return f"sids={word}" if _IDS.fullmatch(word) and "sids" in names else ""
