"""Reads where an export goes, and in which forms, from the words of a command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solidot_spider.base.devices import is_file
from solidot_spider.export import outputs
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms.packing import packing_of
from solidot_spider.export.outputs import CSV, JSONL, MARKDOWN, Output

_PERIOD = re.compile(r"stories-\d{4}(-\d\d)?\.")


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
        if not out.endswith("/") and _is_said_twice(path, formats):
            formats = ()
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

    def like(self, described: Mapping[str, Any]) -> Target:
        """The same place, a directory with the forms and the split of a dataset; as it is if its name says a form.

        Args:
            described: the descriptor of the dataset.
        """
        stories = [each for each in described["resources"] if each.get("table") == "stories"]
        if not stories or not self.is_directory or self.out.suffix in MARKDOWN.suffixes:
            return self
        names = [each["format"] + packing_of(each["path"]) for each in stories]
        found = [_PERIOD.match(each["path"]) for each in stories]
        split = next(("month" if each[1] else "year" for each in found if each), "")
        return replace(self, outputs=outputs.of_formats(",".join(names)), split=split)


def _is_said_twice(path: Path, formats: Sequence[Output]) -> bool:
    """Whether ``--format`` says no more than the name of a file."""
    if len(formats) != 1 or not _is_file_name(path):
        return False
    named = outputs.of_file(path)
    return named is not None and named.form is formats[0].form


def _is_file_name(path: Path) -> bool:
    return any(each in path.suffixes[-2:] for form in outputs.FILE_FORMS for each in form.suffixes)
