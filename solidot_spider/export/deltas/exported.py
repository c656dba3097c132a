"""Reads the records of a dataset that an export made, or the changes of a delta, from their JSON Lines."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import Any, Self

import msgspec

from solidot_spider.export import contents, outputs
from solidot_spider.export.deltas.changes import REMOVED, REMOVED_FILE, NumberedLine, is_removed, sid_of
from solidot_spider.export.description.facts import DELTA, SELECTION
from solidot_spider.export.description.resources import digest
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms.columns import CHANGE
from solidot_spider.export.forms.packing import DAMAGED, packing_of, unpacked

_keys = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export made.

    Attributes:
        path: a directory, or a file of JSON Lines, packed or not.
        described: the directory's descriptor; empty for a file.
        files: the files whose lines are read; none if there are no stories.
        fields: the keys of a record, without that of a delta; none of a file without records, which does not tell them.
        is_delta: whether it is a delta.
    """

    path: Path
    described: dict[str, Any]
    files: tuple[Path, ...]
    fields: tuple[str, ...]
    is_delta: bool

    @classmethod
    def of(cls, path: Path) -> Self:
        """What is at a path.

        Raises:
            ExportError: it is neither a dataset nor a delta with JSON Lines, or not as it was made.
            OSError: it cannot be read.
        """
        if not path.exists():
            raise ExportError(f"{path}: no such file or directory")
        if not path.is_dir():
            return cls._of_file(path)
        described = contents.descriptor(path)
        if described is None or SELECTION not in described:
            raise ExportError(f"{path}: no dataset: there is no {contents.DESCRIPTOR} of an export in it")
        files = tuple(_files(path, described))
        if described["counts"]["stories"] and all(each.name == REMOVED_FILE for each in files):
            raise ExportError(
                f"{path} has no JSON Lines, which records are read from; export it with --format jsonl.zst"
            )
        return cls(path, described, files, tuple(described[SELECTION]["fields"]), DELTA in described)

    @classmethod
    def _of_file(cls, path: Path) -> Self:
        found = outputs.of_file(path)
        if found is None or found.form is not outputs.JSONL:
            raise ExportError(f"{path}: records are read from JSON Lines or from a directory that has some")
        keys: tuple[str, ...] = ()
        is_delta = False
        with closing(_lines_of(path)) as lines:
            for _, line in lines:
                is_delta = is_delta or is_removed(line)
                if not is_removed(line):
                    keys = tuple(_keys.decode(line))
                    break
        is_delta = is_delta or CHANGE in keys
        return cls(path, {}, (path,), tuple(each for each in keys if each != CHANGE), is_delta)

    def check_base(self, given: str) -> None:
        """Refuse what no delta can begin with; ``given`` is how it was named.

        Raises:
            ExportError: it is a delta, or has a table that deltas do not hold.
        """
        if self.is_delta:
            raise ExportError(f"{given}: it is a delta; give a dataset with all stories")
        if self.described.get(SELECTION, {}).get("with"):
            raise ExportError(f"{given}: it has a table of revisions, which no delta holds; export it whole again")

    def lines(self) -> Iterator[NumberedLine]:
        """All lines by ascending sid, without their ends.

        Raises:
            ExportError: a line is none, or is not where it belongs.
            OSError: a file cannot be read.
        """
        last = 0
        found = [_lines_of(each) for each in self.files]
        for sid, line in merge(*found) if len(found) > 1 else found[0] if found else ():
            if sid <= last:
                raise ExportError(
                    f"{self.path}: story {sid} is behind story {last}: each stands once, by ascending sid"
                )
            last = sid
            yield sid, line


def _files(path: Path, described: dict[str, Any]) -> Iterator[Path]:
    lines = [each for each in described["resources"] if each.get("format") == "jsonl" and each.get("table")]
    packings = sorted({packing_of(each["path"]) for each in lines if each["table"] == "stories"})
    for each in lines:
        if each["table"] == REMOVED or (each["table"] == "stories" and packing_of(each["path"]) == packings[0]):
            file = path / each["path"]
            if not file.is_file() or digest(file) != each["hash"]:
                raise ExportError(f"{file} is not as the export wrote it; solidot export --check {path} tells more")
            yield file


def _lines_of(file: Path) -> Generator[NumberedLine]:
    number = 1
    try:
        with unpacked(file) as read:
            for line in read:
                yield _numbered(line)
                number += 1
    except (msgspec.DecodeError, ValueError, *DAMAGED) as error:
        raise ExportError(f"{file}: line {number:,}: {error}") from error


def _numbered(line: bytes) -> NumberedLine:
    if not line.endswith(b"\n"):
        raise ValueError("the file ends within it")
    return sid_of(line), line[:-1]
