"""Writes every story of the store once, by ascending sid, into one file, which is replaced whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from tqdm import tqdm

from solidot_spider.base.devices import is_file
from solidot_spider.base.files import replacing
from solidot_spider.base.options import Options
from solidot_spider.export import json_lines
from solidot_spider.store.store import Store

Form = Callable[[Iterable[str], IO[bytes]], None]
"""Writes records, each given as JSON, into a file."""

FORMS: dict[str, Form] = {
    **dict.fromkeys(json_lines.SUFFIXES, json_lines.write),
}
"""The forms of a file by its suffix."""


class ExportError(ValueError):
    """A file that is not made; the message says why, and what to do."""


def export(chosen: Options, out: Path, *, force: bool = False) -> int:
    """Write all stories into a file, in place of an old one; how many there are.

    Args:
        chosen: the program's options, which name the store.
        out: the file; its suffix says the form. A device or a pipe gets JSON Lines.
        force: let an empty file replace a full one.

    Raises:
        ExportError: no form has the file's suffix, or an empty file would replace a full one.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    write = FORMS.get(out.suffix) or (None if is_file(out) else json_lines.write)  # a device's name says no form
    if write is None:
        raise ExportError(f"{out}: no form of files; give a name that ends in {', '.join(FORMS)}")
    with Store.opened(chosen) as store, store.snapshot() as view:
        count = view.story_count()
        if not count and not force and out.exists() and out.stat().st_size:
            raise ExportError(f"{out} is as it was: the store has no story; --force would replace it with nothing")
        with replacing(out) as file:
            write(_with_progress(view.records(), count), file)
    return count


def _with_progress(records: Iterable[str], count: int) -> Iterable[str]:
    return tqdm(records, total=count, unit=" stories", leave=False, disable=not sys.stderr.isatty())
