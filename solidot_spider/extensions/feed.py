"""Feeds: the journal of a run, written line by line, and files of the user's own that change only for the better.

A file is written as ``….part`` under a kernel lock and renamed when the run ends: a reader sees the old file or the
whole new one, and a killed run leaves a part with whole lines only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from asyncio import Future, ensure_future
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import IO, Any

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.exporters import BaseItemExporter
from scrapy.extensions.feedexport import FeedExporter

from solidot_spider import items
from solidot_spider.base.outcome import OK, TROUBLE
from solidot_spider.spiders.base import AskingSpider

APPENDABLE = frozenset({"jsonlines", "jsonl", "jl"})
"""The formats in which two files put one behind the other are a file again."""

CLOSED_BY_FEED = "the feed cannot be written"


class PartFile(RawIOBase):
    """A file on its way: each ``write`` is there whole or not at all."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), error.filename) from error
        self._fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._size = 0

    def writable(self) -> bool:
        """Whether it can be written; it cannot be read."""
        return True

    def tell(self) -> int:
        """How many bytes are written."""
        return self._size

    def write(self, data: Any) -> int:
        """Write all of ``data``, or take back what of it is written.

        Raises:
            OSError: the disk is full, or gone.
        """
        view = memoryview(data).cast("B")
        done = 0
        try:
            while done < len(view):
                done += os.write(self._fd, view[done:])
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise
        self._size += done
        return done

    def close(self) -> None:
        """Give the file and its lock back."""
        if not self.closed:
            os.close(self._fd)
        super().close()


def is_running(part: Path) -> bool:
    """Whether a run that lives still writes a part."""
    try:
        fd = os.open(part, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


class PartFileStorage:
    """Scrapy's storage for files: written aside, renamed at the end if the run was good enough for it.

    The feed options ``part`` (where it is written meanwhile) and ``journal`` (the run's own feed, which is kept
    whatever became of the run) are set by ``crawl``.
    """

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        chosen = feed_options or {}
        self.target = Path(uri.removeprefix("file://"))
        self.part = Path(chosen.get("part") or f"{self.target}.part")
        self.is_journal = bool(chosen.get("journal"))
        self.appends = not self.is_journal and not chosen.get("overwrite")
        self.is_good = True
        """Whether an old file may be touched; the feed exporter knows when the run ends."""
        self.left: Path | None = None
        """Where the new lines are, when the target was not touched."""
        self.error: OSError | None = None
        """Why the target could not be replaced."""
        self._file: PartFile | None = None

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's interface
        """The file to write to.

        Raises:
            OSError: it cannot be made.
        """
        self._file = PartFile(self.part)
        return self._file  # type: ignore[return-value]

    def store(self, file: IO[bytes]) -> None:
        """Put the part in the target's place, or leave it where it is."""
        if not self.is_good and not self.is_journal:
            self.left = self.part
        else:
            try:
                self._put()
            except OSError as error:
                self.error, self.left = error, self.part
        file.close()

    def discard(self) -> None:
        """Forget a part that no record was written to."""
        if self._file is not None:
            self._file.close()
            self.part.unlink(missing_ok=True)

    def _put(self) -> None:
        if self.appends and self.target.exists() and self.target.stat().st_size:
            self._join()
        else:
            self.part.replace(self.target)

    def _join(self) -> None:
        """Old and new lines together, written aside first."""
        joined = self.part.with_name(self.part.name + ".joined")
        try:
            with joined.open("xb") as out:
                with self.target.open("rb") as old:
                    shutil.copyfileobj(old, out)
                if _lacks_newline(self.target):
                    out.write(b"\n")
                with self.part.open("rb") as new:
                    shutil.copyfileobj(new, out)
                out.flush()
                os.fsync(out.fileno())
            joined.replace(self.target)
        except OSError:
            joined.unlink(missing_ok=True)
            raise
        self.part.unlink()


def _lacks_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


class StoryLinesExporter(BaseItemExporter):
    """JSON Lines in the contract's key order: one write a line, so that no line is ever half there."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self.file = file

    def export_item(self, item: Any) -> None:
        """Write one record."""
        values = dict(self.get_serialized_fields(item)) if self.fields_to_export is not None else item
        self.file.write(items.line(values) + b"\n")
        self.file.flush()


class StoryFeed(FeedExporter):
    """Scrapy's feed exports, with a true end: without a store a story is ``stored`` when its line is written.

    A feed that cannot be opened keeps the run from beginning; one that cannot be written ends it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.error = ""
        """Why a feed could not be written; '' while it can."""
        self._ending: Future[None] | None = None
        try:
            super().__init__(crawler)
        except NotConfigured:
            if crawler.settings["FEEDS"]:
                raise

    @property
    def files(self) -> list[PartFileStorage]:
        """The feeds that are files."""
        return [slot.storage for slot in self.slots if isinstance(slot.storage, PartFileStorage)]

    def open_spider(self, spider: Spider) -> None:
        """Open all feeds before anything is fetched."""
        super().open_spider(spider)
        try:
            for slot in self.slots:
                slot.start_exporting()
        except OSError as error:
            self._fail(error)
            raise CloseSpider(CLOSED_BY_FEED) from error

    def item_scraped(self, item: Any, spider: Spider) -> None:
        """Write a record; without a store its story is then, and only then, stored."""
        if not self.error:
            try:
                super().item_scraped(item, spider)
            except OSError as error:
                self._fail(error)
                self._end_run(spider)
        if isinstance(spider, AskingSpider):
            spider.exported(item, is_written=not self.error)

    async def close_spider(self, spider: Spider, reason: str = "") -> None:
        """Close the ledger, then the feeds: what an old file becomes depends on how the run ended."""
        if isinstance(spider, AskingSpider):
            spider.finish(reason)
            status = spider.exit_status(cannot_write=bool(self.error))
            for storage in self.files:
                storage.is_good = status in (OK, TROUBLE) and not spider.was_disturbed
        for slot in self.slots:
            if isinstance(slot.storage, PartFileStorage) and not slot.itemcount:
                slot.storage.discard()
        await super().close_spider(spider)
        for storage in self.files:
            if storage.error:
                self._fail(storage.error)

    def _fail(self, error: OSError) -> None:
        where = f"{error.filename}: " if error.filename else ""
        self.error = self.error or f"{where}{error.strerror or error}"

    def _end_run(self, spider: Spider) -> None:
        if isinstance(spider, AskingSpider):
            spider.gate.end(CLOSED_BY_FEED)
        assert self.crawler.engine is not None
        self._ending = ensure_future(self.crawler.engine.close_spider_async(reason=CLOSED_BY_FEED))
