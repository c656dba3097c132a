"""``solidot status``: shows what the store has, what is missing and why, and how the last runs went."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import timedelta

from solidot_spider.base import durations
from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import CANNOT_WRITE, KINDS, OK, USAGE
from solidot_spider.commands import output
from solidot_spider.commands.verb import LOOK, Verb, add_settings, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as one JSON object")
    form.add_argument("--sids", choices=KINDS, metavar="KIND", help=f"only the ids that are {', '.join(KINDS)}")
    form.add_argument("--check", action="store_true", help="one line and an exit status, for monitoring")
    parser.add_argument("--max-age", type=_length, metavar="TIME", help="--check: the last good run ended so lately")
    parser.add_argument("--max-story-age", type=_length, metavar="TIME", help="--check: the newest story is so young")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the status; the exit status."""
    from solidot_spider.store.errors import StoreError

    if not arguments.check and (arguments.max_age or arguments.max_story_age):
        return refuse("--max-age and --max-story-age are for --check: give it, too", USAGE)
    try:
        lines, status = _told(arguments)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    return output.json_lines(lines) if arguments.json else output.lines(lines, status)


def _told(arguments: argparse.Namespace) -> tuple[list[str], int]:
    """The lines, and the exit status."""
    import msgspec

    from solidot_spider.base import clock
    from solidot_spider.commands import queue_lines, status_check, status_lines
    from solidot_spider.display import colours
    from solidot_spider.queue import state as queue_state
    from solidot_spider.store.status import Status
    from solidot_spider.store.store import Store

    with Store.opened(store_options(arguments)) as store:
        if arguments.sids:
            with store.snapshot() as view:
                return [str(each) for each in view.of_kind(arguments.sids).ranges], OK
        status = Status.of(store)
        with store.reading() as connection:
            queue = queue_state.of(connection)
    now = clock.now()
    if arguments.check:
        checked = status_check.check(status, now, arguments.max_age, arguments.max_story_age)
        return [checked.line], checked.status
    if arguments.json:
        told = msgspec.to_builtins(status) | ({} if queue is None else {"queue": msgspec.to_builtins(queue)})
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode().split("\n"), OK
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = list(status_lines.lines(status, now, width, colours.of()))
    return lines + ([] if queue is None else list(queue_lines.lines(queue, now, colours.of()))), OK


def _length(text: str) -> timedelta:
    try:
        return durations.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


VERB = Verb(
    "status",
    "show what the store has, what is missing and why, and how the last runs went",
    "Shows what the store has: stories, outcomes, gaps, failures with their reasons, the last runs (whether they live "
    "or were killed), and what to do next. --check is for a monitor: exit status 0 all well, 1 the last good run or "
    "the newest story is older than allowed, 3 the last run found the site changed, 4 it could not write, or the store "
    "cannot be read.",
    "solidot status\n"
    "solidot status --sids failed | solidot crawl story -a sids=@-\n"
    "solidot status --check --max-age 3h",
    declare,
    run,
    LOOK,
)
