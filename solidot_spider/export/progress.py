"""Shows on a terminal how far an export is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import TypeVar

from tqdm import tqdm

from solidot_spider.export.source import Source

Line = TypeVar("Line")


def shown(source: Source, name: str, fields: tuple[str, ...] = (), period: str = "") -> Generator[bytes]:
    """Lines with some of their fields, or all, with a bar of this name if standard error is a terminal."""
    with closing(source.lines(fields or source.fields, period)) as lines:
        yield from passing(lines, name, lambda: source.count(period))


def passing(lines: Iterable[Line], name: str, total: Callable[[], int] = lambda: 0) -> Iterator[Line]:
    """Lines on their way, with a bar of this name; ``total`` says how many they are, if anybody knows."""
    if not sys.stderr.isatty():
        yield from lines
        return
    with tqdm(total=total() or None, desc=name, unit=" stories", leave=False, dynamic_ncols=True) as bar:
        for line in lines:
            yield line
            bar.update()
