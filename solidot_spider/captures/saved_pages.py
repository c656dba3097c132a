"""Reads a page that was saved as a file of its own: HTML, or a capture in Markdown; packed by gzip or not."""

from __future__ import annotations

import gzip
import zlib
from datetime import datetime
from io import BytesIO
from pathlib import Path

from solidot_spider.base.origins import MARKDOWN, Origin
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures import names
from solidot_spider.captures.capture import CUT_SHORT, LARGEST, TOO_LARGE, Capture, Left
from solidot_spider.parsing import own_sid

_GZIP = b"\x1f\x8b"


def read(path: Path, origin: Origin, fetched_at: datetime | None) -> Capture | Left:
    """The page of a file.

    Args:
        path: the file.
        origin: ``html`` or ``markdown``.
        fetched_at: when it was fetched, if the file does not say.

    Raises:
        OSError: it cannot be read.
    """
    where, sid = str(path), names.sid_of(path.name)
    try:
        data = _data(path)
    except ValueError as error:
        return Left(where, Outcome.FAILED, str(error), sid)
    if origin == MARKDOWN:
        return Capture(where, origin, data, sid, None)
    sid = sid or own_sid.own_sid(data)
    if sid is None:
        return Left(where, Outcome.UNPARSED, "no-sid: neither its name nor its share link says which story it is")
    if fetched_at is None:
        return Left(where, Outcome.FAILED, "no time: HTML does not say when it was fetched; give --fetched-at", sid)
    return Capture(where, origin, data, sid, fetched_at)


def _data(path: Path) -> bytes:
    """The bytes of a page.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged or too large.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if data.startswith(_GZIP):
        try:
            with gzip.open(BytesIO(data)) as packed:
                data = packed.read(LARGEST + 1)
        except EOFError as error:
            raise ValueError(CUT_SHORT) from error
        except (OSError, zlib.error) as error:
            raise ValueError(f"damaged: {error}") from error
    if len(data) > LARGEST:
        raise ValueError(TOO_LARGE)
    return data
