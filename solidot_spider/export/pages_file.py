"""Writes kept pages into one WARC file and the index beside it; both are replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

from solidot_spider.base.files import replacing
from solidot_spider.export import progress
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms import cdxj, warc
from solidot_spider.export.forms.cdxj import Index
from solidot_spider.export.forms.warc import SavedPage, Written
from solidot_spider.export.outputs import Output
from solidot_spider.export.selection import COMMENTS, Selection
from solidot_spider.store.errors import StoreError
from solidot_spider.store.pages.raw_pages import CodecError
from solidot_spider.store.queries import Snapshot

Pages = Callable[[str], Generator[SavedPage]]
"""Gives the kept pages of stories of a period; of all if it is empty."""


def pages_of(view: Snapshot, selection: Selection) -> Pages:
    """The kept pages of the selected stories.

    Raises:
        ExportError: a page holds what is left out.
    """
    if not selection.has(COMMENTS):
        raise ExportError("a page has its comments: leave --without comments and --fields out where pages are written")

    def saved(period: str) -> Generator[SavedPage]:
        chosen = replace(selection, period=period or selection.period)
        with closing(chosen.pages(view)) as found:
            for each in found:
                row = each.page
                try:
                    yield SavedPage(row.sid, row.page, view.pages.data(row.page), each.withdrawn_at)
                except CodecError as error:
                    raise StoreError(f"story {row.sid}: {error}") from error

    return saved


def index_of(path: str) -> str:
    """The path of the index of a file of pages."""
    return path.removesuffix(".gz").removesuffix(".warc") + cdxj.SUFFIX


def write(pages: Iterator[SavedPage], new: Path, path: str, output: Output) -> Written:
    """Write pages and their index into a new directory.

    Args:
        pages: the pages.
        new: the directory.
        path: the path of the file within it.
        output: its packing.

    Raises:
        OSError: a file cannot be written.
    """
    with (new / path).open("xb") as file, (new / index_of(path)).open("xb") as lines, Index() as index:
        written = warc.write(progress.passing(pages, path), file, index, path, is_packed=bool(output.packing))
        index.write(lines)
        return written


def export(pages: Pages, out: Path, output: Output, *, force: bool = False) -> int:
    """Write pages into a file, in place of an old one, and its index beside it; how many there are.

    Raises:
        ExportError: a file without pages would replace a full one.
        StoreError: the store cannot be read.
        OSError: the file or its index cannot be written.
    """
    beside = out.with_name(index_of(out.name))
    with closing(pages("")) as found:
        first = next(found, None)
        if first is None and not force and beside.is_file() and beside.stat().st_size:
            raise ExportError(f"{out} is as it was: there is no page to write; --force would replace it with nothing")
        all_of_them = chain(() if first is None else (first,), found)
        with replacing(beside) as lines, replacing(out) as file, Index() as index:
            passing = progress.passing(all_of_them, out.name)
            written = warc.write(passing, file, index, out.name, is_packed=bool(output.packing))
            index.write(lines)
            beside.unlink(missing_ok=True)  # a kill in between must not leave the old index beside the new file
        return written.count
