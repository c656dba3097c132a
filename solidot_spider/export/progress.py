"""Shows on a terminal how far an export is."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing

from tqdm import tqdm

from solidot_spider.export.selection import Selection
from solidot_spider.store.queries import Snapshot


def shown(view: Snapshot, selection: Selection, name: str) -> Generator[bytes]:
    """The selected records, with a bar of this name if standard error is a terminal."""
    with closing(selection.records(view)) as records:
        if not sys.stderr.isatty():
            yield from records
            return
        with tqdm(total=selection.count(view), desc=name, unit=" stories", leave=False, dynamic_ncols=True) as bar:
            for record in records:
                yield record
                bar.update()
