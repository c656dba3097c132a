"""``solidot copy``: copies the store into another one, between SQLite and PostgreSQL too, and checks the copy."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, HELD, OK, TROUBLE, USAGE
from solidot_spider.commands.stop import Stop
from solidot_spider.commands.verb import Verb, add_settings, store_options

if TYPE_CHECKING:
    from solidot_spider.base.options import Options
    from solidot_spider.store.copy.table_copy import Copied
    from solidot_spider.store.store import Store


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "--to",
        required=True,
        metavar="URL",
        help="postgresql://user@host/database, a directory, or a file.db: empty, or an earlier copy",
    )
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Copy the store; the exit status."""
    from solidot_spider.store.copy.address import CopyError
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.lock.errors import LockedError, LostLockError

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stop = Stop()
    try:
        lines = _copied(store_options(arguments), arguments.to, stop)
    except CopyError as error:
        return refuse(str(error), USAGE)
    except (LockedError, LostLockError) as error:
        return refuse(str(error), HELD)
    except (StoreError, KeyboardInterrupt) as error:
        if isinstance(error, KeyboardInterrupt) or stop.is_wanted:
            return refuse("interrupted; run the same line again: it goes on", TROUBLE)
        return refuse(str(error), CANNOT_WRITE)
    for line in lines:
        Console().print(line)
    return OK


def _copied(chosen: Options, address: str, stop: Stop) -> list[str]:
    from tqdm import tqdm

    from solidot_spider.base import clock
    from solidot_spider.store.copy import copying, target
    from solidot_spider.store.store import Store

    is_shown = sys.stderr is not None and sys.stderr.isatty()
    name = f"copy-{clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}"
    with (
        Store.opened(chosen) as source,
        target.opened(address, chosen) as made,
        target.held(source, made, name),
        tqdm(
            total=copying.row_count(source) if is_shown else None,
            desc="copy",
            unit=" rows",
            leave=False,
            dynamic_ncols=True,
            disable=not is_shown,
        ) as bar,
    ):
        stop.listen()

        def passed(count: int) -> None:
            stop.check()
            bar.update(count)

        return _told(source, made, copying.copy(source, made, passed))


def _told(source: Store, made: Store, done: list[Copied]) -> list[str]:
    width = max(len(each.table) for each in done)
    lines = [f"{source.where} → {made.where}"]
    for each in done:
        what = f"{each.digest.rows:,} rows, {each.written:,} written, {each.dropped:,} dropped"
        lines.append(f"  {each.table:<{width}}  {what}, sha256 {each.digest.sha256[:12]}")
    return [*lines, "read again: each table has the rows of the source"]


VERB = Verb(
    "copy",
    "copy the store into another one, between SQLite and PostgreSQL too, and check the copy",
    "Copies the whole store as it is at one moment, out of SQLite or PostgreSQL into a new store of either kind, or "
    "into an earlier copy, which is brought up to date. A copy that was killed goes on when the same line is run "
    "again; until then it is no store. At the end all of it is read again, and has to be the same.",
    "solidot copy --to postgresql://solidot@db/solidot\n"
    "solidot copy --to backup/\n"
    "solidot copy --to data/ -s SOLIDOT_DATABASE_URL=postgresql://solidot@db/solidot",
    declare,
    run,
)
