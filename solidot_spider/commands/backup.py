"""``solidot backup``: copies the store into one file, while a crawl may write to it."""

from __future__ import annotations

import argparse
from pathlib import Path

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, USAGE
from solidot_spider.commands.verb import Verb, add_settings, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("out", type=Path, metavar="FILE", help="the copy")
    parser.add_argument("--force", action="store_true", help="let a store without stories replace a file")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Copy the store; the exit status."""
    from solidot_spider.store import backup
    from solidot_spider.store.errors import StoreError

    try:
        count = backup.backup(store_options(arguments), arguments.out, force=arguments.force)
    except backup.BackupError as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    except OSError as error:
        return refuse(f"{arguments.out}: {error.strerror}", CANNOT_WRITE)
    Console().print(f"{arguments.out}: {count:,} stories; to use it: SOLIDOT_DATA_DIR/solidot.db")
    return OK


VERB = Verb(
    "backup",
    "copy the store into one file, while a crawl may write to it",
    "Copies the store (SQLite) as it is at one moment, by SQLite's own backup, and checks the copy; `cp` would miss "
    "the last commits, or half of one. The copy is written aside and renamed.",
    "solidot backup solidot-backup.db",
    declare,
    run,
)
