"""Writes stories into a directory of files with a descriptor, which is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from solidot_spider.export import contents, pages_file, part_directory, progress, revisions
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.deltas.changes import REMOVED, REMOVED_FILE, removed_lines
from solidot_spider.export.description import descriptor
from solidot_spider.export.description.profile import Profile
from solidot_spider.export.description.resources import Part
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms import columns, markdown, table
from solidot_spider.export.forms.columns import CHANGE
from solidot_spider.export.forms.table import Counted, Table
from solidot_spider.export.outputs import JSONL, MARKDOWN, PAGES, WARC, Output
from solidot_spider.export.pages_file import Pages
from solidot_spider.export.selection import COMMENTS, KEY, PERIODS
from solidot_spider.export.source import Source, is_empty

STRANGERS_SHOWN = 3

Edits = Callable[[str], Iterable[bytes]]
"""Gives the rows of the table of edits, of stories of a period; of all if it is empty."""


def export(  # noqa: PLR0913 - what an export is made of
    source: Source,
    out: Path,
    outputs: Sequence[Output],
    about: Mapping[str, Any],
    beside: Beside,
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
        beside: what the store has beside the stories.
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
        writer = _Writer(source, new, split, beside, is_document_root=out.suffix in MARKDOWN.suffixes)
        parts = [part for output in outputs for part in writer.parts(output)]
        if source.removed:
            parts.append(writer.removed())
        descriptor.write(new, parts, writer.told(), about)
        return writer.profile.stories


class Beside(NamedTuple):
    """What the store has beside the stories, for tables and files of their own; None for what is not wanted."""

    edits: Edits | None = None
    pages: Pages | None = None


class _Writer:
    """Writes the files of one export into a new directory.

    Attributes:
        profile: what the records hold.
    """

    def __init__(self, source: Source, new: Path, split: str, beside: Beside, *, is_document_root: bool) -> None:
        self.profile = Profile(source.fields)
        self._source = source
        self._edits, self._pages = beside
        self._new = new
        self._split = split
        self._documents = "" if is_document_root else "markdown/"

    def parts(self, output: Output) -> Iterator[Part]:
        """Write the files of a form."""
        if output.form is MARKDOWN:
            yield self._write_documents(output)
            return
        if output.form is WARC:
            yield from self._write_pages(output)
            return
        yield from self._tables(output)
        if self._edits and not output.form.holds_all:
            yield self._written(f"{revisions.REVISIONS}{output.suffix}", output, revisions.table(self._edits("")))

    def told(self) -> Profile:
        """The profile; where no form read all records whole and in their order, they are read now."""
        if not self.profile.is_complete:
            self.profile.read(self._source.lines(self._source.fields))
        if self._edits:
            self.profile.revisions = sum(1 for _ in self._edits(""))
        return self.profile

    def removed(self) -> Part:
        """Write the stories that a delta removes."""
        rows = removed_lines(self._source.removed)
        return self._written(REMOVED_FILE, Output(JSONL), Table(REMOVED, columns.of_stories((KEY, CHANGE)), rows))

    def _tables(self, output: Output) -> Iterator[Part]:
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
            if name == COMMENTS:
                return self._written(path, output, table.comments(records))
            is_whole = fields == self._source.fields and not period and not self.profile.stories
            made = table.stories(fields, self.profile.passing(records) if is_whole else records)
            if self._edits and output.form.holds_all:
                made = made._replace(beside=(revisions.table(self._edits(period)),))
            return self._written(path, output, made)

    def _written(self, path: str, output: Output, made: Table) -> Part:
        rows = Counted(made.rows)
        with (self._new / path).open("xb") as file:
            output.write(file, made._replace(rows=rows), self._new)
        return Part(path, output, made.name, rows.count, made.columns, rows.size, rows.sids)

    def _write_pages(self, output: Output) -> Iterator[Part]:
        assert self._pages, "who exports pages has a store"
        for period in self._source.periods(self._split) if self._split else ("",):
            path = f"{PAGES}{'-' * bool(period)}{period}{output.suffix}"
            with closing(self._pages(period)) as pages:
                written = pages_file.write(pages, self._new, path, output)
            yield Part(path, output, PAGES, written.count, (), written.size, written.sids)

    def _write_documents(self, output: Output) -> Part:
        directory = self._new / self._documents
        directory.mkdir(exist_ok=True)
        with closing(progress.shown(self._source, output.name)) as records:
            rows = Counted(records)
            markdown.write(rows, directory, PERIODS[self._split or "year"])
        made = columns.of_stories(self._source.fields)
        return Part(f"{self._documents}{CHECKSUMS}", output, "stories", rows.count, made, rows.size, rows.sids)


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
