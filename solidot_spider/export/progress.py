"""Shows on a terminal how far an export is."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing

from tqdm import tqdm

from solidot_spider.export.source import Source


def shown(source: Source, name: str, fields: tuple[str, ...] = (), period: str = "") -> Generator[bytes]:
    """Lines with some of their fields, or all, with a bar of this name if standard error is a terminal."""
    with closing(source.lines(fields or source.fields, period)) as lines:
        if not sys.stderr.isatty():
            yield from lines
            return
        with tqdm(total=source.count(period), desc=name, unit=" stories", leave=False, dynamic_ncols=True) as bar:
            for line in lines:
                yield line
                bar.update()
