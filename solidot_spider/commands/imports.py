"""``solidot import``: brings pages that others have saved into the store."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, HELD, TROUBLE, USAGE
from solidot_spider.commands.stop import Stop
from solidot_spider.commands.verb import Verb, add_settings, store_options

if TYPE_CHECKING:
    from datetime import datetime


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="WARC files, pages saved as HTML, captures in Markdown, or directories of these; .gz too",
    )
    parser.add_argument(
        "--fetched-at",
        metavar="TIME",
        help="when the pages were fetched that do not say it, such as 2024-10-18T22:58:00+08:00: HTML never does, WARC "
        "and Markdown do",
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing: tell what would become of each page")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of the pages as JSON, too")
    parser.add_argument(
        "--examples", type=_count, default=5, metavar="N", help="name so many pages of each reason at most (default: 5)"
    )
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import; the exit status."""
    from solidot_spider.base.sids import ArgumentError
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.lock.errors import LockedError, LostLockError

    stop = Stop()
    stop.listen()
    try:
        return _import(arguments, stop)
    except ArgumentError as error:
        return refuse(str(error), USAGE)
    except (LockedError, LostLockError) as error:
        return refuse(str(error), HELD)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    except KeyboardInterrupt:
        return refuse("interrupted; repeat it to go on", TROUBLE)
    except OSError as error:
        return refuse(f"{error.filename or arguments.report}: {error.strerror or error}", CANNOT_WRITE)


def _import(arguments: argparse.Namespace, stop: Stop) -> int:
    from solidot_spider.captures import import_report
    from solidot_spider.captures.import_run import ImportRun

    chosen = store_options(arguments)
    at = _moment(arguments.fetched_at)
    made = ImportRun(chosen, arguments.files, at, arguments.examples, lambda: stop.is_wanted)
    report = made.dry_run() if arguments.dry_run else made.run()
    if arguments.report is not None:
        import_report.write(report, arguments.report)
    console = Console()
    for line in report.lines():
        console.print(line)
    return report.exit_status


def _moment(text: str | None) -> datetime | None:
    """The time of ``--fetched-at``.

    Raises:
        ArgumentError: it is none, has no offset, or is in the future.
    """
    from datetime import datetime

    from solidot_spider.base import clock
    from solidot_spider.base.sids import ArgumentError

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError(f"--fetched-at {text}: no time; give one such as 2024-10-18T22:58:00+08:00") from error
    if moment.tzinfo is None:
        raise ArgumentError(f"--fetched-at {text}: a time without an offset; add Z or +08:00")
    if moment > clock.now():
        raise ArgumentError(f"--fetched-at {text}: a time in the future; it is {clock.iso(clock.now())} now")
    return moment.replace(microsecond=0)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


VERB = Verb(
    "import",
    "bring pages that others have saved into the store",
    "Reads WARC files of any archiver, pages saved as HTML, and the Markdown that feed archivers keep, by the same "
    "functions and checks as a crawl. An older page never replaces a newer record, and Markdown never a page's; "
    "repeated, it changes nothing. Exit status: 0 all was read (home pages and other addresses are left out), 1 a page "
    "or a part of a file could not be read, 2 wrong arguments, 4 the store or the report cannot be written, 75 another "
    "run holds the store.",
    "solidot import captures.warc.gz saved-pages/",
    declare,
    run,
)
