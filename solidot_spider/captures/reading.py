"""Reads files of saved pages one by one, whatever they hold, and shows on a terminal how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from solidot_spider.base.origins import WARC
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures import saved_files, saved_pages
from solidot_spider.captures.capture import SKIPPED, Capture, Left
from solidot_spider.captures.saved_files import SavedFile
from solidot_spider.captures.tally import Tally

NO_PAGE = "a file of another kind"


def read(
    paths: Sequence[Path], known: frozenset[str], fetched_at: datetime | None, tally: Tally
) -> Generator[Capture | Left]:
    """The captures of files and directories, and what else is in them.

    Args:
        paths: the files and directories.
        known: the sites whose stories are meant, as ``site.identity`` names them.
        fetched_at: when a page was fetched whose file does not say.
        tally: counts the files.
    """
    if not sys.stderr.isatty():
        for file in saved_files.walk(paths):
            yield from _file(file, known, fetched_at, tally)
        return
    with tqdm(total=saved_files.size(paths), desc="import", unit="B", unit_scale=True, leave=False) as bar:
        for file in saved_files.walk(paths):
            place = _Place(bar, tally, bar.n)
            yield from _file(file, known, fetched_at, tally, place.show)
            place.show(saved_files.size([file.path]))


class _Place(NamedTuple):
    """Where in all bytes a file begins, for the bar that shows how far it is read."""

    bar: Any
    tally: Tally
    start: float

    def show(self, offset: int) -> None:
        """The file is read up to this place."""
        self.bar.set_postfix_str(f"{self.tally.stored:,} stored", refresh=False)
        self.bar.update(self.start + offset - self.bar.n)


def _file(
    file: SavedFile,
    known: frozenset[str],
    fetched_at: datetime | None,
    tally: Tally,
    passed: Callable[[int], object] = lambda _: None,
) -> Iterator[Capture | Left]:
    path, origin = file
    if origin is None:
        yield Left(str(path), SKIPPED, NO_PAGE)
        return
    tally.files += 1
    try:
        if origin == WARC:
            from solidot_spider.captures import warc_pages  # noqa: PLC0415 - an extra

            yield from warc_pages.read(path, known, fetched_at, passed)
        else:
            yield saved_pages.read(path, origin, fetched_at)
    except OSError as error:
        yield Left(str(path), Outcome.FAILED, error.strerror or str(error))
