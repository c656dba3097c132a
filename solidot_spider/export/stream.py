"""Writes the selected stories to standard output as JSON Lines, and ends quietly when nobody reads on."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from itertools import islice

from solidot_spider.export import progress
from solidot_spider.export.deltas.changes import with_removed
from solidot_spider.export.forms.json_lines import LINES_AT_ONCE
from solidot_spider.export.source import Source

STANDARD_OUTPUT = 1


def export(source: Source) -> None:
    """Write the selected stories; an empty store writes nothing.

    Raises:
        StoreError: the store cannot be read.
        OSError: standard output cannot be written.
    """
    with closing(progress.shown(source, "standard output")) as shown, suppress(BrokenPipeError):
        records = with_removed(source, shown)
        while lines := list(islice(records, LINES_AT_ONCE)):
            _write(b"\n".join([*lines, b""]))


def _write(data: bytes) -> None:
    """Write all of it past Python's own buffer, which would fail once more when the program ends."""
    left = memoryview(data)
    while left:
        left = left[os.write(STANDARD_OUTPUT, left) :]
