"""The command ``solidot``: its own verbs without Scrapy, every other word handed to Scrapy's command line."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from solidot_spider import __version__
from solidot_spider.base import options
from solidot_spider.base.console import plain
from solidot_spider.base.options import OptionError, Options
from solidot_spider.base.outcome import CANNOT_WRITE, KINDS, OK, USAGE

VERBS = ("demo", "export", "probe", "status")

_EPILOG = """\
every other word is one of Scrapy's commands, with this project's settings, from any directory:
  solidot crawl story -a sid=79532              one story
  solidot crawl story -a sids=79500-79600       a range; -o FILE adds to a file, -O FILE replaces it
  solidot list | shell URL | parse URL | fetch URL | settings

examples:
  solidot demo                                  try everything against a site of our own
  solidot status                                what the store has, what is missing and why
  solidot export stories.jsonl                  every story once, in one file
  solidot crawl --help                          arguments, files and exit status
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] not in VERBS and not words[0].startswith("-"):
        return _scrapy(words)
    arguments = _parser().parse_args(words or ["--help"])
    verb: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return verb(arguments)
    except OptionError as error:
        return _refused(str(error), USAGE)


def _demo(arguments: argparse.Namespace) -> int:
    from solidot_spider.commands import demo  # noqa: PLC0415 - a verb costs only what it needs

    return demo.main(serve=arguments.serve)


def _probe(arguments: argparse.Namespace) -> int:
    from solidot_spider.probe import check  # noqa: PLC0415

    return check.main(arguments.expect, arguments.save, dict(arguments.settings))


def _export(arguments: argparse.Namespace) -> int:
    from solidot_spider.export import dataset  # noqa: PLC0415
    from solidot_spider.store.database import StoreError  # noqa: PLC0415

    try:
        count = dataset.export(_options(arguments), arguments.out, force=arguments.force)
    except dataset.ExportError as error:
        return _refused(str(error), USAGE)
    except StoreError as error:
        return _refused(str(error), CANNOT_WRITE)
    except OSError as error:
        return _refused(f"{arguments.out}: {error.strerror}", CANNOT_WRITE)
    sys.stderr.write(f"{arguments.out}: {count:,} stories\n")
    return OK


def _status(arguments: argparse.Namespace) -> int:
    from solidot_spider.commands import status_lines  # noqa: PLC0415
    from solidot_spider.store.database import StoreError  # noqa: PLC0415
    from solidot_spider.store.status import Status  # noqa: PLC0415
    from solidot_spider.store.store import Store  # noqa: PLC0415

    try:
        with Store.opened(_options(arguments)) as store:
            if arguments.sids:
                with store.snapshot() as view:
                    told = [str(each) for each in view.of_kind(arguments.sids).ranges]
            elif arguments.json:
                told = [msgspec.json.format(msgspec.json.encode(Status.of(store)), indent=2).decode()]
            else:
                width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
                told = list(status_lines.lines(Status.of(store), width))
    except StoreError as error:
        return _refused(str(error), CANNOT_WRITE)
    try:
        sys.stdout.writelines(f"{line}\n" for line in told)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def _options(arguments: argparse.Namespace) -> Options:
    """The options of a verb that needs a store, from the environment or ``-s``."""
    chosen = options.load({**os.environ, **dict(arguments.settings)})
    if not chosen.has_store:
        raise OptionError(f"SOLIDOT_DATABASE_URL={chosen.database_url}: there is no store to read; unset it")
    return chosen


def _refused(message: str, status: int) -> int:
    sys.stderr.write(f"solidot: {plain(message)}\n")
    return status


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
    demo.set_defaults(run=_demo)
    demo.add_argument("--serve", action="store_true", help="keep the site open afterwards, until Ctrl-C")
    probe = verbs.add_parser(
        "probe",
        help="ask for a few known pages, and tell whether the parser still fits the site",
        description="Asks for robots.txt, the home page, the feed, known stories and an id that never existed, at a "
        "crawl's pace, and says of each part: found, not found, or differs. It writes only what --save asks for. "
        "Exit status: 0 all found, 3 something is not as expected, 1 no answer.",
        epilog="example: solidot probe --save probe-pages",
    )
    probe.set_defaults(run=_probe)
    probe.add_argument("--expect", type=Path, metavar="FILE", help="known stories other than those of the live site")
    probe.add_argument("--save", type=Path, metavar="DIR", help="keep what came there, for a report")
    dataset = verbs.add_parser(
        "export",
        help="write every story of the store into one file",
        description="Writes every story once, sorted by sid, as JSON Lines. The file is written aside and renamed; "
        "while the store does not change, it has the same bytes each time.",
        epilog="example: solidot export stories.jsonl",
    )
    dataset.set_defaults(run=_export)
    dataset.add_argument("out", type=Path, metavar="OUT.jsonl", help="the file")
    dataset.add_argument(
        "--force", action="store_true", help="let a store without stories replace a file that has some"
    )
    status = verbs.add_parser(
        "status",
        help="tell what the store has, what is missing and why, and how the last runs went",
        description="Tells what the store has: stories, outcomes, gaps, failures with their reasons, the last runs.",
        epilog="example: solidot status --sids failed | solidot crawl story -a sids=@-",
    )
    status.set_defaults(run=_status)
    form = status.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as one JSON object")
    form.add_argument("--sids", choices=KINDS, metavar="KIND", help=f"only the ids that are {', '.join(KINDS)}")
    for verb in (dataset, probe, status):
        verb.add_argument(
            "-s",
            dest="settings",
            action="append",
            default=[],
            type=_setting,
            metavar="NAME=VALUE",
            help="an option such as SOLIDOT_DATA_DIR=DIR (may be repeated)",
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
