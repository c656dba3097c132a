"""``solidot status``: shows what the store has, what is missing and why, and how the last runs went."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import CANNOT_WRITE, KINDS, OK
from solidot_spider.commands.verb import LOOK, Verb, add_settings, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as one JSON object")
    form.add_argument("--sids", choices=KINDS, metavar="KIND", help=f"only the ids that are {', '.join(KINDS)}")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the status; the exit status."""
    from solidot_spider.store.errors import StoreError

    try:
        lines = _lines(arguments)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def _lines(arguments: argparse.Namespace) -> list[str]:
    import msgspec

    from solidot_spider.commands import status_lines
    from solidot_spider.store.status import Status
    from solidot_spider.store.store import Store

    with Store.opened(store_options(arguments)) as store:
        if arguments.sids:
            with store.snapshot() as view:
                return [str(each) for each in view.of_kind(arguments.sids).ranges]
        status = Status.of(store)
    if arguments.json:
        return [msgspec.json.format(msgspec.json.encode(status), indent=2).decode()]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return list(status_lines.lines(status, width))


VERB = Verb(
    "status",
    "show what the store has, what is missing and why, and how the last runs went",
    "Shows what the store has: stories, outcomes, gaps, failures with their reasons, the last runs.",
    "solidot status --sids failed | solidot crawl story -a sids=@-",
    declare,
    run,
    LOOK,
)
