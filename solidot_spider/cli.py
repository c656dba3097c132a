"""The command ``solidot``: its own verbs without Scrapy, every other word handed to Scrapy's command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from solidot_spider import __version__

VERBS = ("demo", "probe")

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
    if arguments.verb == "probe":
        from solidot_spider.probe import command  # noqa: PLC0415 - a verb costs only what it needs

        return command.main(arguments.expect, arguments.save, dict(arguments.settings))
    from solidot_spider import demo  # noqa: PLC0415

    return demo.main(serve=arguments.serve)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "solidot",
        description="Crawls Solidot (奇客) story by story and makes clean JSON Lines of it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"solidot_spider {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    demo = verbs.add_parser(
        "demo",
        help="crawl a small site of invented stories on this machine",
        description="Starts a small Solidot of invented stories on loopback and crawls it into a fresh directory.",
        epilog="example: solidot demo --serve",
    )
    demo.add_argument("--serve", action="store_true", help="keep the site open afterwards, until Ctrl-C")
    probe = verbs.add_parser(
        "probe",
        help="ask for a few known pages, and tell whether the parser still fits the site",
        description="Asks for robots.txt, the home page, the feed, known stories and an id that never existed, at a "
        "crawl's pace, and says of each part: found, not found, or differs. It writes only what --save asks for. "
        "Exit status: 0 all found, 3 something is not as expected, 1 no answer.",
        epilog="example: solidot probe --save probe-pages",
    )
    probe.add_argument("--expect", type=Path, metavar="FILE", help="known stories other than those of the live site")
    probe.add_argument("--save", type=Path, metavar="DIR", help="keep what came there, for a report")
    probe.add_argument(
        "-s",
        dest="settings",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        help="one of Scrapy's settings or of ours (may be repeated)",
    )
    return parser


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    return name, value


def _scrapy(words: list[str]) -> int:
    """Scrapy's command line, with this project's settings wherever it is called."""
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    from scrapy.cmdline import execute  # noqa: PLC0415 - 0.35 s that our own verbs do not pay

    execute(["solidot", *words])
    return 0


if __name__ == "__main__":
    sys.exit(main())
