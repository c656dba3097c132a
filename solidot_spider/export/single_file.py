"""Writes stories into one file, which is replaced whole or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, nullcontext
from io import BytesIO
from itertools import chain
from pathlib import Path

from solidot_spider.base.files import replacing
from solidot_spider.export import part_directory, progress
from solidot_spider.export.deltas.changes import with_removed
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms import table
from solidot_spider.export.outputs import JSONL, Output
from solidot_spider.export.source import Source


def export(source: Source, out: Path, output: Output, *, force: bool = False) -> int:
    """Write stories into a file, in place of an old one; how many there are.

    JSON Lines name those that a delta removes, too.

    Args:
        source: the stories.
        out: the file.
        output: its form and packing.
        force: let a file without stories replace one that has some.

    Raises:
        ExportError: a file without stories would replace a full one, or a library is not installed.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    with closing(progress.shown(source, out.name)) as shown:
        records = with_removed(source, shown) if output.form is JSONL else shown
        first = next(records, None)
        if first is None and not force and _is_full(out, output, source.fields):
            raise ExportError(f"{out} is as it was: there is no story to write; --force would replace it with nothing")
        rows = table.Counted(chain(() if first is None else (first,), records))
        with _room(out, output) as room, replacing(out) as file:
            output.write(file, table.stories(source.fields, rows), room)
        return rows.count


def _room(out: Path, output: Output) -> AbstractContextManager[Path]:
    return part_directory.scratch(out) if output.form.needs_room else nullcontext(out.parent)


def _is_full(out: Path, output: Output, fields: tuple[str, ...]) -> bool:
    """Whether a file holds something that an export without stories would not write."""
    if not out.is_file() or not out.stat().st_size:
        return False
    empty = BytesIO()
    with _room(out, output) as room:
        output.write(empty, table.stories(fields, ()), room)
    return out.stat().st_size != len(empty.getbuffer()) or out.read_bytes() != empty.getvalue()
