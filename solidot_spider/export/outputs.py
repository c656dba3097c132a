"""Knows the forms of files and their packings by the names that people give: ``stories.csv.gz``, ``parquet``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms import csv_table, json_lines, parquet, sqlite
from solidot_spider.export.forms.packing import GZIP, PACKINGS, ZSTANDARD, packed
from solidot_spider.export.forms.table import Table

Write = Callable[[Table, IO[bytes], Path], None]
"""Writes a table into a file; the path is a directory for what it needs meanwhile."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of files.

    Attributes:
        name: its name for ``--format``.
        suffixes: those of its files; the first is the one that a directory's files get.
        write: writes a table into a file; None for a directory of documents, and for pages.
        packings: how its files may be packed.
        needs_room: whether it needs a directory for as much as it writes, and more.
        parts_comments: whether a directory gives the comments a file of their own.
        holds_all: whether one file of it holds all tables.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Write | None
    packings: tuple[str, ...] = PACKINGS
    needs_room: bool = False
    parts_comments: bool = False
    holds_all: bool = False


JSONL = Form("jsonl", (".jsonl", ".jl", ".ndjson"), json_lines.write)
CSV = Form("csv", (".csv",), csv_table.write, parts_comments=True)
PARQUET = Form("parquet", (".parquet",), parquet.write, packings=(), needs_room=True, parts_comments=True)
WARC = Form("warc", (".warc",), None, packings=(GZIP,))
"""Pages, not records: they come from the store alone."""
PAGES = "pages"
"""The table that a file of pages is, and its name in a directory."""
FILE_FORMS = (
    JSONL,
    CSV,
    PARQUET,
    Form("sqlite", (".db", ".sqlite", ".sqlite3"), sqlite.write, needs_room=True, holds_all=True),
    WARC,
)
MARKDOWN = Form("markdown", (".md",), None, packings=())
FORMS = (*FILE_FORMS[:-1], MARKDOWN, WARC)


@dataclass(frozen=True, slots=True)
class Output:
    """A form and its packing (``.gz``, ``.zst`` or empty)."""

    form: Form
    packing: str = ""

    @property
    def name(self) -> str:
        """As ``--format`` takes it."""
        return f"{self.form.name}{self.packing}"

    @property
    def suffix(self) -> str:
        """The suffix of a directory's files."""
        return f"{self.form.suffixes[0]}{self.packing}"

    def write(self, file: IO[bytes], table: Table, beside: Path) -> None:
        """Write a table into a file, packed.

        Args:
            file: the file; it stays open.
            table: the table.
            beside: a directory for what the form needs meanwhile.

        Raises:
            ExportError: the form needs a library that is not installed.
            OSError: the file cannot be written.
        """
        assert self.form.write, self.name
        with packed(file, self.packing) as inner:
            self.form.write(table, inner, beside)


DEFAULT = (Output(JSONL, ZSTANDARD), Output(PARQUET))
"""What a directory holds if nothing is said."""

_BY_SUFFIX: Mapping[str, Form] = {suffix: form for form in FORMS for suffix in form.suffixes}
_BY_NAME: Mapping[str, Form] = {form.name: form for form in FORMS}


def of_file(path: Path) -> Output | None:
    """The output that a file's name stands for; None if the name has no suffix.

    Raises:
        ExportError: no form has the suffix.
    """
    *_, form, packing = ["", "", *path.suffixes] if path.suffix in PACKINGS else ["", *path.suffixes, ""]
    if not form and not packing and not path.name.startswith("."):
        return None
    if form not in _BY_SUFFIX:
        known = ", ".join(_BY_SUFFIX)
        raise ExportError(
            f"{path}: no form of files has this name; give one that ends in {known}, with {' or '.join(PACKINGS)} "
            "behind it for a packed file, or a directory"
        )
    return _output(_BY_SUFFIX[form], packing, str(path))


def with_bom(output: Output) -> Output:
    """The same, its CSV with a byte order mark; other forms as they are."""
    return replace(output, form=replace(CSV, write=csv_table.write_with_bom)) if output.form is CSV else output


def of_formats(text: str) -> tuple[Output, ...]:
    """The outputs of ``--format``: names with commas, each once.

    Raises:
        ExportError: a name is wrong.
    """
    return tuple(dict.fromkeys(_of_format(each.strip()) for each in text.split(",")))


def _of_format(text: str) -> Output:
    name, dot, packing = text.partition(".")
    if name not in _BY_NAME or dot + packing not in ("", *PACKINGS):
        raise ExportError(
            f"--format {text}: no form of files; give {', '.join(_BY_NAME)}, with {' or '.join(PACKINGS)} behind it "
            "for packed files, several with commas"
        )
    default = GZIP if name == WARC.name else ""  # as everybody keeps it
    return _output(_BY_NAME[name], dot + packing or default, f"--format {text}")


def _output(form: Form, packing: str, given: str) -> Output:
    if packing and packing not in form.packings:
        how = f"packed by {' or '.join(form.packings)} only" if form.packings else "not packed"
        raise ExportError(f"{given}: {form.name} is {how}; leave {packing} out")
    return Output(form, packing)
