"""Makes files of the store: one file, or standard output."""

from __future__ import annotations

from pathlib import Path

from solidot_spider.base.options import Options
from solidot_spider.export import outputs, single_file
from solidot_spider.export import stream as standard_output
from solidot_spider.export.errors import ExportError
from solidot_spider.export.selection import Selection
from solidot_spider.store.store import Store

ALL = Selection()
"""Every story, with all its fields."""


def export(chosen: Options, out: Path, selection: Selection = ALL, *, force: bool = False) -> int:
    """Write the selected stories into a file, in place of an old one; how many there are.

    Args:
        chosen: the program's options, which name the store.
        out: the file; its name says the form and the packing.
        selection: the stories and their fields.
        force: let a file without stories replace one that has some.

    Raises:
        ExportError: the name is no form's, a file without stories would replace a full one, or a library is missing.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    output = outputs.of_file(out)
    if output is None:
        raise ExportError(f"{out}: no form of files; give a name that ends in .jsonl, .csv or .parquet")
    with Store.opened(chosen) as store, store.snapshot() as view:
        return single_file.export(view, out, output, selection, force=force)


def stream(chosen: Options, selection: Selection = ALL) -> None:
    """Write the selected stories to standard output as JSON Lines, and end quietly when nobody reads on.

    Raises:
        StoreError: the store cannot be read.
        OSError: standard output cannot be written.
    """
    with Store.opened(chosen) as store, store.snapshot() as view:
        standard_output.export(view, selection)
