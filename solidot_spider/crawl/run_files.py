"""The name of a run and the files that it leaves."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from solidot_spider.base import clock, part_file
from solidot_spider.base.console import plain
from solidot_spider.base.files import replacing
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.part_file import is_being_written
from solidot_spider.crawl.ledger import Ledger

_FEED = re.compile(r"[a-z]+-\d{8}T\d{6}Z-\d+(?:-\d+)?\.jsonl")


@dataclass(frozen=True, slots=True)
class RunFiles:
    """A run's name, and the directory of its files."""

    name: str
    directory: Path

    @classmethod
    def new(cls, spider: str, data_dir: Path) -> Self:
        """Those of a run of this spider that begins now, under a name that no other run has yet."""
        stem = f"{spider}-{clock.now():%Y%m%dT%H%M%SZ}-{os.getpid()}"
        number = 1
        while True:
            files = cls(stem if number == 1 else f"{stem}-{number}", data_dir / "runs")
            if files.are_free and not files.claim.exists():
                return files
            number += 1

    @classmethod
    @contextmanager
    def claimed(cls, spider: str, data_dir: Path) -> Iterator[Self]:
        """Those of a run that begins now, whose name is its own inside a ``with`` block.

        The process's number does not tell runs apart: in every container the first one is 1.

        Raises:
            OSError: the directory cannot be written.
        """
        while True:
            files = cls.new(spider, data_dir)
            files.directory.mkdir(parents=True, exist_ok=True)
            for left in files.directory.glob("*.run"):
                with suppress(OSError):  # it runs still
                    part_file.remove_left(left)
            fd = part_file.made_and_locked(files.claim)
            if fd is None:
                continue
            try:
                if files.are_free:
                    yield files
                    return
            finally:
                with suppress(OSError):
                    files.claim.unlink()
                os.close(fd)

    @property
    def claim(self) -> Path:
        """Made by the run that has this name, and there while it runs."""
        return self.directory / f"{self.name}.run"

    @property
    def are_free(self) -> bool:
        """Whether none of the files is there."""
        return not any(path.exists() for path in (self.feed, self.part, self.retry))

    @property
    def feed(self) -> Path:
        """The run's own feed."""
        return self.directory / f"{self.name}.jsonl"

    @property
    def part(self) -> Path:
        """The run's own feed while it is written."""
        return self.directory / f"{self.name}.jsonl.part"

    @property
    def retry(self) -> Path:
        """The ids that did not settle, as ``-a sids=@FILE`` takes them."""
        return self.directory / f"{self.name}.retry.txt"

    def write_retry(self, ledger: Ledger, *, with_left: bool = True) -> Path | None:
        """Write the ids that did not settle, each range with its outcome and reason; None if all settled.

        Args:
            ledger: the run's outcomes.
            with_left: name the ids, too, that the run did not get to.

        Raises:
            OSError: the file cannot be written.
        """
        lines = [
            f"{each}  # {outcome}{': ' if reason else ''}{plain(reason)}\n"
            for outcome, reason, ranges in ledger.unsettled()
            if with_left or outcome is not Outcome.NOT_TRIED
            for each in ranges
        ]
        if not lines:
            return None
        self.directory.mkdir(parents=True, exist_ok=True)
        with replacing(self.retry) as file:
            file.write("".join(lines).encode())
        return self.retry

    def killed(self) -> Iterator[Path]:
        """The feeds that runs which were killed have left."""
        for part in sorted(self.directory.glob("*.jsonl.part")):
            if not is_being_written(part):
                yield part

    def remove_old_feeds(self, keep: int) -> None:
        """Remove the runs' own feeds but the newest ones: their records are in the store."""
        feeds = [path for path in self.directory.glob("*.jsonl") if _FEED.fullmatch(path.name)]
        now = time.time_ns()

        def written(path: Path) -> int:
            at = path.stat().st_mtime_ns
            return at if at <= now else 0  # else a clock that was ahead once would keep its files for ever

        with suppress(OSError):  # another run may do the same
            for path in sorted(feeds, key=written, reverse=True)[keep:]:
                path.unlink()
