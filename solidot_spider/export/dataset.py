"""``solidot export``: every story of the store once, sorted by sid, in a file that changes whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select
from tqdm import tqdm

from solidot_spider.base.files import replacing
from solidot_spider.base.options import Options
from solidot_spider.store import schema
from solidot_spider.store.store import Store

AT_ONCE = 500
"""Records in memory at once."""

SUFFIXES = (".jsonl", ".jl", ".ndjson")


class ExportError(ValueError):
    """A file that is not made; the message says why, and what to do."""


def export(chosen: Options, out: Path, *, force: bool = False) -> int:
    """Write all stories to a JSON Lines file, in place of an old one; how many there are.

    Args:
        chosen: the program's options, which name the store.
        out: the file.
        force: let nothing replace something.

    Raises:
        ExportError: the file's name is of no form that there is, or an empty result would replace a full one.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    if out.suffix not in SUFFIXES:
        raise ExportError(f"{out}: no form of files; give a name that ends in {', '.join(SUFFIXES)}")
    with Store.opened(chosen) as store:
        count = _count(store)
        if not count and not force and out.exists() and out.stat().st_size:
            raise ExportError(f"{out} is as it was: the store has no story; --force would replace it with nothing")
        return _replace(out, _lines(store), count)


def _count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.stories)).scalar_one())


def _lines(store: Store) -> Iterator[bytes]:
    statement = select(schema.stories.c.record).order_by(schema.stories.c.sid)
    with store.reading() as connection:
        for record in connection.execution_options(yield_per=AT_ONCE).execute(statement).scalars():
            yield record.encode() + b"\n"


def _replace(out: Path, lines: Iterator[bytes], count: int) -> int:
    written = 0
    with replacing(out) as file:
        for line in tqdm(lines, total=count, unit=" stories", leave=False, disable=not sys.stderr.isatty()):
            file.write(line)
            written += 1
    return written
