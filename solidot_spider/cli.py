"""The command ``solidot``: runs its own verbs without Scrapy, and hands every other word to Scrapy's command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from solidot_spider import __version__
from solidot_spider.base import console, streams
from solidot_spider.base.console import refuse
from solidot_spider.base.options import OptionError
from solidot_spider.base.outcome import CANNOT_WRITE, USAGE
from solidot_spider.commands import backup, demo, export, imports, page, pages, places, probe, record, reparse, status

VERBS = {
    verb.name: verb
    for verb in (
        demo.VERB,
        probe.VERB,
        export.VERB,
        imports.VERB,
        status.VERB,
        reparse.VERB,
        pages.VERB,
        page.VERB,
        record.VERB,
        backup.VERB,
    )
}

_EPILOG = """\
every other word is one of Scrapy's commands, with this project's settings, from any directory:
  solidot crawl story -a sid=79532              one story
  solidot crawl story -a sids=79500-79600       a range; -o FILE adds to a file, -O FILE replaces it
  solidot list | shell URL | parse URL | fetch URL | settings

examples:
  solidot demo                                  try everything against a site of our own
  solidot status                                what the store has, what is missing and why
  solidot export stories.jsonl                  every story once, in one file
  solidot import captures.warc.gz pages/        what others have saved of the site
  solidot reparse --dry-run                     what today's parser makes of the kept pages
  solidot backup solidot-backup.db              the store once more, as it is now
  solidot crawl --help                          arguments, files and exit status
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    streams.secure()
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] not in VERBS and not words[0].startswith("-"):
        return _scrapy(words)
    if os.environ.get("SOLIDOT_LOG") == "json":
        console.use_form("json")
    arguments = _parser().parse_args(words or ["--help"])
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except OptionError as error:
        return refuse(str(error), USAGE)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what waits for standard output would fail again at the end
        return refuse(f"{error.filename or 'standard output'}: {error.strerror}", CANNOT_WRITE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "solidot",
        description="Crawls Solidot (奇客) story by story and makes clean JSON Lines of it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"solidot_spider {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    for verb in VERBS.values():
        words = verbs.add_parser(
            verb.name, help=verb.help, description=verb.description, epilog=f"example: {verb.example}"
        )
        verb.declare(words)
        words.set_defaults(run=verb.run)
    return parser


def _scrapy(words: list[str]) -> int:
    """Scrapy's command line, with this project's settings wherever it is called."""
    if why := places.problem():
        return refuse(why, USAGE)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    from scrapy.cmdline import execute  # noqa: PLC0415 - 0.35 s that our own verbs do not pay

    execute(["solidot", *words])
    return 0


if __name__ == "__main__":
    sys.exit(main())
