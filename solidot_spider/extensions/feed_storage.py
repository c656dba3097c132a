"""Feed storages: a file, written aside until the run decides whether it replaces the old one; and standard output.

A reader sees the old file or the whole new one, and a killed run leaves a part with whole lines only. What is no file
(a device, a pipe) has no part: records are written to it as they come.
"""

from __future__ import annotations

import os
import shutil
from io import RawIOBase
from pathlib import Path
from typing import IO, Any

from scrapy import Spider

from solidot_spider.base.devices import is_file, open_through
from solidot_spider.base.files import followed, put_in_place, replacing
from solidot_spider.base.part_file import PartFile


class PartFileStorage:
    """Scrapy's feed storage for a path or a ``file://`` URI.

    A run sets two feed options: ``part``, where the records are written meanwhile, and ``journal``, true for the run's
    own feed, which is kept however the run ends. With ``part`` the run calls ``publish`` or ``leave`` when it has
    ended; without it the file is published when the feed is closed.
    """

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        chosen = feed_options or {}
        self.target = Path(uri.removeprefix("file://"))
        self.part = Path(chosen.get("part") or f"{self.target}.part")
        self.is_journal = bool(chosen.get("journal"))
        self.appends = not self.is_journal and not chosen.get("overwrite")
        self.left: Path | None = None
        """Where the new records are, if the target was not touched."""
        self._waits_for_run = "part" in chosen
        self.is_complete = False
        """Whether nothing more is written."""
        self._file: PartFile | IO[bytes] | None = None

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's interface
        """The file to write to.

        Raises:
            OSError: it cannot be made.
        """
        self._file = PartFile(self.part) if is_file(self.target) else open_through(self.target)
        return self._file  # type: ignore[return-value]

    def store(self, file: IO[bytes]) -> None:  # noqa: ARG002 - Scrapy's interface
        """All records are written; the part stays locked until it is published or left.

        Raises:
            OSError: the target cannot be replaced; the records stay in the part.
        """
        self.is_complete = True
        if not self._waits_for_run:
            self.publish()

    def end(self, *, has_records: bool) -> None:
        """Nothing more is written to a feed that was not closed: its part is complete if it is a journal of lines."""
        if not has_records:
            self.discard()
        elif self.is_journal:
            self.is_complete = True
        elif self._file is not None:
            self.left = self.part
            self._close()

    def publish(self) -> None:
        """Put the part in the target's place, or behind its lines.

        Raises:
            OSError: the target cannot be replaced; the records stay in the part.
        """
        if not self.is_complete:
            return
        try:
            if not isinstance(self._file, PartFile):
                return
            if self.appends and self.target.exists() and self.target.stat().st_size:
                self._join()
            else:
                put_in_place(self._file.fileno(), self.part, followed(self.target))
        except OSError:
            self.left = self.part
            raise
        finally:
            self._close()

    def leave(self) -> None:
        """Leave the target as it is, and the records in the part."""
        if self.is_complete:
            self.left = self.part if isinstance(self._file, PartFile) else None
            self._close()

    def discard(self) -> None:
        """Remove a part without a record."""
        self._close()
        if isinstance(self._file, PartFile):
            self.part.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _join(self) -> None:
        """Write old and new lines together, then replace the target."""
        with replacing(self.target) as out:
            with self.target.open("rb") as old:
                shutil.copyfileobj(old, out)
            if _lacks_newline(self.target):
                out.write(b"\n")
            with self.part.open("rb") as new:
                shutil.copyfileobj(new, out)
        self.part.unlink()


class StandardOutput:
    """Scrapy's feed storage for ``-o -`` and ``-O -``, which are the same."""

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        """Scrapy names the storage; there is but one."""

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's interface
        """Standard output, without a buffer: the interpreter would write that once more at its end."""
        return _Output()  # type: ignore[return-value]

    def store(self, file: IO[bytes]) -> None:
        """All is written."""


class _Output(RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            done += os.write(1, view[done:])
        return done


def _lacks_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
