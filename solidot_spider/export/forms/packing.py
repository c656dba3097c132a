"""Packs the bytes of a file by gzip or Zstandard: the same bytes in, the same bytes out."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP, ZSTANDARD = ".gz", ".zst"
PACKINGS = (GZIP, ZSTANDARD)
"""The packings, by the suffix of a packed file."""

DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)
"""What reading a packed file raises that is not as it was packed."""

GZIP_LEVEL = 6
_ZSTANDARD = {zstd.CompressionParameter.compression_level: 6, zstd.CompressionParameter.checksum_flag: 1}


def packing_of(path: str) -> str:
    """The packing of a file by its name; empty if it is not packed."""
    suffix = Path(path).suffix
    return suffix if suffix in PACKINGS else ""


@contextmanager
def packed(file: IO[bytes], packing: str) -> Iterator[IO[bytes]]:
    """A file to write into, whose bytes go packed into ``file``.

    Args:
        file: takes the packed bytes; it stays open.
        packing: one of ``PACKINGS``, or empty for none.
    """
    if packing == GZIP:  # neither a time nor a name: they would change the bytes
        with gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as made:
            yield made  # type: ignore[misc]
    elif packing == ZSTANDARD:
        with zstd.ZstdFile(file, "wb", options=_ZSTANDARD) as made:  # type: ignore[call-overload]
            made.write(b"")  # else a file without bytes is none that can be unpacked
            yield made
    else:
        yield file


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """A file to read from, unpacked by its suffix.

    Raises:
        OSError: it cannot be read.
    """
    if path.suffix == GZIP:
        with gzip.open(path, "rb") as file:
            yield file  # type: ignore[misc]
    elif path.suffix == ZSTANDARD:
        with zstd.ZstdFile(path, "rb") as file:
            yield file  # type: ignore[misc]
    else:
        with path.open("rb") as file:
            yield file
