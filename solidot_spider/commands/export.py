"""``solidot export``: writes stories of the store into a file, a directory, or standard output."""

from __future__ import annotations

import argparse
from pathlib import Path

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE, USAGE
from solidot_spider.commands import export_arguments
from solidot_spider.commands.verb import Verb, add_settings, store_options

STANDARD_OUTPUT = Path("-")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "out",
        type=Path,
        nargs="?",
        metavar="OUT",
        help="a file, whose name says its form: .jsonl, .csv, .parquet, packed with .gz or .zst behind it; "
        "- for JSON Lines on standard output",
    )
    parser.add_argument("--stdout", action="store_true", help="the same as - for OUT")
    parser.add_argument("--force", action="store_true", help="let a result without stories replace one that has some")
    export_arguments.declare(parser)
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export; the exit status."""
    from solidot_spider.base.sids import ArgumentError
    from solidot_spider.export.errors import ExportError
    from solidot_spider.store.database import StoreError

    try:
        return _export(arguments)
    except (ExportError, ArgumentError) as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    except OSError as error:
        return refuse(f"{arguments.out or STANDARD_OUTPUT}: {error.strerror or error}", CANNOT_WRITE)
    except KeyboardInterrupt:
        return refuse(f"interrupted: {arguments.out or STANDARD_OUTPUT} is as it was", TROUBLE)


def _export(arguments: argparse.Namespace) -> int:
    from solidot_spider.export import dataset
    from solidot_spider.export.errors import ExportError

    out: Path | None = arguments.out
    if (out is None) is not arguments.stdout:
        raise ExportError("give OUT, the file to write, or --stdout, and not both")
    selection = export_arguments.selection(arguments)
    chosen = store_options(arguments)
    if out is None or out == STANDARD_OUTPUT:
        dataset.stream(chosen, selection)
        return OK
    count = dataset.export(chosen, out, selection, force=arguments.force)
    Console().print(f"{out}: {count:,} stories")
    return OK


VERB = Verb(
    "export",
    "write stories of the store into a file, a directory, or standard output",
    "Writes every story once, sorted by sid. A file is written aside and renamed; while the store does not change, "
    "it has the same bytes each time.",
    "solidot export stories.jsonl",
    declare,
    run,
)
