"""Writes the selected stories into a directory of files with a descriptor, which is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from solidot_spider.export import columns, contents, descriptor, markdown, part_directory, progress, table
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.descriptor import Part
from solidot_spider.export.errors import ExportError
from solidot_spider.export.outputs import MARKDOWN, Output
from solidot_spider.export.selection import COMMENTS, PERIODS, Selection
from solidot_spider.export.table import Counted, Table
from solidot_spider.store.queries import Snapshot

STRANGERS_SHOWN = 3


def export(  # noqa: PLR0913 - what an export is made of
    view: Snapshot,
    out: Path,
    outputs: Sequence[Output],
    selection: Selection,
    *,
    split: str = "",
    force: bool = False,
) -> int:
    """Write the selected stories into a directory, in place of an old one; how many there are.

    Args:
        view: the store.
        out: the directory.
        outputs: the forms and packings of its files.
        selection: the stories and their fields.
        split: ``year`` or ``month``: a file for each; empty: one file.
        force: let a directory without stories replace one that has some.

    Raises:
        ExportError: the directory holds files that no export made, it would lose all its stories, or a library is not
            installed.
        StoreError: the store cannot be read.
        OSError: the directory cannot be written.
    """
    part_directory.heal(out.resolve())
    _refuse_strangers(out)
    is_empty = _is_empty(view, selection)
    if is_empty and not force and _stories_of(out):
        raise ExportError(f"{out} is as it was: there is no story to write; --force would replace it with nothing")
    with part_directory.replacing(out) as new:
        writer = _Writer(view, new, split, is_document_root=out.suffix in MARKDOWN.suffixes)
        parts = [part for output in outputs for part in writer.parts(output, selection)]
        descriptor.write(new, parts, selection.fields)
        return writer.stories


class _Writer:
    """Writes the files of one export into a new directory."""

    def __init__(self, view: Snapshot, new: Path, split: str, *, is_document_root: bool) -> None:
        self.stories = 0
        self._view = view
        self._new = new
        self._split = split
        self._documents = "" if is_document_root else "markdown/"

    def parts(self, output: Output, selection: Selection) -> Iterator[Part]:
        """Write the files of a form."""
        made = list(self._parts(output, selection))
        self.stories = max(self.stories, sum(each.rows for each in made if each.table == "stories"))
        yield from made

    def _parts(self, output: Output, selection: Selection) -> Iterator[Part]:
        if output.form is MARKDOWN:
            yield self._write_documents(output, selection)
            return
        for each in selection.split(self._view, self._split) if self._split else (selection,):
            if each.period and _is_empty(self._view, each):
                continue
            has_comments = output.form.parts_comments and each.has(COMMENTS)
            yield self._write(output, each.without(COMMENTS) if has_comments else each, "stories")
            if has_comments:
                yield self._write(output, each, COMMENTS)

    def _write(self, output: Output, selection: Selection, name: str) -> Part:
        path = f"{name}{'-' * bool(selection.period)}{selection.period}{output.suffix}"
        with closing(progress.shown(self._view, selection, path)) as records:
            made = table.stories(selection, records) if name == "stories" else table.comments(records)
            rows = Counted(made.rows)
            with (self._new / path).open("xb") as file:
                output.write(file, Table(name, made.columns, rows), self._new)
        return Part(path, output, name, rows.count, made.columns)

    def _write_documents(self, output: Output, selection: Selection) -> Part:
        directory = self._new / self._documents
        directory.mkdir(exist_ok=True)
        with closing(progress.shown(self._view, selection, output.name)) as records:
            count = markdown.write(records, directory, PERIODS[self._split or "year"])
        return Part(f"{self._documents}{CHECKSUMS}", output, "stories", count, columns.of_stories(selection.fields))


def _is_empty(view: Snapshot, selection: Selection) -> bool:
    with closing(selection.records(view)) as records:
        return next(records, None) is None


def _stories_of(out: Path) -> int:
    found = contents.descriptor(out)
    return int(found["counts"]["stories"]) if found else 0


def _refuse_strangers(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file, and the export a directory; give another name, or move the file away")
    found = list(islice(contents.strangers(out), STRANGERS_SHOWN + 1))
    if found:
        more = " and others" if len(found) > STRANGERS_SHOWN else ""
        raise ExportError(
            f"{out} holds files that no export made: {', '.join(found[:STRANGERS_SHOWN])}{more}; move them away, or "
            "give another directory"
        )
