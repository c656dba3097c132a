"""``solidot export``: writes every story of the store into one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, USAGE
from solidot_spider.commands.verb import Verb, add_settings, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("out", type=Path, metavar="OUT.jsonl", help="the file")
    parser.add_argument("--force", action="store_true", help="let a store without stories replace a file that has some")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export; the exit status."""
    from solidot_spider.export import dataset
    from solidot_spider.store.errors import StoreError

    try:
        count = dataset.export(store_options(arguments), arguments.out, force=arguments.force)
    except dataset.ExportError as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    except OSError as error:
        return refuse(f"{arguments.out}: {error.strerror}", CANNOT_WRITE)
    Console().print(f"{arguments.out}: {count:,} stories")
    return OK


VERB = Verb(
    "export",
    "write every story of the store into one file",
    "Writes every story once, sorted by sid, as JSON Lines. The file is written aside and renamed; while the store "
    "does not change, it has the same bytes each time.",
    "solidot export stories.jsonl",
    declare,
    run,
)
