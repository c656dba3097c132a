"""The unpacked bytes of a WARC file; where it is damaged they end, and can go on at the next record."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import IO

BLOCK = 64 * 1024

_MEMBER = b"\x1f\x8b\x08"
_RECORD = re.compile(rb"(?<=\n)WARC/\d")
_LONGEST_MARK = 16


class PlainStream:
    """The bytes of a file that is not packed.

    Attributes:
        fault: why its bytes ended before it did; '' if they did not.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.fault = ""
        self._file = file

    def read(self, size: int = BLOCK) -> bytes:
        """The next bytes; none at the end."""
        return self._file.read(size)

    def tell(self) -> int:
        """Where in the file the next bytes are."""
        return self._file.tell()

    def place(self, offset: int) -> int:
        """Where in the file a record begins whose offset among all bytes that were read is this."""
        return offset

    def go_on(self, after: int) -> bool:
        """Go on at the first record behind a place in the file; False if there is none."""
        for at in _found(self._file, after, _RECORD):
            self._file.seek(at)
            return True
        return False


class PackedStream:
    """The bytes of a file that is packed by gzip, record by record or as a whole.

    Attributes:
        fault: why its bytes ended before it did; '' if they did not.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.fault = ""
        self._file = file
        self._packed = b""
        self._unpacker: zlib._Decompress | None = None
        self._member = 0

    def read(self, _: int = BLOCK) -> bytes:
        """The next bytes, all of one member; none at the end, or at a fault."""
        while not self.fault:
            if self._unpacker is None and not self._begin_member():
                return b""
            assert self._unpacker is not None
            packed = self._packed or self._file.read(BLOCK)
            if not packed:
                self.fault = "the file ends within a record"
                return b""
            self._packed = b""
            try:
                data = self._unpacker.decompress(packed)
            except zlib.error as error:
                self.fault = f"damaged: {error}"
                return b""
            if self._unpacker.eof:
                self._packed, self._unpacker = self._unpacker.unused_data, None
            if data:
                return data
        return b""

    def _begin_member(self) -> bool:
        self._packed = self._packed.lstrip(b"\0") or self._file.read(BLOCK)
        if not self._packed:
            return False
        self._member = self._file.tell() - len(self._packed)
        self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return True

    def tell(self) -> int:
        """Where in the file the member begins that the last bytes came from."""
        return self._member

    def place(self, _: int) -> int:
        """Where in the file the member begins that holds the record which is read."""
        return self._member

    def go_on(self, after: int) -> bool:
        """Go on at the first member behind a place in the file that begins with a record; False if there is none."""
        for at in _found(self._file, after, re.compile(re.escape(_MEMBER))):
            self._file.seek(at)
            begin = self._file.read(BLOCK)
            try:
                if not zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(begin, _LONGEST_MARK).startswith(b"WARC/"):
                    continue
            except zlib.error:
                continue
            self._file.seek(at)
            self._packed, self._unpacker, self.fault = b"", None, ""
            return True
        return False


Stream = PlainStream | PackedStream


def stream(file: IO[bytes]) -> Stream:
    """The bytes of an open file, packed or not.

    Raises:
        OSError: it cannot be read.
    """
    begin = file.read(len(_MEMBER))
    file.seek(0)
    return PackedStream(file) if begin == _MEMBER else PlainStream(file)


def _found(file: IO[bytes], after: int, mark: re.Pattern[bytes]) -> Iterator[int]:
    """Each place behind another one where a mark stands, in blocks: a file may be larger than the memory."""
    start = after
    while True:
        file.seek(start)
        block = file.read(1 << 20)
        for match in mark.finditer(block):
            if match.start() + start > after:
                yield match.start() + start
        if len(block) < 1 << 20:
            return
        start += len(block) - _LONGEST_MARK
