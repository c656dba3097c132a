"""Writes the selected stories into a directory of files with a descriptor, which is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from solidot_spider.export import columns, contents, descriptor, markdown, part_directory, progress, revisions, table
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.errors import ExportError
from solidot_spider.export.outputs import MARKDOWN, Output
from solidot_spider.export.profile import Profile
from solidot_spider.export.resources import Part
from solidot_spider.export.selection import COMMENTS, PERIODS, Selection
from solidot_spider.export.table import Counted, Table
from solidot_spider.store.queries import Snapshot

STRANGERS_SHOWN = 3


def export(  # noqa: PLR0913 - what an export is made of
    view: Snapshot,
    out: Path,
    outputs: Sequence[Output],
    selection: Selection,
    about: Mapping[str, Any],
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
        about: what only the store knows of them, for the descriptor.
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
        writer = _Writer(view, new, selection, split, is_document_root=out.suffix in MARKDOWN.suffixes)
        parts = [part for output in outputs for part in writer.parts(output)]
        if not writer.profile.is_complete:
            writer.profile.read(selection.records(view))
        if selection.revisions:
            writer.profile.revisions = sum(1 for _ in revisions.rows(view, selection))
        descriptor.write(new, parts, writer.profile, about)
        return writer.profile.stories


class _Writer:
    """Writes the files of one export into a new directory.

    Attributes:
        profile: what the records hold, once all have passed whole and in their order.
    """

    def __init__(self, view: Snapshot, new: Path, selection: Selection, split: str, *, is_document_root: bool) -> None:
        self.profile = Profile(selection.fields)
        self._view = view
        self._new = new
        self._selection = selection
        self._split = split
        self._documents = "" if is_document_root else "markdown/"

    def parts(self, output: Output) -> Iterator[Part]:
        """Write the files of a form."""
        if output.form is MARKDOWN:
            yield self._write_documents(output)
            return
        yield from self._write_stories(output)
        if self._selection.revisions and not output.form.holds_all:
            yield self._write(output, revisions.table(self._view, self._selection))

    def _write_stories(self, output: Output) -> Iterator[Part]:
        selection = self._selection
        for each in selection.split(self._view, self._split) if self._split else (selection,):
            if each.period and _is_empty(self._view, each):
                continue
            has_comments = output.form.parts_comments and each.has(COMMENTS)
            yield self._write_table(output, each.without(COMMENTS) if has_comments else each, "stories")
            if has_comments:
                yield self._write_table(output, each, COMMENTS)

    def _write_table(self, output: Output, selection: Selection, name: str) -> Part:
        path = f"{name}{'-' * bool(selection.period)}{selection.period}{output.suffix}"
        with closing(progress.shown(self._view, selection, path)) as records:
            if name == COMMENTS:
                return self._write(output, table.comments(records), path)
            is_whole = selection == self._selection and not self.profile.stories
            made = table.stories(selection, self.profile.passing(records) if is_whole else records)
            if selection.revisions and output.form.holds_all:
                made = made._replace(beside=(revisions.table(self._view, selection),))
            return self._write(output, made, path)

    def _write(self, output: Output, made: Table, path: str = "") -> Part:
        path = path or f"{made.name}{output.suffix}"
        rows = Counted(made.rows)
        with (self._new / path).open("xb") as file:
            output.write(file, made._replace(rows=rows), self._new)
        return Part(path, output, made.name, rows.count, made.columns, rows.size, rows.sids)

    def _write_documents(self, output: Output) -> Part:
        directory = self._new / self._documents
        directory.mkdir(exist_ok=True)
        with closing(progress.shown(self._view, self._selection, output.name)) as records:
            rows = Counted(records)
            markdown.write(rows, directory, PERIODS[self._split or "year"])
        made = columns.of_stories(self._selection.fields)
        return Part(f"{self._documents}{CHECKSUMS}", output, "stories", rows.count, made, rows.size, rows.sids)


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
