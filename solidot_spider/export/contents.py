"""Tells the files of a directory that an export made from those that it did not make."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from solidot_spider import __version__

DESCRIPTOR = "datapackage.json"
"""Names every file of a dataset; written last."""

CHECKSUMS = "SHA256SUMS"
"""Names the documents of a directory of Markdown, as ``sha256sum`` does."""

PROGRAM = {"name": "solidot_spider", "version": __version__}


def descriptor(directory: Path) -> dict[str, Any] | None:
    """The descriptor of a directory that an export made; None if it has none of ours."""
    try:
        found = msgspec.json.decode((directory / DESCRIPTOR).read_bytes(), type=dict[str, Any])
        if found["program"]["name"] != PROGRAM["name"]:
            return None
        for each in found["resources"]:
            _inside(each["path"])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return None
    return found


def made(directory: Path) -> Iterator[str]:
    """The paths, within a directory, of the files that an export made there, the descriptor last."""
    found = descriptor(directory)
    if found is None:
        return
    for each in found["resources"]:
        if PurePosixPath(each["path"]).name == CHECKSUMS:
            with suppress(OSError, ValueError):
                for _, name in checksums(directory / each["path"]):
                    yield str(PurePosixPath(each["path"]).parent / name)
        yield each["path"]
    yield DESCRIPTOR


def checksums(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a file of checksums: SHA-256, and a path within the file's directory.

    Raises:
        OSError: it cannot be read.
        ValueError: a line is none.
    """
    with path.open(encoding="utf-8") as file:
        for line in file:
            digest, _, name = line.rstrip("\n").partition("  ")
            yield digest, _inside(name)


def strangers(directory: Path) -> Iterator[str]:
    """The files of a directory that no export made, as paths within it."""
    ours = set(made(directory))
    for folder, folders, files in os.walk(directory):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted(files + links):
            path = Path(folder, name).relative_to(directory).as_posix()
            if path not in ours:
                yield path


def remove(directory: Path) -> None:
    """Remove the files that an export made in a directory, and each directory that is empty then.

    Raises:
        OSError: something cannot be removed.
    """
    for path in list(made(directory)):
        (directory / path).unlink(missing_ok=True)
    for folder, _, _ in os.walk(directory, topdown=False):
        with suppress(OSError):  # what others put there stays
            Path(folder).rmdir()


def _inside(name: str) -> str:
    """A path that stays within its directory.

    Raises:
        ValueError: it does not.
    """
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts:
        raise ValueError(name)
    return name
