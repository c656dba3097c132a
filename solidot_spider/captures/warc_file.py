"""Reads the records of a WARC file of any archiver, and says where it is damaged or cut off."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, NamedTuple

from warcio.archiveiterator import ArchiveIterator

from solidot_spider.captures import warc_stream
from solidot_spider.captures.warc_stream import BLOCK, Stream

Record = Any
"""A record as warcio reads it: ``rec_type``, ``rec_headers``, ``raw_stream``."""

TRUNCATED = "the file ends within a record"


class Found(NamedTuple):
    """A record and where it begins in its file."""

    offset: int
    record: Record


class Damage(NamedTuple):
    """A place where no record could be read, and why."""

    offset: int
    reason: str


def is_cut(record: Record) -> bool:
    """Whether the file ended, or was damaged, before a record did; known when its stream was read to the end."""
    return bool(getattr(record.raw_stream, "limit", 0))


def records(path: Path) -> Iterator[Found | Damage]:
    """The records of a file in their order; the stream of each can be read until the next one is asked for.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        stream = warc_stream.stream(file)
        while True:
            last, reason = yield from _readable(stream)
            if not reason:
                return
            yield Damage(last, reason)
            if not stream.go_on(last):
                return


def _readable(stream: Stream) -> Generator[Found, None, tuple[int, str]]:
    """The records up to the next damage; the offset of the last one, and what is wrong there: '' for nothing."""
    iterator = ArchiveIterator(stream, no_record_parse=True, block_size=BLOCK)
    last = stream.tell()
    while True:
        try:
            with redirect_stderr(io.StringIO()):  # warcio warns there; what it warns of is told by us
                record = next(iterator, None)
        except Exception as error:  # noqa: BLE001 - damaged bytes break warcio in any place
            return max(last, stream.place(iterator.offset)), stream.fault or f"damaged: {_line(error)}"
        if record is None:
            return max(last, stream.place(iterator.offset)), stream.fault
        last = stream.place(iterator.offset)
        yield Found(last, record)
        with redirect_stderr(io.StringIO()):
            iterator.read_to_end()
        if is_cut(record):
            return last, stream.fault or TRUNCATED


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
