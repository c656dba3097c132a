"""``solidot export``: writes stories of the store into a file, a directory, or standard output."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE, USAGE
from solidot_spider.commands import export_arguments
from solidot_spider.commands.verb import Verb, add_settings, store_options

if TYPE_CHECKING:
    from solidot_spider.export.target import Target

STANDARD_OUTPUT = "-"


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "out",
        nargs="?",
        metavar="OUT",
        help="a file, whose name says its form: .jsonl, .csv, .parquet, .db, packed with .gz or .zst behind it; a "
        "directory; - for JSON Lines on standard output",
    )
    parser.add_argument("--stdout", action="store_true", help="the same as - for OUT")
    parser.add_argument(
        "--format",
        metavar="FORMS",
        help="a directory's forms, with commas: jsonl, csv, parquet, sqlite, markdown, packed as csv.gz "
        "(default: jsonl.zst,parquet)",
    )
    parser.add_argument("--split", choices=("year", "month"), default="", help="a directory's file for each")
    parser.add_argument("--bom", action="store_true", help="begin CSV with a byte order mark, for spreadsheets")
    parser.add_argument(
        "--force", action="store_true", help="let a result without stories, or a delta, replace a whole one"
    )
    parser.add_argument("--check", type=Path, metavar="DIR", help="write nothing: see whether DIR is as it was made")
    export_arguments.declare(parser)
    export_arguments.declare_deltas(parser)
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export; the exit status."""
    from solidot_spider.base.sids import ArgumentError
    from solidot_spider.export.errors import ExportError
    from solidot_spider.store.errors import StoreError

    name = arguments.check or arguments.out or STANDARD_OUTPUT
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _check(arguments) if arguments.check else _export(arguments)
    except (ExportError, ArgumentError) as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    except OSError as error:
        return refuse(f"{name}: {error.strerror or error}", CANNOT_WRITE)
    except KeyboardInterrupt:
        return refuse(f"interrupted; {name} is as it was", TROUBLE)


def _export(arguments: argparse.Namespace) -> int:
    from solidot_spider.export import contents, outputs
    from solidot_spider.export.errors import ExportError
    from solidot_spider.export.target import Target

    out: str | None = arguments.out
    if (out is None) is not arguments.stdout:
        raise ExportError("give OUT, the file or directory to write, or --stdout, and not both")
    _refuse_mixtures(arguments)
    formats = outputs.of_formats(arguments.format) if arguments.format is not None else ()
    if out is None or out == STANDARD_OUTPUT:
        if formats or arguments.split or arguments.bom or arguments.also:
            raise ExportError("standard output takes JSON Lines only: leave --format, --split, --bom and --with out")
        return _stream(arguments)
    target = Target.of(out, formats, arguments.split, bom=arguments.bom)
    if arguments.to and not (formats or arguments.split):
        target = target.like(contents.descriptor(arguments.to) or {"resources": ()})
    Console().print(f"{out}: {_written(arguments, target)}")
    return OK


def check(arguments: argparse.Namespace) -> None:
    """Refuse what an export into a file or a directory would refuse before it reads the store.

    Raises:
        ArgumentError: a value is wrong.
        ExportError: a value is wrong, or two do not go together.
    """
    from solidot_spider.export import outputs
    from solidot_spider.export.target import Target

    _refuse_mixtures(arguments)
    formats = outputs.of_formats(arguments.format) if arguments.format is not None else ()
    Target.of(arguments.out, formats, arguments.split, bom=arguments.bom)
    export_arguments.selection(arguments)


def _refuse_mixtures(arguments: argparse.Namespace) -> None:
    from solidot_spider.export.errors import ExportError

    if bool(arguments.apply) is not bool(arguments.to):
        raise ExportError("--apply DELTA... and --to OLD go together: the deltas, and the dataset that they begin with")
    if arguments.changed_since is not None and arguments.also:
        raise ExportError("--changed-since has no table of revisions: leave --with out")
    if arguments.apply and (arguments.changed_since is not None or export_arguments.is_selection(arguments)):
        raise ExportError("--apply takes the stories and fields of its files: leave the options that select some out")


def _stream(arguments: argparse.Namespace) -> int:
    from solidot_spider.export import dataset

    if arguments.apply:
        dataset.stream_applied(arguments.apply, arguments.to)
    else:
        dataset.stream(store_options(arguments), export_arguments.selection(arguments), arguments.changed_since)
    return OK


def _written(arguments: argparse.Namespace, target: Target) -> str:
    """Write; what was written, for a person."""
    from solidot_spider.export import dataset

    force: bool = arguments.force
    if arguments.apply:
        return f"{dataset.apply(arguments.apply, arguments.to, target, force=force):,} stories"
    selection = export_arguments.selection(arguments)
    if arguments.changed_since is None:
        return f"{dataset.export(store_options(arguments), target, selection, force=force):,} stories"
    return dataset.export_delta(store_options(arguments), target, arguments.changed_since, selection, force=force).told


def _check(arguments: argparse.Namespace) -> int:
    from solidot_spider.export.description import check
    from solidot_spider.export.errors import ExportError

    if arguments.out is not None or arguments.stdout:
        raise ExportError("--check writes nothing: leave OUT and --stdout out")
    found = check.check(arguments.check)
    console = Console()
    for fault in found.faults:
        console.print(fault)
    if found.faults:
        return refuse(f"{arguments.check} is not as it was made: {len(found.faults):,} faults", TROUBLE)
    console.print(f"{arguments.check}: {found.files:,} files, {found.stories:,} stories, as they were made")
    return OK


VERB = Verb(
    "export",
    "write stories of the store into a file, a directory, or standard output",
    "Writes every story once, sorted by sid. A file is written aside and renamed, a directory built aside and "
    "exchanged; while the store does not change, they have the same bytes each time.",
    "solidot export stories.jsonl",
    declare,
    run,
)
