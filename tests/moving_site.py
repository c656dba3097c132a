"""A trial site whose clock and faults a test changes between runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from solidot_spider.crawl import report
from tests.crawling import FAST, Crawl, solidot
from tests.server.client import Running, running
from tests.server.generated import START

PER_DAY = 3
GAP = timedelta(days=1) / PER_DAY
"""Between two stories of a generated site."""

GENERATED = ("--stories", "generated:3000", "--per-day", str(PER_DAY))


def published(sid: int) -> datetime:
    """When a story of a generated site was published."""
    return START + (sid - 1) * GAP


@dataclass
class Moving:
    """A site at a time of its own, which the crawler shares."""

    server: Running
    files: Path
    now: datetime
    seen: int = 0
    """How many requests came before those that a test looks at."""
    reports: list[report.Report] = field(default_factory=list)

    def at(self, now: datetime, *faults: dict[str, Any]) -> None:
        """Set the time and the faults, and forget the requests so far."""
        self.now, self.seen = now, len(self.server.requests())
        for name, text in (("clock", now.isoformat()), ("faults", json.dumps(faults))):
            aside = self.files / f"{name}.new"
            aside.write_text(text)
            aside.replace(self.files / name)

    @property
    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [each["path"] for each in self.server.requests()[self.seen :]]

    @property
    def asked(self) -> list[int]:
        """The stories that were asked, ascending, as often as they were."""
        return sorted(each["sid"] for each in self.server.requests()[self.seen :] if each["sid"])

    def crawl(self, data: Path, spider: str, *words: str, database_url: str = "") -> Crawl:
        """A run at full speed; its report comes last in ``reports``."""
        file = data.with_name("report.json")
        file.unlink(missing_ok=True)
        env = {"SOLIDOT_CLOCK": str(self.files / "clock"), "SOLIDOT_DATABASE_URL": database_url}
        done = solidot(self.server.url, data, "crawl", spider, *FAST, "--report", str(file), *words, env=env)
        if file.exists():
            self.reports.append(report.load(file.read_bytes()))
        return done


@contextmanager
def moving(files: Path, now: datetime, *words: str) -> Iterator[Moving]:
    """A site with these words for the trial server, for the time of a ``with`` block."""
    for name, text in (("clock", now.isoformat()), ("faults", "[]")):
        (files / name).write_text(text)
    with running("--clock", str(files / "clock"), "--faults", str(files / "faults"), *words) as server:
        yield Moving(server, files, now)
