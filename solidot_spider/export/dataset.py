"""Makes files of the store: one file, a directory, or standard output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from solidot_spider.base.devices import is_file
from solidot_spider.base.options import Options
from solidot_spider.export import directory, outputs, single_file
from solidot_spider.export import stream as standard_output
from solidot_spider.export.errors import ExportError
from solidot_spider.export.facts import facts
from solidot_spider.export.outputs import CSV, JSONL, MARKDOWN, Output
from solidot_spider.export.selection import Selection
from solidot_spider.store.store import Store

ALL = Selection()
"""Every story, with all its fields."""


_WITH = "give a directory with --format jsonl, csv, parquet or sqlite, or leave --with revisions out"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export goes, and in which forms.

    Attributes:
        out: a file, or a directory.
        outputs: the form of the file, or those of a directory's files.
        is_directory: whether it is a directory.
        split: ``year`` or ``month``: a directory has a file for each; empty: one file.
    """

    out: Path
    outputs: tuple[Output, ...]
    is_directory: bool
    split: str = ""

    @classmethod
    def of(cls, out: str, formats: Sequence[Output] = (), split: str = "", *, bom: bool = False) -> Target:
        """What the words of a command line mean.

        Args:
            out: a name; one that ends in ``/`` or has no suffix, and an existing directory, mean a directory.
            formats: the forms of a directory; empty: the default ones.
            split: as the attribute.
            bom: let CSV begin with a byte order mark.

        Raises:
            ExportError: they contradict one another, or no form has this name.
        """
        path = Path(out)
        if not path.is_dir() and not is_file(path):  # a device's or a pipe's name says no form
            return cls(path, (Output(JSONL),), is_directory=False)
        is_directory = out.endswith("/") or (path.is_dir() and not _is_file_name(path)) or bool(formats)
        named = outputs.of_file(path) if path.suffix in MARKDOWN.suffixes or not is_directory else None
        if formats and not out.endswith("/") and _is_file_name(path):
            raise ExportError(f"{out} is the name of one file; --format goes with a directory: {path.stem}/")
        if named and named.form is not MARKDOWN and path.is_dir():
            raise ExportError(
                f"{out} is the name of one file, and there is a directory; put a / behind it to mean that"
            )
        is_directory = named is None or named.form is MARKDOWN
        if split and not is_directory:
            raise ExportError(f"{out} is the name of one file; --split goes with a directory: {path.stem}/")
        made = tuple(formats) or ((named,) if named else outputs.DEFAULT)
        if bom and not any(each.form is CSV for each in made):
            raise ExportError(f"--bom is for CSV; {out} has none")
        return cls(path, tuple(map(outputs.with_bom, made)) if bom else made, is_directory, split)


def export(chosen: Options, out: Path | Target, selection: Selection = ALL, *, force: bool = False) -> int:
    """Write the selected stories, in place of what was there; how many there are.

    Args:
        chosen: the program's options, which name the store.
        out: where; the name of a path says the form and the packing.
        selection: the stories and their fields.
        force: let a result without stories replace one that has some.

    Raises:
        ExportError: the name is no form's, what is there must not be replaced, or a library is not installed.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    target = out if isinstance(out, Target) else Target.of(str(out))
    if selection.revisions and all(each.form is MARKDOWN for each in target.outputs if target.is_directory):
        raise ExportError(f"{out}: a table of revisions is a file of a directory, and no document; {_WITH}")
    with Store.opened(chosen) as store, store.snapshot() as view:
        if target.is_directory:
            about = facts(view, selection)
            return directory.export(view, target.out, target.outputs, selection, about, split=target.split, force=force)
        return single_file.export(view, target.out, target.outputs[0], selection, force=force)


def _is_file_name(path: Path) -> bool:
    return any(each in path.suffixes[-2:] for form in outputs.FILE_FORMS for each in form.suffixes)


def stream(chosen: Options, selection: Selection = ALL) -> None:
    """Write the selected stories to standard output as JSON Lines, and end quietly when nobody reads on.

    Raises:
        StoreError: the store cannot be read.
        OSError: standard output cannot be written.
    """
    with Store.opened(chosen) as store, store.snapshot() as view:
        standard_output.export(view, selection)
