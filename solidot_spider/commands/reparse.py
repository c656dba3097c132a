"""``solidot reparse``: makes the records again from the kept pages, by today's parser."""

from __future__ import annotations

import argparse
import os
import signal

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, HELD, USAGE
from solidot_spider.commands.verb import Verb, add_settings, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("--sids", metavar="SIDS", help="only these: ids and ranges with commas, @FILE, or @-")
    parser.add_argument(
        "--older-than-parser", action="store_true", help="only what another version of the parser has read"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing: show what would change")
    parser.add_argument(
        "--processes", type=_count, default=_cores(), metavar="N", help="so many processes read (default: one a core)"
    )
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read the pages; the exit status."""
    from solidot_spider.base import sids
    from solidot_spider.reparse.run import Order, reparse
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.lock.errors import LockedError

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        given = None if arguments.sids is None else sids.parse(arguments.sids)
        order = Order(given, arguments.older_than_parser, arguments.dry_run, arguments.processes)
        ended = reparse(store_options(arguments), order)
    except sids.ArgumentError as error:
        return refuse(str(error), USAGE)
    except LockedError as error:
        return refuse(str(error), HELD)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    console = Console()
    for line in ended.tally.lines(is_dry=order.is_dry):
        console.print(line)
    if ended.without_page:
        console.print(f"  {ended.without_page:,} stories have no page, and stay as they are")
    if ended.is_interrupted:
        console.print("  interrupted; what was read is written: run it again, it goes on")
    return ended.exit_status


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


VERB = Verb(
    "reparse",
    "make the records again from the kept pages, by today's parser",
    "Reads every kept page again and replaces the records that come out differently, without revisions; shows what "
    "changed by field. A record whose page cannot be read any more stays (exit status 3).",
    "solidot reparse --dry-run",
    declare,
    run,
)
