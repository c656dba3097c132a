"""Walks files and directories of saved pages, in an order that does not depend on the file system."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from solidot_spider.base.origins import WARC, Origin
from solidot_spider.base.sids import ArgumentError
from solidot_spider.captures import names


class SavedFile(NamedTuple):
    """A file, and what it holds; None if it is none of the forms."""

    path: Path
    origin: Origin | None


def check(paths: Iterable[Path]) -> None:
    """See whether all that was named is there, and of a form that can be read.

    Raises:
        ArgumentError: it is not, or what reads it is not installed.
    """
    named = list(paths)
    for path in named:
        try:
            path.stat()
            is_known = path.is_dir() or names.origin_of(path.name) or names.origin_of_content(path)
        except OSError as error:
            raise ArgumentError(f"{path}: {error.strerror}") from error
        if not is_known:
            raise ArgumentError(
                f"{path}: neither a WARC file, nor a saved page (.html, .htm), nor a capture in Markdown (.md), nor a "
                "directory of these"
            )
    if find_spec("warcio") is None and (found := next((each for each in walk(named) if each.origin == WARC), None)):
        raise ArgumentError(
            f"{found.path}: warcio, which reads WARC files, is not installed; pip install 'solidot_spider[warc]'"
        )


def walk(paths: Iterable[Path]) -> Iterator[SavedFile]:
    """The files that are named, and those of the directories that are, by their names."""
    for path in paths:
        if path.is_dir():
            yield from _inside(path)
        else:
            yield SavedFile(path, names.origin_of(path.name) or names.origin_of_content(path))


def size(paths: Iterable[Path]) -> int:
    """The bytes of all of them."""
    return sum(_size(each.path) for each in walk(paths))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _inside(directory: Path) -> Iterator[SavedFile]:
    for folder, folders, files in os.walk(directory):
        folders.sort()
        for name in sorted(files):
            yield SavedFile(Path(folder, name), names.origin_of(name))
