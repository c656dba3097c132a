"""Writes stories into a directory of files with a descriptor, which is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from solidot_spider.export import columns, contents, descriptor, markdown, part_directory, progress, table
from solidot_spider.export.changes import REMOVED, REMOVED_FILE, removed_lines
from solidot_spider.export.columns import CHANGE
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.descriptor import Part
from solidot_spider.export.errors import ExportError
from solidot_spider.export.outputs import JSONL, MARKDOWN, Output
from solidot_spider.export.selection import COMMENTS, KEY, PERIODS
from solidot_spider.export.source import Source, is_empty
from solidot_spider.export.table import Counted, Table

STRANGERS_SHOWN = 3


def export(  # noqa: PLR0913 - what an export is made of
    source: Source,
    out: Path,
    outputs: Sequence[Output],
    about: Mapping[str, Any],
    *,
    split: str = "",
    force: bool = False,
) -> int:
    """Write stories into a directory, in place of an old one; how many there are.

    Args:
        source: the stories.
        out: the directory.
        outputs: the forms and packings of its files.
        about: what else the descriptor says of them.
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
    if not force and _stories_of(out) and is_empty(source):
        raise ExportError(f"{out} is as it was: there is no story to write; --force would replace it with nothing")
    with part_directory.replacing(out) as new:
        writer = _Writer(source, new, split, is_document_root=out.suffix in MARKDOWN.suffixes)
        parts = [part for output in outputs for part in writer.parts(output)]
        if source.removed:
            parts.append(writer.removed())
        descriptor.write(new, parts, source.fields, about)
        return writer.stories


class _Writer:
    """Writes the files of one export into a new directory."""

    def __init__(self, source: Source, new: Path, split: str, *, is_document_root: bool) -> None:
        self.stories = 0
        self._source = source
        self._new = new
        self._split = split
        self._documents = "" if is_document_root else "markdown/"

    def parts(self, output: Output) -> Iterator[Part]:
        """Write the files of a form."""
        made = list(self._parts(output))
        self.stories = max(self.stories, sum(each.rows for each in made if each.table == "stories"))
        yield from made

    def removed(self) -> Part:
        """Write the stories that a delta removes."""
        rows = removed_lines(self._source.removed)
        return self._written(REMOVED_FILE, Output(JSONL), Table(REMOVED, columns.of_stories((KEY, CHANGE)), rows))

    def _parts(self, output: Output) -> Iterator[Part]:
        if output.form is MARKDOWN:
            yield self._write_documents(output)
            return
        fields = self._source.fields
        has_comments = output.form.parts_comments and COMMENTS in fields
        plain = tuple(each for each in fields if each != COMMENTS) if has_comments else fields
        for period in self._source.periods(self._split) if self._split else ("",):
            if period and is_empty(self._source, period):
                continue
            yield self._write(output, "stories", plain, period)
            if has_comments:
                yield self._write(output, COMMENTS, fields, period)

    def _write(self, output: Output, name: str, fields: tuple[str, ...], period: str) -> Part:
        path = f"{name}{'-' * bool(period)}{period}{output.suffix}"
        with closing(progress.shown(self._source, path, fields, period)) as records:
            made = table.stories(fields, records) if name == "stories" else table.comments(records)
            return self._written(path, output, made)

    def _written(self, path: str, output: Output, made: Table) -> Part:
        rows = Counted(made.rows)
        with (self._new / path).open("xb") as file:
            output.write(file, made._replace(rows=rows), self._new)
        return Part(path, output, made.name, rows.count, made.columns)

    def _write_documents(self, output: Output) -> Part:
        directory = self._new / self._documents
        directory.mkdir(exist_ok=True)
        with closing(progress.shown(self._source, output.name)) as records:
            count = markdown.write(records, directory, PERIODS[self._split or "year"])
        return Part(f"{self._documents}{CHECKSUMS}", output, "stories", count, columns.of_stories(self._source.fields))


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
