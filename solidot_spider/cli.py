"""The command ``solidot``: its own verbs without Scrapy, every other word handed to Scrapy's command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from solidot_spider import __version__

VERBS = ("demo",)

_EPILOG = """\
every other word is one of Scrapy's commands, with this project's settings, from any directory:
  solidot crawl story -a sid=79532              one story
  solidot crawl story -a sids=79500-79600       a range; -o FILE adds to a file, -O FILE replaces it
  solidot list | shell URL | parse URL | fetch URL | settings

examples:
  solidot demo                                  try everything against a site of our own
  solidot crawl --help                          arguments, files and exit status
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] not in VERBS and not words[0].startswith("-"):
        return _scrapy(words)
    arguments = _parser().parse_args(words or ["--help"])
    from solidot_spider import demo  # noqa: PLC0415 - a verb costs only what it needs

    return demo.main(serve=arguments.serve)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "solidot",
        description="Crawls Solidot (奇客) story by story and makes clean JSON Lines of it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"solidot_spider {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    demo = verbs.add_parser(
        "demo",
        help="crawl a small site of invented stories on this machine",
        description="Starts a small Solidot of invented stories on loopback and crawls it into a fresh directory.",
        epilog="example: solidot demo --serve",
    )
    demo.add_argument("--serve", action="store_true", help="keep the site open afterwards, until Ctrl-C")
    return parser


def _scrapy(words: list[str]) -> int:
    """Scrapy's command line, with this project's settings wherever it is called."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    from scrapy.cmdline import execute  # noqa: PLC0415 - 0.35 s that our own verbs do not pay

    execute(["solidot", *words])
    return 0


if __name__ == "__main__":
    sys.exit(main())
