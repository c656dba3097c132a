"""Writes the selected stories of the store into one file, which is replaced whole or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, nullcontext
from io import BytesIO
from itertools import chain
from pathlib import Path

from solidot_spider.base.files import replacing
from solidot_spider.export import part_directory, progress, table
from solidot_spider.export.errors import ExportError
from solidot_spider.export.outputs import Output
from solidot_spider.export.selection import Selection
from solidot_spider.store.queries import Snapshot


def export(view: Snapshot, out: Path, output: Output, selection: Selection, *, force: bool = False) -> int:
    """Write the selected stories into a file, in place of an old one; how many there are.

    Args:
        view: the store.
        out: the file.
        output: its form and packing.
        selection: the stories and their fields.
        force: let a file without stories replace one that has some.

    Raises:
        ExportError: a file without stories would replace a full one, or a library is not installed.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    with closing(progress.shown(view, selection, out.name)) as records:
        first = next(records, None)
        if first is None and not force and _is_full(out, output, selection):
            raise ExportError(f"{out} is as it was: there is no story to write; --force would replace it with nothing")
        rows = table.Counted(chain(() if first is None else (first,), records))
        with _room(out, output) as room, replacing(out) as file:
            output.write(file, table.stories(selection, rows), room)
        return rows.count


def _room(out: Path, output: Output) -> AbstractContextManager[Path]:
    return part_directory.scratch(out) if output.form.needs_room else nullcontext(out.parent)


def _is_full(out: Path, output: Output, selection: Selection) -> bool:
    """Whether a file holds something that an export without stories would not write."""
    if not out.is_file() or not out.stat().st_size:
        return False
    empty = BytesIO()
    with _room(out, output) as room:
        output.write(empty, table.stories(selection, ()), room)
    return out.stat().st_size != len(empty.getbuffer()) or out.read_bytes() != empty.getvalue()
